package io.tandemsip.core.freeswitch;

import io.tandemsip.core.freeswitch.CheckFinding.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What does not go together in two nodes. Confined to one thread: makes one list. */
final class PairRules {
    private final CheckAnswers one;
    private final CheckAnswers other;
    private final List<CheckFinding> found = new ArrayList<>();

    private PairRules(CheckAnswers one, CheckAnswers other) {
        this.one = one;
        this.other = other;
    }

    static List<CheckFinding> of(CheckAnswers one, CheckAnswers other) {
        PairRules rules = new PairRules(one, other);
        if (rules.isSame(one.value(CheckAnswers.CORE_UUID), other.value(CheckAnswers.CORE_UUID))) {
            rules.add(Kind.WRONG, "core_uuid: that of " + one.node().id(), "one process answers for both nodes");
        } else {
            rules.names();
            rules.settings();
        }
        return rules.found;
    }

    private void add(Kind kind, String what, String why) {
        found.add(new CheckFinding(other.node().id(), kind, what, why));
    }

    private boolean isSame(String left, String right) {
        return !left.isEmpty() && left.equals(right);
    }

    private boolean shareAPool() {
        return !Collections.disjoint(one.node().pools(), other.node().pools());
    }

    private void names() {
        if (isSame(one.value(CheckAnswers.SWITCHNAME), other.value(CheckAnswers.SWITCHNAME))) {
            add(
                    Kind.WRONG,
                    "switchname: that of " + one.node().id(),
                    "with one database, a stop of either deletes the rows of the other's channels, auto-clear-sql or"
                            + " not, and its counts are those of both");
        }
        if (isSame(one.software(), other.software())) {
            add(
                    Kind.RISK,
                    "user-agent-string: that of " + one.node().id(),
                    "a node that has the other's address is not found out");
        }
        if (shareAPool()
                && !one.profile().isEmpty()
                && !other.profile().isEmpty()
                && !one.profile().equals(other.profile())) {
            add(
                    Kind.RISK,
                    "profile: " + other.profile() + "; at " + one.node().id() + " it is " + one.profile(),
                    "calls are recovered by the name of their profile: neither can take over from the other");
        }
    }

    private void settings() {
        Optional<Map<String, String>> left = one.switchSettings();
        Optional<Map<String, String>> right = other.switchSettings();
        if (left.isEmpty() || right.isEmpty()) {
            return;
        }
        String leftDatabase = left.get().getOrDefault("core-db-dsn", "");
        String rightDatabase = right.get().getOrDefault("core-db-dsn", "");
        if (shareAPool()
                && !leftDatabase.isEmpty()
                && !rightDatabase.isEmpty()
                && !leftDatabase.equals(rightDatabase)) {
            add(
                    Kind.RISK,
                    "core-db-dsn: another than at " + one.node().id() + " (not shown)",
                    "nodes with several databases can't take over each other's calls");
        }
        if (isSame(one.profileValue("rtp-ip"), other.profileValue("rtp-ip")) && overlap(left.get(), right.get())) {
            add(
                    Kind.WRONG,
                    "rtp-start-port to rtp-end-port: overlaps that of "
                            + one.node().id() + ", at the same rtp-ip",
                    "both take the same ports, and calls lose their media");
        }
    }

    private static boolean overlap(Map<String, String> left, Map<String, String> right) {
        return first(left) <= last(right) && first(right) <= last(left);
    }

    private static int first(Map<String, String> settings) {
        return NodeRules.number(settings, "rtp-start-port", NodeRules.RTP_FIRST);
    }

    private static int last(Map<String, String> settings) {
        return NodeRules.number(settings, "rtp-end-port", NodeRules.RTP_LAST);
    }
}
