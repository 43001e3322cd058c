/** Moving the dialogs of a dead node to a survivor. */
@NullMarked
package io.tandemsip.takeover;

import org.jspecify.annotations.NullMarked;
