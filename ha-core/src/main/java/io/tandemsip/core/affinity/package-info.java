/** Who owns a dialog: the signed cookie, the near cache, the store behind them, and what waits to be written to it. */
@NullMarked
package io.tandemsip.core.affinity;

import org.jspecify.annotations.NullMarked;
