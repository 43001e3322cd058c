package io.tandemsip.core.route;

import java.time.Duration;

/** How long dialogs may be silent. Immutable. */
interface Times {
    /** Before a 2xx. */
    long earlyNanos();

    /** After a 2xx, with the session's interval; zero for none. */
    long confirmedNanos(Duration sessionInterval);
}
