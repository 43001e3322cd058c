package io.tandemsip.core.freeswitch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a router that pauses a node writes into the node's own memory, so that everybody sees whose pause it is. It goes
 * with the process, as the pause does. Its writer changes it again and again for as long as it lives. Immutable.
 *
 * @param router who paused; empty for nobody
 * @param beat grows with each change
 */
record PauseMark(String router, long beat) {
    /** The global variable that holds it. */
    static final String VARIABLE = "tandem_pause";

    static final PauseMark NONE = new PauseMark("", 0);

    private static final Pattern FORM = Pattern.compile("tandem-([A-Za-z0-9]{1,32})-(\\d{1,18})");

    /** What a node answers when it is asked for the variable; an error, or another's text, is no mark. */
    static PauseMark read(String text) {
        Matcher found = FORM.matcher(text.strip());
        return found.matches() ? new PauseMark(found.group(1), Long.parseLong(found.group(2))) : NONE;
    }

    boolean isNone() {
        return router.isEmpty();
    }

    boolean isOf(String other) {
        return !isNone() && router.equals(other);
    }

    /** As the node's memory has it. */
    String text() {
        return isNone() ? "none" : "tandem-" + router + "-" + beat;
    }
}
