package io.tandemsip.core.cluster;

import io.tandemsip.core.drain.OwnCount;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import java.util.HashMap;
import java.util.Map;

/**
 * What a router says of itself each second: that it is there, or has left; up to which rotation it knows the cookie keys;
 * for each node that is being drained, which order it obeys and how many dialogs it has there; and which nodes look bad by
 * its own evidence. Text: {@code 1 up} or {@code 1 left}, {@code keys=NUMBER}, {@code NODE!HEALTH}, {@code NODE~LIFE} and {@code
 * NODE@EPOCH=DIALOGS} words, separated by blanks. Immutable.
 *
 * @param left whether it ended
 * @param keys the number of the last rotation of cookie keys that it verifies with
 * @param drains what it obeys
 * @param bad nodes that are suspect or down by its own evidence
 * @param counts what the nodes of these drains say of their calls to it, if they do
 * @param ended of nodes that look bad the last life of which it has let go, as a number
 */
record Heartbeat(
        boolean left,
        long keys,
        Map<NodeId, Obedience> drains,
        Map<NodeId, HealthState> bad,
        Map<NodeId, OwnCount> counts,
        Map<NodeId, Integer> ended) {
    /** Says nothing: a text that can't be read, of a later version too. It is there, and obeys nobody. */
    static final Heartbeat UNREADABLE = new Heartbeat(false, 0, Map.of(), Map.of(), Map.of(), Map.of());

    private static final String VERSION = "1";
    private static final int LONGEST = 65_000;
    private static final String AWAITED = "?";

    /** The last one. */
    static Heartbeat leaving() {
        return new Heartbeat(true, 0, Map.of(), Map.of(), Map.of(), Map.of());
    }

    Heartbeat {
        drains = Map.copyOf(drains);
        bad = Map.copyOf(bad);
        counts = Map.copyOf(counts);
        ended = Map.copyOf(ended);
    }

    /** Of more than a value holds (some hundred nodes at once) some are left out; their drains wait for the next ones. */
    String text() {
        StringBuilder text = new StringBuilder(VERSION).append(left ? " left" : " up");
        text.append(" keys=").append(keys);
        drains.forEach((node, obeys) -> append(text, " " + node + '@' + obeys.epoch() + '=' + obeys.dialogs()));
        bad.forEach((node, health) -> append(text, " " + node + '!' + health));
        ended.forEach((node, life) -> append(text, " " + node + '~' + Integer.toHexString(life)));
        counts.forEach((node, count) -> append(text, " " + node + '#' + (count.fresh() ? count.calls() : AWAITED)));
        return text.toString();
    }

    private static void append(StringBuilder text, String word) {
        if (text.length() + word.length() <= LONGEST) {
            text.append(word);
        }
    }

    static Heartbeat read(String text) {
        String[] words = text.split(" ", -1);
        if (!words[0].equals(VERSION) || words.length < 2) {
            return UNREADABLE;
        }
        Reader reader = new Reader();
        for (int i = 2; i < words.length; i++) {
            try {
                reader.read(words[i]);
            } catch (IllegalArgumentException | IndexOutOfBoundsException unreadable) {
                // one word that can't be read hides no other
            }
        }
        return new Heartbeat(
                words[1].equals("left"), reader.keys, reader.drains, reader.bad, reader.counts, reader.ended);
    }

    /** What was read so far. */
    private static final class Reader {
        private final Map<NodeId, Obedience> drains = new HashMap<>();
        private final Map<NodeId, HealthState> bad = new HashMap<>();
        private final Map<NodeId, OwnCount> counts = new HashMap<>();
        private final Map<NodeId, Integer> ended = new HashMap<>();
        private long keys;

        void read(String word) {
            int equals = word.indexOf('=');
            int at = word.indexOf('@');
            int mark = word.indexOf('!');
            int number = word.indexOf('#');
            int wave = word.indexOf('~');
            if (number > 0) {
                String count = word.substring(number + 1);
                counts.put(
                        NodeId.of(word.substring(0, number)),
                        count.equals(AWAITED) ? OwnCount.AWAITED : OwnCount.of(Integer.parseInt(count)));
            } else if (wave > 0) {
                ended.put(NodeId.of(word.substring(0, wave)), Integer.parseUnsignedInt(word.substring(wave + 1), 16));
            } else if (mark > 0) {
                bad.put(NodeId.of(word.substring(0, mark)), HealthState.valueOf(word.substring(mark + 1)));
            } else if (at > 0) {
                long epoch = Long.parseLong(word.substring(at + 1, equals));
                long dialogs = Long.parseLong(word.substring(equals + 1));
                drains.put(NodeId.of(word.substring(0, at)), new Obedience(epoch, dialogs));
            } else if (word.startsWith("keys=")) {
                keys = Long.parseLong(word.substring(equals + 1));
            }
        }
    }

    /**
     * That a router places no call on a node any more, and how many it has there.
     *
     * @param epoch of the order that it obeys
     * @param dialogs how many, calls in set-up included
     */
    record Obedience(long epoch, long dialogs) {}
}
