package io.tandemsip.dialog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every {@link DialogStore} owes. Extend it and answer with an empty store for each test; {@link #passTime} lets the
 * store's clock go on, by waiting where there is no other way.
 */
public abstract class DialogStoreContract {
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");
    private static final DialogId DIALOG = new DialogId("call@host", "caller", "callee");
    private static final DialogId EARLY = DialogId.early("call@host", "caller");

    /**
     * The store to be tried.
     *
     * @return the same one throughout a test, empty at its start
     */
    protected abstract DialogStore store();

    /**
     * Lets the store's clock go on.
     *
     * @param time how far
     */
    protected abstract void passTime(Duration time);

    /**
     * A time to live that may pass within a test.
     *
     * @return 2 s unless overridden
     */
    protected Duration shortLife() {
        return Duration.ofSeconds(2);
    }

    private Duration longLife() {
        return shortLife().multipliedBy(30);
    }

    /** What was bound is found, in both orientations (D2). */
    @Test
    public void d2_find_afterBind_findsTheOwnerInBothOrientations() {
        bind(DIALOG, A, 0, DialogPhase.CONFIRMED);
        assertThat(owner(DIALOG)).isEqualTo(A);
        assertThat(owner(DIALOG.reversed())).isEqualTo(A);
        assertThat(find(new DialogId("other@host", "caller", "callee"))).isInstanceOf(DialogLookup.Absent.class);
        assertThat(find(new DialogId("call@host", "caller", "else"))).isInstanceOf(DialogLookup.Absent.class);
    }

    /** An early binding answers for each fork under either tag, until the fork has one of its own. */
    @Test
    public void find_ofAForkThatWasNotBound_findsTheEarlyBindingUnderEitherTag() {
        bind(EARLY, A, 0, DialogPhase.EARLY);
        assertThat(owner(EARLY)).isEqualTo(A);
        assertThat(owner(DIALOG)).isEqualTo(A);
        assertThat(owner(DIALOG.reversed())).isEqualTo(A);
        bind(new DialogId("call@host", "caller", "fork2"), B, 0, DialogPhase.CONFIRMED);
        assertThat(owner(new DialogId("call@host", "fork2", "caller"))).isEqualTo(B);
        assertThat(owner(DIALOG)).isEqualTo(A);
    }

    /** At one epoch the first owner stays, and the second is told of it (D1). */
    @Test
    public void d1_bind_whenAnotherNodeOwnsTheDialog_reportsTheOwner() {
        bind(DIALOG, A, 3, DialogPhase.CONFIRMED);
        BindResult result = bind(DIALOG.reversed(), B, 3, DialogPhase.CONFIRMED);
        assertThat(((BindResult.OwnedByOther) result).binding().owner()).isEqualTo(A);
        assertThat(bind(DIALOG, B, 2, DialogPhase.CONFIRMED)).isInstanceOf(BindResult.OwnedByOther.class);
        assertThat(owner(DIALOG)).isEqualTo(A);
    }

    /** A higher epoch outranks a lower one. */
    @Test
    public void bind_underAHigherEpoch_takesTheDialog() {
        bind(DIALOG, A, 3, DialogPhase.CONFIRMED);
        assertThat(bind(DIALOG, B, 4, DialogPhase.CONFIRMED)).isInstanceOf(BindResult.Bound.class);
        assertThat(owner(DIALOG)).isEqualTo(B);
        assertThat(await(store().count(A))).isZero();
        assertThat(await(store().count(B))).isEqualTo(1);
    }

    /** Two routers that bind at once agree on one owner (D1). */
    @Test
    public void d1_bind_ofManyOwnersAtOnce_leavesOneOnWhomAllAgree() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 50; round++) {
                DialogId dialog = new DialogId("race-" + round, "x", "y");
                CountDownLatch go = new CountDownLatch(1);
                List<Future<NodeId>> answers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    NodeId node = NodeId.of("n" + i);
                    DialogId oriented = i % 2 == 0 ? dialog : dialog.reversed();
                    answers.add(threads.submit(() -> {
                        go.await();
                        return ownerOf(bind(oriented, node, 0, DialogPhase.CONFIRMED));
                    }));
                }
                go.countDown();
                Set<NodeId> owners = new HashSet<>();
                for (Future<NodeId> answer : answers) {
                    owners.add(answer.get(20, TimeUnit.SECONDS));
                }
                assertThat(owners).containsExactly(owner(dialog));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static NodeId ownerOf(BindResult result) {
        return result instanceof BindResult.Bound bound
                ? bound.binding().owner()
                : ((BindResult.OwnedByOther) result).binding().owner();
    }

    /** Writing the same again changes nothing. */
    @Test
    public void bind_twice_isTheSameAsOnce() {
        bind(DIALOG, A, 0, DialogPhase.CONFIRMED);
        assertThat(bind(DIALOG, A, 0, DialogPhase.CONFIRMED)).isInstanceOf(BindResult.Bound.class);
        assertThat(await(store().count(A))).isEqualTo(1);
    }

    /** A late early binding does not take the confirmation back. */
    @Test
    public void bind_early_afterConfirmed_staysConfirmed() {
        bind(DIALOG, A, 0, DialogPhase.CONFIRMED);
        bind(DIALOG, A, 0, DialogPhase.EARLY);
        assertThat(((DialogLookup.Found) find(DIALOG)).binding().phase()).isEqualTo(DialogPhase.CONFIRMED);
        assertThat(await(store().count(A))).isEqualTo(1);
    }

    /** Incarnation, epoch and phase come back as they were written. */
    @Test
    public void find_answersWithEverythingThatWasWritten() {
        DialogBinding binding = new DialogBinding(DIALOG, A, new Incarnation("life-1"), 7, DialogPhase.CONFIRMED);
        await(store().bind(binding, longLife()));
        assertThat(find(DIALOG)).isEqualTo(new DialogLookup.Found(binding));
    }

    /** A fenced owner binds nothing under an old epoch, whatever it does afterwards. */
    @Test
    public void bind_belowTheFence_isRefused() {
        assertThat(await(store().fence(A, 5))).isEqualTo(5);
        assertThat(await(store().fence(A, 3))).isEqualTo(5);
        assertThat(bind(DIALOG, A, 4, DialogPhase.CONFIRMED)).isEqualTo(new BindResult.Fenced(5));
        assertThat(find(DIALOG)).isInstanceOf(DialogLookup.Absent.class);
        assertThat(bind(DIALOG, A, 5, DialogPhase.CONFIRMED)).isInstanceOf(BindResult.Bound.class);
        assertThat(bind(new DialogId("c2", "x", "y"), B, 0, DialogPhase.CONFIRMED))
                .isInstanceOf(BindResult.Bound.class);
    }

    /** Ended is ended: told as such, not raised by a late bind, and forgotten after the tombstone (D6). */
    @Test
    public void d6_end_leavesATombstone_thatALateBindDoesNotRaise() {
        bind(DIALOG, A, 0, DialogPhase.CONFIRMED);
        assertThat(await(store().end(DIALOG.reversed(), shortLife()))).isTrue();
        assertThat(await(store().end(DIALOG, shortLife()))).isFalse();
        assertThat(find(DIALOG)).isInstanceOf(DialogLookup.Ended.class);
        assertThat(bind(DIALOG, A, 9, DialogPhase.CONFIRMED)).isInstanceOf(BindResult.AlreadyEnded.class);
        assertThat(await(store().refresh(DIALOG, longLife()))).isFalse();
        assertThat(await(store().count(A))).isZero();
        passTime(shortLife().plusMillis(500));
        assertThat(find(DIALOG)).isInstanceOf(DialogLookup.Absent.class);
    }

    /** The same INVITE comes again: after a challenge, or at the next node. */
    @Test
    public void end_ofAnEarlyBinding_leavesRoomForTheNextOne() {
        bind(EARLY, A, 0, DialogPhase.EARLY);
        bind(DIALOG, A, 0, DialogPhase.CONFIRMED);
        assertThat(await(store().end(EARLY, longLife()))).isTrue();
        assertThat(owner(DIALOG)).isEqualTo(A);
        assertThat(find(EARLY)).isInstanceOf(DialogLookup.Absent.class);
        assertThat(bind(EARLY, B, 0, DialogPhase.EARLY)).isInstanceOf(BindResult.Bound.class);
        assertThat(owner(EARLY)).isEqualTo(B);
    }

    /** A binding lives as long as it was said, and a refresh lets it live on but never less. */
    @Test
    public void d5_refresh_letsABindingLiveOn_andNeverShortens() {
        await(store().bind(binding(DIALOG, A, 0, DialogPhase.CONFIRMED), shortLife()));
        DialogId other = new DialogId("silent@host", "x", "y");
        await(store().bind(binding(other, A, 0, DialogPhase.CONFIRMED), shortLife()));
        assertThat(await(store().refresh(DIALOG.reversed(), longLife()))).isTrue();
        assertThat(await(store().refresh(DIALOG, shortLife()))).isTrue();
        passTime(shortLife().plusMillis(500));
        assertThat(owner(DIALOG)).isEqualTo(A);
        assertThat(find(other)).isInstanceOf(DialogLookup.Absent.class);
        assertThat(await(store().refresh(other, longLife()))).isFalse();
        assertThat(await(store().count(A))).isEqualTo(1);
    }

    /** After expiry another node may own the dialog. */
    @Test
    public void bind_afterExpiry_isAsIfNothingHadBeen() {
        await(store().bind(binding(DIALOG, A, 5, DialogPhase.CONFIRMED), shortLife()));
        passTime(shortLife().plusMillis(500));
        assertThat(bind(DIALOG, B, 0, DialogPhase.CONFIRMED)).isInstanceOf(BindResult.Bound.class);
    }

    /** Only confirmed dialogs count. */
    @Test
    public void count_countsConfirmedDialogsOfTheNode() {
        for (int i = 0; i < 10; i++) {
            bind(new DialogId("c" + i, "x", "y"), i < 7 ? A : B, 0, DialogPhase.CONFIRMED);
            bind(DialogId.early("e" + i, "x"), A, 0, DialogPhase.EARLY);
        }
        assertThat(await(store().count(A))).isEqualTo(7);
        assertThat(await(store().count(B))).isEqualTo(3);
        assertThat(await(store().count(NodeId.of("nobody")))).isZero();
    }

    /** Page by page everything is given that stands throughout, while other things change. */
    @Test
    public void list_givesEveryBindingThatStands_pageByPage() {
        Set<DialogId> expected = new HashSet<>();
        for (int i = 0; i < 53; i++) {
            DialogId dialog = new DialogId("c" + i, "x", "y").canonical();
            bind(dialog, A, 0, i % 2 == 0 ? DialogPhase.CONFIRMED : DialogPhase.EARLY);
            expected.add(dialog);
        }
        bind(new DialogId("other", "x", "y"), B, 0, DialogPhase.CONFIRMED);
        Set<DialogId> found = new HashSet<>();
        String cursor = "";
        int pages = 0;
        do {
            DialogPage page = await(store().list(A, cursor, 10));
            assertThat(page.bindings().size()).isLessThanOrEqualTo(10);
            page.bindings().forEach(binding -> found.add(binding.dialog()));
            bind(new DialogId("new-" + pages, "x", "y"), A, 0, DialogPhase.CONFIRMED);
            cursor = page.nextCursor();
            pages++;
        } while (!cursor.isEmpty() && pages < 100);
        assertThat(found).containsAll(expected);
        assertThat(found).noneMatch(dialog -> dialog.callId().equals("other"));
    }

    /** Mistakes name the value. */
    @Test
    public void mistakes_areToldAtOnce() {
        assertThatThrownBy(() -> store().bind(binding(DIALOG, A, 0, DialogPhase.EARLY), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().refresh(DIALOG, Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().end(DIALOG, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().list(A, "", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().list(A, "", 10_001)).isInstanceOf(IllegalArgumentException.class);
    }

    /** What is asked of a closed store fails through the stage. */
    @Test
    public void close_makesEverythingFailAsUnavailable() {
        store().close();
        store().close();
        for (CompletionStage<?> stage : List.of(
                store().find(DIALOG),
                store().bind(binding(DIALOG, A, 0, DialogPhase.EARLY), longLife()),
                store().refresh(DIALOG, longLife()),
                store().end(DIALOG, longLife()),
                store().count(A))) {
            assertThatThrownBy(() -> await(stage)).hasRootCauseInstanceOf(StoreUnavailableException.class);
        }
    }

    private BindResult bind(DialogId dialog, NodeId owner, long epoch, DialogPhase phase) {
        return await(store().bind(binding(dialog, owner, epoch, phase), longLife()));
    }

    private static DialogBinding binding(DialogId dialog, NodeId owner, long epoch, DialogPhase phase) {
        return new DialogBinding(dialog, owner, Incarnation.UNKNOWN, epoch, phase);
    }

    private DialogLookup find(DialogId dialog) {
        return await(store().find(dialog));
    }

    private NodeId owner(DialogId dialog) {
        return ((DialogLookup.Found) find(dialog)).binding().owner();
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError("the store's stage failed", failure);
        }
    }
}
