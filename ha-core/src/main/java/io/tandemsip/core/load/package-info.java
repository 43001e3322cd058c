/** What load says of a node: throttling after it asked for less. */
@NullMarked
package io.tandemsip.core.load;

import org.jspecify.annotations.NullMarked;
