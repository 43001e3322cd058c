package io.tandemsip.core.freeswitch;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the answer to {@code status}, which comes from the node's memory. Lines that are missing or odd tell nothing:
 * after a change of its rate a node writes rates below zero. Immutable: only functions.
 */
final class StatusText {
    private static final Pattern NOT_READY = Pattern.compile("(?m) is not ready\\s*$");
    private static final Pattern SESSIONS = Pattern.compile("(?m)^(\\d{1,9}) session\\(s\\) - peak");
    private static final Pattern RATE = Pattern.compile("(?m)^-?\\d+ session\\(s\\) per Sec out of max (\\d{1,9})\\b");
    private static final Pattern MOST = Pattern.compile("(?m)^(\\d{1,9}) session\\(s\\) max");
    private static final Pattern IDLE =
            Pattern.compile("(?m)^min idle cpu (\\d{1,3}\\.\\d{1,6})/(\\d{1,3}\\.\\d{1,6})");

    private StatusText() {}

    static FreeSwitchState read(String text, FreeSwitchState before) {
        Matcher idle = IDLE.matcher(text);
        boolean hasIdle = idle.find();
        return before.withNumbers(
                number(SESSIONS, text),
                number(MOST, text),
                number(RATE, text),
                hasIdle ? OptionalDouble.of(Double.parseDouble(idle.group(2))) : OptionalDouble.empty(),
                hasIdle ? OptionalDouble.of(Double.parseDouble(idle.group(1))) : OptionalDouble.empty());
    }

    /** Says it of a node that is paused altogether; one that is paused for inbound calls calls itself ready. */
    static boolean saysNotReady(String text) {
        return NOT_READY.matcher(text).find();
    }

    private static OptionalInt number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? OptionalInt.of(Integer.parseInt(found.group(1))) : OptionalInt.empty();
    }

    /** What a HEARTBEAT tells; its words on the system being ready are always the same. */
    static FreeSwitchState heartbeat(EslEvent event, FreeSwitchState before) {
        return before.withIdentity(event.header("FreeSWITCH-Switchname"), event.header("Core-UUID"))
                .withNumbers(
                        whole(event.header("Session-Count")),
                        whole(event.header("Max-Sessions")),
                        OptionalInt.empty(),
                        decimal(event.header("Idle-CPU")),
                        OptionalDouble.empty());
    }

    private static OptionalInt whole(String text) {
        return text.matches("\\d{1,9}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }

    private static OptionalDouble decimal(String text) {
        return text.matches("\\d{1,3}(\\.\\d{1,9})?")
                ? OptionalDouble.of(Double.parseDouble(text))
                : OptionalDouble.empty();
    }
}
