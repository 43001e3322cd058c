/** The built-in strategies. */
@NullMarked
package io.tandemsip.core.selection;

import org.jspecify.annotations.NullMarked;
