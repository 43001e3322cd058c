/** Moving the dialogs of a dead node to a survivor: the machine that decides, and the table that routes. */
@NullMarked
package io.tandemsip.core.takeover;

import org.jspecify.annotations.NullMarked;
