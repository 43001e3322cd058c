/** The routing path, and the control of what it decides on. */
@NullMarked
package io.tandemsip.core.route;

import org.jspecify.annotations.NullMarked;
