/** The SPI that picks a node for a new call. */
@NullMarked
package io.tandemsip.selection;

import org.jspecify.annotations.NullMarked;
