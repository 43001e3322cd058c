package io.tandemsip.examples.haproxy.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What came of the demo, and whether it is as promised. Immutable.
 *
 * @param placed calls
 * @param failed calls that failed though their node lived
 * @param lost calls that were up on the node that was killed
 * @param slow calls that took longer than 500 ms to be answered
 * @param slowestMillis the longest that an answer took
 * @param misrouted requests within calls that reached a node which never had them
 * @param toDeadNode new calls sent to the killed node after the kill
 * @param lastToDeadNode how long after the kill the last of them was sent
 * @param detection from the kill until new calls were kept away
 * @param toDrainedNode calls placed after the drain was ordered that reached the drained node
 * @param drainedAfter from the end of the last call on the drained node until DRAINED was told
 */
record Verdict(
        long placed,
        long failed,
        long lost,
        long slow,
        long slowestMillis,
        long misrouted,
        long toDeadNode,
        Duration lastToDeadNode,
        Optional<Duration> detection,
        long toDrainedNode,
        Optional<Duration> drainedAfter) {
    private static final Duration MOST_AFTER_KILL = Duration.ofMillis(500);

    /** Whether everything that must hold did hold. */
    boolean holds() {
        return placed > 0
                && failed == 0
                && misrouted == 0
                && lastToDeadNode.compareTo(MOST_AFTER_KILL) <= 0
                && detection.isPresent()
                && toDrainedNode == 0
                && drainedAfter.isPresent();
    }

    List<String> lines() {
        return List.of(
                line(placed > 0, "calls placed", Long.toString(placed)),
                line(failed == 0, "failed", Long.toString(failed)),
                fact("lost with their node (were up when it was killed)", Long.toString(lost)),
                fact("slower than 500 ms to set up", slow + " (slowest " + slowestMillis + " ms)"),
                line(misrouted == 0, "requests within calls sent to a wrong node", Long.toString(misrouted)),
                line(
                        lastToDeadNode.compareTo(MOST_AFTER_KILL) <= 0,
                        "new calls sent to the dead node after the kill",
                        toDeadNode
                                + (toDeadNode == 0 ? "" : ", the last " + lastToDeadNode.toMillis() + " ms after it")),
                line(detection.isPresent(), "time to detect the kill", millis(detection)),
                line(toDrainedNode == 0, "new calls to the drained node", Long.toString(toDrainedNode)),
                line(drainedAfter.isPresent(), "from the last call's end to DRAINED", millis(drainedAfter)),
                holds() ? "all of it holds" : "NOT all of it holds");
    }

    private static String line(boolean good, String what, String value) {
        return (good ? "  ok    " : "  WRONG ") + what + ": " + value;
    }

    private static String fact(String what, String value) {
        return "        " + what + ": " + value;
    }

    private static String millis(Optional<Duration> time) {
        return time.map(known -> known.toMillis() + " ms").orElse("never");
    }
}
