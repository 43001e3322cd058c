/** Judging nodes: the pure machine, the monitor that drives it, and slow start. */
@NullMarked
package io.tandemsip.core.health;

import org.jspecify.annotations.NullMarked;
