package io.tandemsip.core.cluster;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What operators said of a node's health for a time, at whichever router. The shared state's clock ends it, so that a
 * router that comes late obeys no longer than the others; each router's own clock does so at the latest. Text: {@code 1
 * HEALTH MILLIS BY REASON}, and {@code UNKNOWN} for health where the word was taken back. Confined to the control loop.
 */
final class SharedOverrides {
    private static final String PREFIX = "override/";
    private static final String VERSION = "1";
    private static final int WORDS = 5;
    private static final Duration TAKEN_BACK_LIFE = Duration.ofSeconds(10);

    private final Board board;
    private final String self;
    private final Loop loop;
    private final OwnNodes target;
    private final Map<NodeId, Word> standing = new HashMap<>();
    private long said;

    SharedOverrides(Board board, String self, Loop loop, OwnNodes target) {
        this.board = board;
        this.self = self;
        this.loop = loop;
        this.target = target;
    }

    void start() {
        board.watch(PREFIX, this::heard);
    }

    void overridden(NodeId node, HealthState health, Duration time, String reason) {
        Word word = new Word(
                health,
                loop.nanoTime() + Nanos.of(time),
                self + '#' + ++said,
                NodeOrderText.line(reason).strip());
        standing.put(node, word);
        board.edit(PREFIX + node, new Saying(word));
    }

    void cleared(NodeId node) {
        if (standing.remove(node) != null) {
            overridden(node, HealthState.UNKNOWN, TAKEN_BACK_LIFE, "taken back");
        }
    }

    /** Obeyed for what is left of its time. */
    void nodeAdded(NodeId node) {
        Word word = standing.get(node);
        if (word != null) {
            obey(node, word);
        }
    }

    private void heard(String key, @Nullable String value, long version) {
        NodeId node;
        try {
            node = NodeId.of(key.substring(PREFIX.length()));
        } catch (IllegalArgumentException notANode) {
            return;
        }
        if (value == null) {
            gone(node);
            return;
        }
        Word word = Word.read(value, loop.nanoTime());
        Word known = standing.get(node);
        if (word != null && (known == null || !known.by().equals(word.by()))) {
            standing.put(node, word);
            obey(node, word);
        }
    }

    private void gone(NodeId node) {
        Word known = standing.remove(node);
        if (known != null && target.knows(node) && known.health() != HealthState.UNKNOWN) {
            target.clearOverride(node);
        }
    }

    private void obey(NodeId node, Word word) {
        long leftNanos = word.untilNanos() - loop.nanoTime();
        if (!target.knows(node) || leftNanos <= 0) {
            return;
        }
        if (word.health() == HealthState.UNKNOWN) {
            target.clearOverride(node);
        } else {
            target.override(node, word.health(), Duration.ofNanos(leftNanos), word.reason());
        }
    }

    private record Word(HealthState health, long untilNanos, String by, String reason) {
        String text(long millis) {
            return String.join(" ", VERSION, health.name(), String.valueOf(millis), by, reason);
        }

        static @Nullable Word read(String text, long nowNanos) {
            String[] words = text.split(" ", WORDS);
            if (words.length < WORDS || !words[0].equals(VERSION)) {
                return null;
            }
            try {
                long nanos = Nanos.of(Duration.ofMillis(Long.parseLong(words[2])));
                return new Word(HealthState.valueOf(words[1]), nowNanos + nanos, words[3], words[4]);
            } catch (IllegalArgumentException unreadable) {
                return null;
            }
        }
    }

    /** Said for what is left of its time when it can be said. */
    private final class Saying implements Board.Edit {
        private final Word word;

        Saying(Word word) {
            this.word = word;
        }

        private long leftMillis() {
            return (word.untilNanos() - loop.nanoTime()) / 1_000_000;
        }

        @Override
        public @Nullable String next(@Nullable String text) {
            boolean done = text != null && text.contains(" " + word.by() + " ");
            return done || leftMillis() <= 0 ? null : word.text(leftMillis());
        }

        @Override
        public Duration timeToLive() {
            return Duration.ofMillis(Math.max(1, leftMillis()));
        }
    }
}
