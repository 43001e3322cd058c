/** Dialogs, who owns them, and the SPI that remembers it. */
@NullMarked
package io.tandemsip.dialog;

import org.jspecify.annotations.NullMarked;
