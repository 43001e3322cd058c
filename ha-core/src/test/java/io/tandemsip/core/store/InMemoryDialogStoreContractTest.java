package io.tandemsip.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.dialog.DialogStoreContract;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InMemoryDialogStoreContractTest extends DialogStoreContract {
    private final ManualLoop clock =
            new ManualLoop(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());
    private final InMemoryDialogStore store = InMemoryDialogStore.create(clock::nanoTime);

    @Override
    protected DialogStore store() {
        return store;
    }

    @Override
    protected void passTime(Duration time) {
        clock.advance(time.toNanos());
    }

    /** S2. Fails when {@code InMemoryDialogStore.again} makes one more due moment. */
    @Test
    void s2_oneDialogBoundAgainAndAgain_isHeldOnce() {
        for (int i = 0; i < 1_000; i++) {
            DialogBinding binding = new DialogBinding(
                    new DialogId("c", "x", "y"), NodeId.of("n1"), Incarnation.UNKNOWN, i, DialogPhase.CONFIRMED);
            store.bind(binding, Duration.ofHours(1));
            store.refresh(binding.dialog(), Duration.ofHours(2));
        }
        assertThat(store.size()).isLessThan(10);
    }

    /** S2. Fails when {@code InMemoryDialogStore.replace} does not take the due moment of what was replaced away. */
    @Test
    void s2_oneInviteBoundAndEndedAgainAndAgain_isHeldOnce() {
        DialogId invite = DialogId.early("c", "x");
        for (int i = 0; i < 1_000; i++) {
            store.bind(
                    new DialogBinding(invite, NodeId.of("n1"), Incarnation.UNKNOWN, 0, DialogPhase.EARLY),
                    Duration.ofHours(1));
            store.end(invite, Duration.ofSeconds(32));
        }
        assertThat(store.size()).isZero();
    }

    /** Fails when {@code InMemoryDialogStore.afterDue} drops what stands longer by now. */
    @Test
    void boundAgainForLonger_standsUntilThen_andIsDroppedAfterwards() {
        DialogId dialog = new DialogId("c", "x", "y");
        NodeId owner = NodeId.of("n1");
        store.bind(new DialogBinding(dialog, owner, Incarnation.UNKNOWN, 0, DialogPhase.EARLY), Duration.ofMinutes(4));
        store.bind(
                new DialogBinding(dialog, owner, Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED), Duration.ofHours(6));
        clock.advance(Duration.ofMinutes(5).toNanos());
        assertThat(store.count(owner).toCompletableFuture().join()).isEqualTo(1);
        clock.advance(Duration.ofHours(6).toNanos());
        assertThat(store.size()).isZero();
    }

    /** S2. Fails when what expired is not dropped unless somebody asks for it. */
    @Test
    void s2_afterEverythingExpired_nothingIsHeld() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            DialogId dialog = new DialogId("c" + random.nextInt(500), "x", random.nextBoolean() ? "y" : "");
            Duration life = Duration.ofSeconds(random.nextInt(1, 60));
            switch (random.nextInt(4)) {
                case 0 ->
                    store.bind(
                            new DialogBinding(
                                    dialog,
                                    NodeId.of("n" + random.nextInt(5)),
                                    Incarnation.UNKNOWN,
                                    random.nextInt(3),
                                    DialogPhase.CONFIRMED),
                            life);
                case 1 -> store.refresh(dialog, life);
                case 2 -> store.end(dialog, life);
                default -> clock.advance(Duration.ofMillis(random.nextInt(500)).toNanos());
            }
            assertThat(store.size()).isLessThan(5 * 1_000);
        }
        clock.advance(Duration.ofMinutes(5).toNanos());
        assertThat(store.size()).isZero();
    }

    /** Fails when dialogs are told from each other by their hash alone. */
    @Test
    void list_ofDialogsWithOneHash_hasEachOnce() {
        List<DialogId> alike = List.of(new DialogId("Aa", "x", "y"), new DialogId("BB", "x", "y"));
        assertThat(alike.get(0).hashCode()).isEqualTo(alike.get(1).hashCode());
        NodeId owner = NodeId.of("n1");
        alike.forEach(dialog -> store.bind(
                new DialogBinding(dialog, owner, Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED), Duration.ofHours(1)));
        DialogPage first = page(owner, "");
        DialogPage second = page(owner, first.nextCursor());
        assertThat(Stream.of(first, second)
                        .flatMap(page -> page.bindings().stream())
                        .map(DialogBinding::dialog))
                .containsExactlyElementsOf(alike);
        assertThat(page(owner, second.nextCursor()).bindings()).isEmpty();
        store.end(alike.get(0), Duration.ofSeconds(32));
        assertThat(page(owner, "").bindings()).extracting(DialogBinding::dialog).containsExactly(alike.get(1));
    }

    private DialogPage page(NodeId owner, String cursor) {
        return store.list(owner, cursor, 1).toCompletableFuture().join();
    }

    @Test
    void list_fromACursorThatNoPageSaid_saysWhatWasExpected() {
        assertThatThrownBy(() -> store.list(NodeId.of("n1"), "17", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cursor: \"17\"");
    }
}
