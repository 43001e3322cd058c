/** A strategy of one's own. */
@NullMarked
package io.tandemsip.examples.lab;

import org.jspecify.annotations.NullMarked;
