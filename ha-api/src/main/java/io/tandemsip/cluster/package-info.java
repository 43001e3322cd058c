/** The SPI by which several routing processes share what they know. */
@NullMarked
package io.tandemsip.cluster;

import org.jspecify.annotations.NullMarked;
