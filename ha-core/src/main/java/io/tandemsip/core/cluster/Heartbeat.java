package io.tandemsip.core.cluster;

import io.tandemsip.node.NodeId;
import java.util.HashMap;
import java.util.Map;

/**
 * What a router says of itself each second: that it is there, or has left; up to which rotation it knows the cookie keys;
 * and for each node that is being drained, which order it obeys and how many dialogs it has there. Text: {@code 1 up} or
 * {@code 1 left}, {@code keys=NUMBER}, and {@code NODE@EPOCH=DIALOGS} words, separated by blanks. Immutable.
 *
 * @param left whether it ended
 * @param keys the number of the last rotation of cookie keys that it verifies with
 * @param drains what it obeys
 */
record Heartbeat(boolean left, long keys, Map<NodeId, Obedience> drains) {
    /** Says nothing: a text that can't be read, of a later version too. It is there, and obeys nobody. */
    static final Heartbeat UNREADABLE = new Heartbeat(false, 0, Map.of());

    private static final String VERSION = "1";
    private static final int LONGEST = 65_000;

    Heartbeat {
        drains = Map.copyOf(drains);
    }

    /** Of more than a value holds (some hundred nodes at once) some are left out; their drains wait for the next ones. */
    String text() {
        StringBuilder text = new StringBuilder(VERSION).append(left ? " left" : " up");
        text.append(" keys=").append(keys);
        drains.forEach((node, obeys) -> {
            String word = " " + node + '@' + obeys.epoch() + '=' + obeys.dialogs();
            if (text.length() + word.length() <= LONGEST) {
                text.append(word);
            }
        });
        return text.toString();
    }

    static Heartbeat read(String text) {
        String[] words = text.split(" ", -1);
        if (!words[0].equals(VERSION) || words.length < 2) {
            return UNREADABLE;
        }
        long keys = 0;
        Map<NodeId, Obedience> drains = new HashMap<>();
        for (int i = 2; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            int at = words[i].indexOf('@');
            try {
                long number = Long.parseLong(words[i].substring(equals + 1));
                if (at > 0) {
                    long epoch = Long.parseLong(words[i].substring(at + 1, equals));
                    drains.put(NodeId.of(words[i].substring(0, at)), new Obedience(epoch, number));
                } else if (words[i].startsWith("keys=")) {
                    keys = number;
                }
            } catch (IllegalArgumentException | IndexOutOfBoundsException unreadable) {
                // one word that can't be read hides no other
            }
        }
        return new Heartbeat(words[1].equals("left"), keys, drains);
    }

    /**
     * That a router places no call on a node any more, and how many it has there.
     *
     * @param epoch of the order that it obeys
     * @param dialogs how many, calls in set-up included
     */
    record Obedience(long epoch, long dialogs) {}
}
