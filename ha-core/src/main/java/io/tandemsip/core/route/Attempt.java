package io.tandemsip.core.route;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Explanation;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.Taker;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.Node;
import io.tandemsip.selection.Availability;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call at one node. Each change of state is one compare-and-set, and whoever wins it does what follows from it, so
 * that a method called twice, late or from another thread does nothing twice. Thread-safe.
 */
final class Attempt implements CallAttempt, LiveCall, Availability {
    private static final AtomicReferenceFieldUpdater<Attempt, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(Attempt.class, State.class, "state");
    private static final AtomicReferenceFieldUpdater<Attempt, @Nullable CallDialogs> DIALOGS =
            AtomicReferenceFieldUpdater.newUpdater(Attempt.class, CallDialogs.class, "dialogs");
    private static final AtomicReferenceFieldUpdater<Attempt, @Nullable Placement> NEXT =
            AtomicReferenceFieldUpdater.newUpdater(Attempt.class, Placement.class, "next");

    private static final int SESSION_PROGRESS = 183;
    private static final double UNDRAWN = -1;

    private final RoutingPath path;
    private CallRequest call; // any thread may see the one or the other: they differ in what nobody asks for any more
    private final @Nullable Attempt previous;
    private final int ordinal;
    private final long viewVersion;
    private final long begunAtNanos;
    private final boolean originated;

    private LiveNode @Nullable [] asked;
    private boolean gated;
    private double draw = UNDRAWN;
    private @Nullable LiveNode live;
    private String decidedBy = "";
    private volatile LiveNode.@Nullable Identity identity;
    private volatile @Nullable Taker successor;

    private volatile State state = State.TRYING;
    /** From when its request was sent on. */
    private volatile @Nullable CallDialogs dialogs;

    private volatile @Nullable Placement next;
    private volatile @Nullable Consumer<Failure> whenNodeLost;
    private volatile long sentAtNanos;
    private volatile long expiresAtNanos;
    private volatile long heardAtNanos;
    private volatile boolean media;
    private volatile boolean rang;

    Attempt(RoutingPath path, CallRequest call, @Nullable Attempt previous, long viewVersion, long nowNanos) {
        this(path, call, previous, viewVersion, nowNanos, false);
    }

    private Attempt(
            RoutingPath path,
            CallRequest call,
            @Nullable Attempt previous,
            long viewVersion,
            long nowNanos,
            boolean originated) {
        this.path = path;
        this.call = call;
        this.previous = previous;
        this.viewVersion = viewVersion;
        begunAtNanos = nowNanos;
        ordinal = previous == null ? 1 : previous.ordinal + 1;
        expiresAtNanos = nowNanos + path.times().earlyNanos();
        this.originated = originated;
    }

    /** Of a call that its node sends out: the far side answers, so that nothing which happens speaks of the node. */
    static Attempt originated(RoutingPath path, CallRequest call, long viewVersion, long nowNanos) {
        return new Attempt(path, call, null, viewVersion, nowNanos, true);
    }

    // --- being placed ---

    /** Of the nodes of a tier that is no last resort, those that are being tried are left to who tries them. */
    void asks(LiveNode[] nodes, boolean isGated) {
        asked = nodes;
        gated = isGated;
    }

    @Override
    public boolean isAvailable(int index) {
        LiveNode node = Objects.requireNonNull(asked)[index];
        return (!gated || node.mayBeTried()) && couldGoTo(node);
    }

    /** Whether it could be there now, for whoever asks after it was placed. */
    boolean couldGoTo(LiveNode node) {
        return !visited(node) && path.hasRoom(node, this);
    }

    /** Whether the node's overload control keeps just this call from it. */
    boolean isKeptFrom(LiveNode node) {
        return path.isKeptBack(node, this);
    }

    /** The same for all nodes that are asked: 0 to less than 1. */
    double draw() {
        if (draw == UNDRAWN) {
            draw = path.draw();
        }
        return draw;
    }

    boolean visited(LiveNode node) {
        for (Attempt each = previous; each != null; each = each.previous) {
            if (each.live == node) {
                return true;
            }
        }
        return false;
    }

    void placedOn(LiveNode node, String strategy) {
        live = node;
        decidedBy = strategy;
        identity = node.identity();
        asked = null;
    }

    CallRequest call() {
        return call;
    }

    String decidedBy() {
        return decidedBy;
    }

    long viewVersion() {
        return viewVersion;
    }

    // --- what the host asks ---

    @Override
    public Node node() {
        return placed().node();
    }

    private LiveNode placed() {
        return Objects.requireNonNull(live, "live");
    }

    /** Where it counts. */
    @Override
    public LiveNode live() {
        Taker moved = successor;
        return moved != null ? moved.live() : placed();
    }

    /** Who ends it meanwhile gives back the one place or the other; both is harmless. */
    @Override
    public void moveTo(Taker taker, long below) {
        boolean isYounger = successor == null && identity().epoch() >= below;
        if (isYounger || state != State.ANSWERED) {
            return;
        }
        LiveNode before = live();
        taker.live().places().take(this, call.resources());
        successor = taker;
        before.places().giveBack(this, call.resources());
        if (state != State.ANSWERED) {
            taker.live().places().giveBack(this, call.resources());
        }
    }

    @Override
    public int ordinal() {
        return ordinal;
    }

    @Override
    public String cookie() {
        return path.bindings().cookie(call.callId(), call.fromTag(), placed(), identity());
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public Explanation explanation() {
        return path.explain(this);
    }

    // --- what the host tells ---

    @Override
    public void sent() {
        if (sentAtNanos == 0 && state == State.TRYING) {
            long now = path.nowNanos();
            sentAtNanos = now == 0 ? 1 : now;
            bound();
            if (!originated) {
                path.silence(this);
            }
        }
    }

    @Override
    public void progressed(int statusCode) {
        progressed(statusCode, "");
    }

    @Override
    public void progressed(int statusCode, String toTag) {
        requireStatus(statusCode, 100, 199);
        hear();
        if (statusCode == 100 || !isOpen()) {
            return;
        }
        rang = true;
        STATE.compareAndSet(this, State.TRYING, State.PROGRESSED);
        CallDialogs known = bound();
        if (statusCode == SESSION_PROGRESS) {
            media = true;
        }
        if (!toTag.isEmpty()) {
            known.rings(toTag);
        }
    }

    @Override
    public void earlyMedia() {
        media = true;
    }

    @Override
    public boolean answered(String toTag, Duration sessionInterval) {
        hear();
        for (State now = state; now != State.FAILED; now = state) {
            if (now == State.ENDED) {
                return knows(toTag);
            }
            if (now == State.ANSWERED || STATE.compareAndSet(this, now, State.ANSWERED)) {
                if (now == State.ABANDONED || now == State.FORGOTTEN) {
                    takeBack();
                }
                long until = path.nowNanos() + path.times().confirmedNanos(sessionInterval);
                if (now == State.ANSWERED) {
                    livesUntil(until);
                } else {
                    expiresAtNanos = until;
                }
                if (now != State.ANSWERED && !originated) {
                    path.succeeded(this);
                }
                letGoOfMessage();
                CallDialogs known = bound();
                if (known.isUp(toTag, sessionInterval)) {
                    path.confirmed(known.dialog(toTag));
                }
                if (known.endedBefore(toTag)) {
                    end(DialogEnd.OTHER);
                }
                return true;
            }
        }
        return false;
    }

    @Override
    public Placement failed(Failure failure) {
        gaveUp(failure);
        if (state != State.FAILED) {
            return path.over(state);
        }
        Placement settled = next;
        return settled != null ? settled : settle(after(failure));
    }

    @Override
    public void gaveUp(Failure failure) {
        if (leave(State.FAILED) != null) {
            if (failure instanceof Failure.Response) {
                hear();
            }
            path.release(this, call.resources());
            if (!originated) {
                path.judge(this, failure);
            }
            giveUpDialogs();
        }
    }

    private Placement after(Failure failure) {
        return originated ? FinalAnswer.toOriginator(failure) : path.afterFailure(this, rang, failure);
    }

    @Override
    public void abandoned() {
        if (leave(State.ABANDONED) != null) {
            giveBack();
            giveUpDialogs();
            letGoOfMessage();
        }
    }

    @Override
    public void refreshed() {
        if (state == State.ANSWERED) {
            livesUntil(path.nowNanos() + path.times().confirmedNanos(Duration.ZERO));
        }
    }

    @Override
    public void ended() {
        end(DialogEnd.OTHER);
    }

    @Override
    public void whenNodeLost(Consumer<Failure> action) {
        whenNodeLost = action;
    }

    // --- what the router asks and tells ---

    /** Nothing at all came back since it was sent. */
    boolean isSilent() {
        return wasNeverAnswered() && state == State.TRYING;
    }

    /** No final response came, and no provisional one but 100. */
    boolean isTrying() {
        return state == State.TRYING;
    }

    /** Its caller may have heard media of the node. */
    boolean hadEarlyMedia() {
        return media;
    }

    /** When the first attempt of the call began. */
    long firstBegunAtNanos() {
        Attempt first = this;
        for (Attempt before = previous; before != null; before = before.previous) {
            first = before;
        }
        return first.begunAtNanos;
    }

    /** Not one response came, whatever became of it since. */
    boolean wasNeverAnswered() {
        return heardAtNanos == 0;
    }

    long sentAtNanos() {
        return sentAtNanos;
    }

    /** Whether there is a node that would take it over now. */
    boolean mayMoveOn() {
        return path.mayMoveOn(this);
    }

    /** Advises the host to give it up; once. */
    boolean nodeLost(Failure failure) {
        Consumer<Failure> action = whenNodeLost;
        if (action == null || !isOpen()) {
            return false;
        }
        whenNodeLost = null;
        path.advise(action, failure);
        return true;
    }

    /** No final response came yet, and nobody gave up. */
    boolean isOpen() {
        State now = state;
        return now == State.TRYING || now == State.PROGRESSED;
    }

    @Override
    public String callId() {
        return call.callId();
    }

    @Override
    public DialogId dialog() {
        return call.dialog();
    }

    @Override
    public List<DialogId> dialogs() {
        CallDialogs known = dialogs;
        return known == null || !known.isAnyUp() ? List.of(call.dialog()) : known.confirmed();
    }

    @Override
    public boolean owns(DialogId dialog) {
        String own = call.fromTag();
        if (dialog.isEarly()) {
            return dialog.fromTag().equals(own);
        }
        return (dialog.fromTag().equals(own) && mayBe(dialog.toTag()))
                || (dialog.toTag().equals(own) && mayBe(dialog.fromTag()));
    }

    @Override
    public boolean isKnownToOwn(DialogId dialog) {
        String own = call.fromTag();
        return (dialog.fromTag().equals(own) && knows(dialog.toTag()))
                || (dialog.toTag().equals(own) && knows(dialog.fromTag()));
    }

    @Override
    public CompletionStage<Void> dialogEnded(DialogId dialog, DialogEnd how) {
        CallDialogs known = dialogs;
        CompletionStage<Void> written = known == null ? path.bindings().end(dialog, how) : known.ended(dialog, how);
        if (state == State.ANSWERED && (known == null || !known.isAnyUp())) {
            end(how);
        }
        return written;
    }

    @Override
    public boolean end(DialogEnd how) {
        boolean wasUp = STATE.compareAndSet(this, State.ANSWERED, State.ENDED);
        if (wasUp && how != DialogEnd.EXPIRED) {
            path.lasted(this);
        }
        boolean over = wasUp || leave(State.FORGOTTEN) != null;
        if (over) {
            giveBack();
            CallDialogs known = dialogs;
            if (known != null) {
                known.forget(how);
            }
            letGoOfMessage();
        }
        return over;
    }

    /** What the node answered first while it was seen in its former life, that life answered. */
    @Override
    public void nodeRestarted(long provenNanos) {
        Taker moved = successor;
        if (moved != null && moved.tookThemInThisLife()) {
            return;
        }
        if (isOfFormerLife(provenNanos)) {
            if (isConfirmed()) {
                end(DialogEnd.UNKNOWN_TO_OWNER);
            }
        } else {
            renewIdentity();
            CallDialogs known = dialogs;
            if (known != null) {
                known.rebind();
            }
        }
    }

    @Override
    public void nodeRestartSeen(long provenNanos) {
        if (!isOfFormerLife(provenNanos)) {
            nodeRestarted(provenNanos);
        }
    }

    private boolean isOfFormerLife(long provenNanos) {
        Taker moved = successor;
        long hadSince = originated ? begunAtNanos : heardAtNanos;
        return moved != null || ((originated || hadSince != 0) && hadSince - provenNanos <= 0);
    }

    @Override
    public void livesUntil(long untilNanos) {
        if (untilNanos - expiresAtNanos > 0) {
            expiresAtNanos = untilNanos;
        }
    }

    @Override
    public long expiresAtNanos() {
        return expiresAtNanos;
    }

    @Override
    public long begunAtNanos() {
        return begunAtNanos;
    }

    @Override
    public boolean isKnownByCallId() {
        return dialogs != null;
    }

    @Override
    public boolean isConfirmed() {
        return state == State.ANSWERED;
    }

    // --- inside ---

    /** As which its node has it. */
    LiveNode.Identity identity() {
        return Objects.requireNonNull(identity, "identity");
    }

    /** Until what is written is what the node's life is: the loop may change that at the same time. */
    private void renewIdentity() {
        LiveNode node = placed();
        LiveNode.Identity placing = identity();
        LiveNode.Identity now = node.identity();
        while (placing.incarnation().differsFrom(now.incarnation())) {
            placing = now.withEpoch(placing.epoch());
            identity = placing;
            now = node.identity();
        }
    }

    /** Leaves the open states; the one it left, or null if it was over. */
    private @Nullable State leave(State to) {
        for (State now = state; now == State.TRYING || now == State.PROGRESSED; now = state) {
            if (STATE.compareAndSet(this, now, to)) {
                whenNodeLost = null;
                return now;
            }
        }
        return null;
    }

    private Placement settle(Placement mine) {
        if (NEXT.compareAndSet(this, null, mine)) {
            path.counters().settled(mine);
            path.transactions().moved(call, mine);
            letGoOfMessage();
            return mine;
        }
        mine.match(CallAttempt::abandoned, refused -> {});
        return Objects.requireNonNull(next);
    }

    /** No node is chosen by this attempt any more: the host's message would else be held for as long as the call lasts. */
    private void letGoOfMessage() {
        for (Attempt each = this; each != null; each = each.previous) {
            each.call = each.call.withoutHeaders();
        }
    }

    private void hear() {
        if (wasNeverAnswered()) {
            long now = path.nowNanos();
            heardAtNanos = now == 0 ? 1 : now;
            if (originated) {
                return;
            }
            renewIdentity();
            path.heard(this, sentAtNanos == 0 ? begunAtNanos : sentAtNanos);
        }
    }

    private boolean mayBe(String tag) {
        CallDialogs known = dialogs;
        return known != null && (known.knows(tag) || (!known.isAnyUp() && isOpen()));
    }

    private boolean knows(String tag) {
        CallDialogs known = dialogs;
        return known != null && known.knows(tag);
    }

    /** Once: from now on requests find it. */
    private CallDialogs bound() {
        CallDialogs first = dialogs;
        if (first != null) {
            return first;
        }
        CallDialogs mine = new CallDialogs(this, path.bindings());
        if (!DIALOGS.compareAndSet(this, null, mine)) {
            return Objects.requireNonNull(dialogs);
        }
        path.begin(this);
        mine.bindFirst();
        return mine;
    }

    /** An answer may come meanwhile, on another thread. */
    private void giveBack() {
        path.release(this, call.resources());
        if (state == State.ANSWERED) {
            takeBack();
        }
    }

    /** The same of its end. */
    private void takeBack() {
        path.takeBack(this);
        if (state == State.ENDED) {
            path.release(this, call.resources());
        }
    }

    private void giveUpDialogs() {
        CallDialogs known = dialogs;
        if (known != null) {
            known.giveUp();
        }
    }

    private static void requireStatus(int statusCode, int low, int high) {
        if (statusCode < low || statusCode > high) {
            throw new IllegalArgumentException("status code: " + statusCode + "; expected " + low + " to " + high);
        }
    }

    /** By when it began, not by where it is in memory: what is done to all calls of a node is done in the same order. */
    @Override
    public int hashCode() {
        return Nanos.spread(begunAtNanos);
    }

    @Override
    public String toString() {
        return "attempt " + ordinal + " of " + call.callId() + " at " + live + ": " + state;
    }
}
