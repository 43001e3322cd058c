package io.tandemsip.core.cluster;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.takeover.TakeoverEffect;
import io.tandemsip.core.takeover.TakeoverEvent;
import io.tandemsip.core.takeover.TakeoverEvent.Verdict;
import io.tandemsip.core.takeover.TakeoverMachine;
import io.tandemsip.core.takeover.TakeoverStatus;
import io.tandemsip.core.takeover.TakeoverStep;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Drives a {@link TakeoverMachine} for each node, and brings all routers to obey what stands: one entry for each dead node,
 * written by who holds its lease. Confined to the control loop.
 */
final class SharedTakeovers {
    private static final String PREFIX = "takeover/";
    private static final String LEASES = "lease/takeover/";

    private final Board board;
    private final String self;
    private final Loop loop;
    private final RandomGenerator random;
    private final Predicate<NodeId> confirmedDown;
    private final OwnMoves target;
    private final TakeoverMachine machine;
    private final Map<NodeId, Course> courses = new HashMap<>();

    /**
     * Not begun yet.
     *
     * @param board where routers write
     * @param self this one's name, unlike all others'
     * @param loop on which all of this happens
     * @param random spreads claims in time
     * @param confirmedDown whether a node is down by own evidence and by the quorum
     * @param policy when dialogs move
     * @param target this router's side
     */
    SharedTakeovers(
            Board board,
            String self,
            Loop loop,
            RandomGenerator random,
            Predicate<NodeId> confirmedDown,
            TakeoverPolicy policy,
            OwnMoves target) {
        this.board = board;
        this.self = self;
        this.loop = loop;
        this.random = random;
        this.confirmedDown = confirmedDown;
        this.target = target;
        machine = new TakeoverMachine(policy);
    }

    /** What stands, before this router takes its first request. */
    CompletionStage<Integer> load() {
        return board.read(PREFIX, (key, value, version) -> heard(key.substring(PREFIX.length()), value));
    }

    void start() {
        board.watch(PREFIX, (key, value, version) -> heard(key.substring(PREFIX.length()), value));
        board.watch(LEASES, (key, value, version) -> leaseHeard(key.substring(LEASES.length()), value));
    }

    /** Looks whether the state lost the last writes, of which no watch tells where something older stood before. */
    void lookBack() {
        board.lookBack(PREFIX, (key, value, version) -> heard(key.substring(PREFIX.length()), value));
    }

    void close() {
        courses.values().forEach(course -> {
            course.timer.cancel();
            course.lease.release();
        });
        courses.clear();
    }

    /** Looks whether nodes are down, or are no longer. */
    void review() {
        for (NodeId node : target.nodes()) {
            Verdict verdict = confirmedDown.test(node) ? Verdict.DOWN : target.isUp(node) ? Verdict.UP : Verdict.UNSURE;
            if (verdict == Verdict.DOWN || courses.containsKey(node)) {
                course(node).on(new TakeoverEvent.Judged(loop.nanoTime(), verdict));
            }
        }
    }

    private Course course(NodeId node) {
        return courses.computeIfAbsent(node, Course::new);
    }

    private void heard(String name, @Nullable String value) {
        NodeId node;
        try {
            node = NodeId.of(name);
        } catch (IllegalArgumentException notANode) {
            return;
        }
        if (value == null) {
            lost(node);
            return;
        }
        TakeoverText text = TakeoverText.read(node, value);
        if (text != null) {
            course(node).stands(text);
        }
    }

    /** Entries never expire: a state that lost its last writes is told again. */
    private void lost(NodeId node) {
        Course course = courses.get(node);
        TakeoverText known = course == null ? null : course.written;
        if (known != null) {
            board.edit(PREFIX + node, new Edit(node, known, standing -> standing == null ? known : null));
        }
    }

    private void leaseHeard(String name, @Nullable String value) {
        courses.forEach((node, course) -> {
            if (node.value().equals(name)) {
                course.leaseHeard(value);
            }
        });
    }

    /** One node's. */
    private final class Course {
        private final NodeId node;
        private final Lease lease;
        private TakeoverStatus status = TakeoverStatus.calm();
        private @Nullable TakeoverText written;
        private @Nullable String holder;
        private Loop.Timer timer = () -> {};

        Course(NodeId node) {
            this.node = node;
            lease = new Lease(board, LEASES + node, self, loop, random, this::held);
        }

        /** Obeyed by all before who drives it goes on; what is older is what a state has that lost its last writes, and is told again. */
        void stands(TakeoverText text) {
            TakeoverText known = written;
            if (known != null && TakeoverMachine.isLater(known.takeover(), text.takeover())) {
                board.edit(PREFIX + node, new Edit(node, known, standing -> text.equals(standing) ? known : null));
                return;
            }
            List<Takeover> news = new ArrayList<>();
            if (!text.equals(known)) {
                written = text;
                text.earlier().stream()
                        .filter(each -> known == null || TakeoverMachine.isLater(each, known.takeover()))
                        .forEach(news::add);
            }
            if (known == null || !text.takeover().equals(known.takeover())) {
                news.add(text.takeover());
            }
            if (!news.isEmpty()) {
                target.moved(news);
            }
            on(new TakeoverEvent.Stands(loop.nanoTime(), text.takeover(), lease.isHeld()));
        }

        /** Who gets it may know less than this router: one that began after the state lost that a take-over is over would have it done again. */
        void leaseHeard(@Nullable String value) {
            lease.heard(value);
            if (value != null && !value.equals(holder) && written != null && !status.isUnfinished()) {
                lookBack();
            }
            holder = value;
        }

        private void held() {
            Optional<Takeover> proposal = status.isUnfinished() ? Optional.empty() : target.proposal(node);
            on(new TakeoverEvent.Held(loop.nanoTime(), proposal));
        }

        void on(TakeoverEvent event) {
            TakeoverStep step = machine.on(status, event);
            status = step.status();
            step.effects().forEach(this::run);
        }

        private void run(TakeoverEffect effect) {
            if (effect instanceof TakeoverEffect.Claim) {
                lease.want();
            } else if (effect instanceof TakeoverEffect.Release) {
                lease.release();
            } else if (effect instanceof TakeoverEffect.Arm arm) {
                timer.cancel();
                timer = loop.schedule(arm.delayNanos(), () -> on(new TakeoverEvent.TimerDue(loop.nanoTime())));
            } else if (effect instanceof TakeoverEffect.Write write) {
                write(write.takeover());
            } else if (effect instanceof TakeoverEffect.FenceStore fence) {
                target.fence(node, fence.epoch())
                        .whenComplete((stands, failure) ->
                                loop.execute(() -> on(new TakeoverEvent.StoreFenced(loop.nanoTime(), fence.epoch()))));
            } else if (effect instanceof TakeoverEffect.Recover recover) {
                recover(recover.takeover());
            }
        }

        private void recover(Takeover takeover) {
            target.recover(takeover)
                    .whenComplete((recovery, failure) -> loop.execute(() -> {
                        Recovery how = failure == null && recovery != null
                                ? recovery
                                : Recovery.failed("the recovery failed: " + failure);
                        if (how.recovered()) {
                            target.askLife(takeover.successor()).thenAccept(life -> recovered(takeover, how, life));
                        } else {
                            recovered(takeover, how, Incarnation.UNKNOWN);
                        }
                    }));
        }

        private void recovered(Takeover takeover, Recovery how, Incarnation successor) {
            loop.execute(() -> on(new TakeoverEvent.Recovered(loop.nanoTime(), takeover.epoch(), how, successor)));
        }

        private void write(Takeover takeover) {
            if (!lease.isHeld()) {
                on(new TakeoverEvent.NotWritten(loop.nanoTime()));
                return;
            }
            TakeoverText text = new TakeoverText(takeover, lease.token(), List.of());
            TakeoverText known = written;
            board.edit(
                    PREFIX + node,
                    new Edit(
                            node,
                            text,
                            standing -> mayFollow(standing, text) ? text.over(later(standing, known)) : null));
        }

        /** A state that lost its last writes may have nothing, or what was before. */
        private static @Nullable TakeoverText later(@Nullable TakeoverText standing, @Nullable TakeoverText known) {
            return standing == null || (known != null && TakeoverMachine.isLater(known.takeover(), standing.takeover()))
                    ? known
                    : standing;
        }

        /** Only over an earlier one, or over the same that is under way, and never over the word of a later lease. */
        private static boolean mayFollow(@Nullable TakeoverText standing, TakeoverText text) {
            if (standing == null) {
                return true;
            }
            Takeover before = standing.takeover();
            boolean underWay = before.state() == TakeoverState.FENCED;
            boolean goesOn = underWay && before.epoch() == text.takeover().epoch();
            boolean next = !underWay && before.epoch() < text.takeover().epoch();
            return standing.token() <= text.token() && (goesOn || next);
        }
    }

    private final class Edit implements Board.Edit {
        private final NodeId node;
        private final TakeoverText text;
        private final UnaryOperator<@Nullable TakeoverText> next;

        Edit(NodeId node, TakeoverText text, UnaryOperator<@Nullable TakeoverText> next) {
            this.node = node;
            this.text = text;
            this.next = next;
        }

        @Override
        public @Nullable String next(@Nullable String standing) {
            TakeoverText written = next.apply(standing == null ? null : TakeoverText.read(node, standing));
            return written == null ? null : written.text();
        }

        @Override
        public Duration timeToLive() {
            return Duration.ZERO;
        }

        @Override
        public void done(@Nullable String standing, long version) {
            TakeoverText now = standing == null ? null : TakeoverText.read(node, standing);
            if (now != null) {
                course(node).stands(now);
            }
            if (!text.isSaidBy(now)) {
                course(node).on(new TakeoverEvent.NotWritten(loop.nanoTime()));
            }
        }
    }
}
