/** How a node is judged: probes, what traffic tells, and the numbers of the policy. */
@NullMarked
package io.tandemsip.health;

import org.jspecify.annotations.NullMarked;
