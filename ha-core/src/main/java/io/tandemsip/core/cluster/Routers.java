package io.tandemsip.core.cluster;

import io.tandemsip.core.cluster.Heartbeat.Obedience;
import io.tandemsip.core.drain.OwnCount;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.event.RouterPresence;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who else routes. Each router says once a second that it is there; who has said nothing for 5 s, by the clock of the
 * shared state, is gone. While that is away, those who were there last stay. Confined to the control loop.
 */
public final class Routers {
    static final Duration LIFE = Duration.ofSeconds(5);

    private static final String PREFIX = "router/";
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Board board;
    private final String self;
    private final Loop loop;
    private final RandomGenerator random;
    private final Supplier<Heartbeat> own;
    private final Listener listener;
    private final Map<String, Heartbeat> others = new TreeMap<>();
    private final Map<String, String> texts = new HashMap<>();
    private Set<String> present;
    private Loop.Timer timer = () -> {};
    private boolean begun;
    private boolean closed;

    /**
     * Not begun yet.
     *
     * @param board where routers write
     * @param self this one's name, unlike all others'
     * @param loop on which all of this happens
     * @param random spreads heartbeats in time
     * @param own what this router says of itself
     * @param listener told when others come and go, and of what they say
     */
    Routers(Board board, String self, Loop loop, RandomGenerator random, Supplier<Heartbeat> own, Listener listener) {
        this.board = board;
        this.self = self;
        this.loop = loop;
        this.random = random;
        this.own = own;
        this.listener = listener;
        present = Set.of(self);
    }

    void start() {
        begun = true;
        board.watch(PREFIX, this::heard);
        beat();
    }

    /** Says so now rather than within a second. */
    void tell() {
        if (begun && !closed) {
            board.edit(PREFIX + self, new Beat());
        }
    }

    /** Says that it leaves. */
    void close() {
        if (begun && !closed) {
            board.leave(PREFIX + self, Heartbeat.leaving().text(), LIFE);
        }
        closed = true;
        timer.cancel();
    }

    String self() {
        return self;
    }

    /** All that are there, this one included, in order: the same set until one comes or goes. */
    Set<String> present() {
        return present;
    }

    private void changed(String router, RouterPresence presence) {
        Set<String> names = new TreeSet<>(others.keySet());
        names.add(self);
        present = Collections.unmodifiableSet(names);
        listener.routerChanged(router, presence);
    }

    /** What the others say. */
    Map<String, Heartbeat> others() {
        return others;
    }

    /**
     * Whether who is there is known: not before the shared state has answered for as long as a heartbeat lives, since
     * after an outage all of them have expired, and come again one by one.
     */
    boolean isSettled() {
        return board.answersFor(LIFE.toNanos());
    }

    /** How many of the others have not said that they obey an order. */
    int awaited(NodeId node, long epoch) {
        return (int) others.values().stream()
                .filter(beat -> obeys(beat, node, epoch) == null)
                .count();
    }

    /** How many dialogs those of the others who obey an order have on its node. */
    long dialogs(NodeId node, long epoch) {
        long dialogs = 0;
        for (Heartbeat beat : others.values()) {
            Obedience obedience = obeys(beat, node, epoch);
            dialogs += obedience == null ? 0 : obedience.dialogs();
        }
        return dialogs;
    }

    /** What a node says of its calls to those of the others who obey an order. */
    OwnCount ownCount(NodeId node, long epoch) {
        return others.values().stream()
                .filter(beat -> obeys(beat, node, epoch) != null)
                .map(beat -> beat.counts().getOrDefault(node, OwnCount.UNKNOWN))
                .reduce(OwnCount.UNKNOWN, OwnCount::and);
    }

    private static @Nullable Obedience obeys(Heartbeat beat, NodeId node, long epoch) {
        Obedience obedience = beat.drains().get(node);
        return obedience != null && obedience.epoch() >= epoch ? obedience : null;
    }

    private void beat() {
        if (closed) {
            return;
        }
        tell();
        timer = loop.schedule((long) (PERIOD_NANOS * (0.9 + 0.1 * random.nextDouble())), this::beat);
    }

    private void heard(String key, @Nullable String value, long version) {
        String router = key.substring(PREFIX.length());
        if (closed || router.equals(self)) {
            return;
        }
        boolean news = value == null || !value.equals(texts.get(router));
        if (news) {
            says(router, value);
        }
        listener.othersSaid(news);
    }

    private void says(String router, @Nullable String value) {
        Heartbeat beat = value == null ? null : Heartbeat.read(value);
        if (value == null || beat == null || beat.left()) {
            texts.remove(router);
            if (others.remove(router) != null) {
                changed(router, beat == null ? RouterPresence.EXPIRED : RouterPresence.LEFT);
            }
            return;
        }
        texts.put(router, value);
        if (others.put(router, beat) == null) {
            changed(router, RouterPresence.JOINED);
        }
    }

    /** The heartbeat as of when it is sent. */
    private final class Beat implements Board.Edit {
        private @Nullable Heartbeat said;

        @Override
        public String next(@Nullable String standing) {
            said = own.get();
            return said.text();
        }

        @Override
        public Duration timeToLive() {
            return LIFE;
        }

        @Override
        public void done(@Nullable String standing, long version) {
            if (said != null) {
                listener.selfSaid(said);
            }
        }
    }

    /** Is told of other routers. */
    interface Listener {
        /**
         * One came or went.
         *
         * @param router which
         * @param presence how
         */
        void routerChanged(String router, RouterPresence presence);

        /**
         * It is known that this stands, and nothing that was said before.
         *
         * @param beat what this router said of itself
         */
        void selfSaid(Heartbeat beat);

        /**
         * One of the others spoke.
         *
         * @param news whether it said anything else than before
         */
        void othersSaid(boolean news);
    }
}
