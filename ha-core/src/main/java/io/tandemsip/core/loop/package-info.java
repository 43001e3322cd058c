/** The control loop: one task at a time, timers on a ticker, and the same in virtual time. */
@NullMarked
package io.tandemsip.core.loop;

import org.jspecify.annotations.NullMarked;
