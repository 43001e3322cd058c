package io.tandemsip.core.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NearCacheTest {
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();
    private static final int MANY = 200_000;
    private static final long MOST_BYTES = 160;

    private final ManualLoop loop = new ManualLoop();
    private final NearCache cache = new NearCache(MANY, loop::nanoTime, new SplittableRandom(1));

    static DialogBinding binding(DialogId dialog, String node, long epoch) {
        DialogPhase phase = dialog.isEarly() ? DialogPhase.EARLY : DialogPhase.CONFIRMED;
        return new DialogBinding(dialog, NodeId.of(node), Incarnation.UNKNOWN, epoch, phase);
    }

    static DialogId dialog(int i) {
        return new DialogId(
                String.format("%08x-4f5a-11ee-8b7c-525400123456@10.0.%d.%d", i * 0x9E3779B9, i >> 8 & 255, i & 255),
                "as" + Integer.toHexString(i * 31),
                "z9" + Integer.toHexString(i * 17));
    }

    @Test
    void aDialog_isFoundInBothOrientations_andByTheInviteThatItCameFrom() {
        DialogId dialog = new DialogId("c", "b", "a");
        cache.put(binding(dialog, "n1", 3), HOUR_NANOS);
        assertThat(cache.binding(dialog))
                .isEqualTo(cache.binding(dialog.reversed()))
                .isNotNull();
        DialogId early = DialogId.early("d", "caller");
        cache.put(binding(early, "n2", 0), HOUR_NANOS);
        assertThat(cache.binding(new DialogId("d", "x", "caller"))).isEqualTo(binding(early, "n2", 0));
        assertThat(cache.find(new DialogId("d", "caller", "x"))).isNotNull();
        assertThat(cache.find(new DialogId("d", "x", "y"))).isNull();
    }

    /** Fails when what was forgotten is still known, or an INVITE that ended leaves a tombstone, which would turn its repetition down. */
    @Test
    void whatIsForgotten_mayComeAgain_whateverItsEpoch() {
        DialogId dialog = new DialogId("c", "a", "b");
        DialogId early = DialogId.early("d", "caller");
        cache.put(binding(dialog, "n1", 3), HOUR_NANOS);
        cache.put(binding(early, "n1", 3), HOUR_NANOS);
        assertThat(cache.size()).isEqualTo(2);
        cache.forget(dialog);
        cache.end(early, HOUR_NANOS);
        assertThat(cache.find(dialog)).isNull();
        assertThat(cache.find(early)).isNull();
        assertThat(cache.size()).isZero();
        assertThat(cache.put(binding(dialog, "n2", 0), HOUR_NANOS)).isTrue();
        assertThat(cache.put(binding(early, "n2", 0), HOUR_NANOS)).isTrue();
        cache.end(dialog, HOUR_NANOS);
        assertThat(cache.put(binding(dialog, "n2", 9), HOUR_NANOS)).isFalse();
        loop.advance(2 * HOUR_NANOS);
        assertThat(cache.size()).as("after their time").isZero();
    }

    /** Fails when a lower epoch or another owner takes a dialog over, and when a dialog that has ended comes back. */
    @Test
    void put_yieldsToAHigherEpochOnly_andNeverToOneThatEnded() {
        DialogId dialog = new DialogId("c", "a", "b");
        assertThat(cache.put(binding(dialog, "n1", 3), HOUR_NANOS)).isTrue();
        assertThat(cache.put(binding(dialog, "n2", 3), HOUR_NANOS)).isFalse();
        assertThat(cache.put(binding(dialog, "n2", 2), HOUR_NANOS)).isFalse();
        assertThat(cache.put(binding(dialog, "n1", 3), HOUR_NANOS)).isTrue();
        assertThat(cache.put(binding(dialog, "n2", 4), HOUR_NANOS)).isTrue();
        assertThat(cache.binding(dialog)).isEqualTo(binding(dialog, "n2", 4));
        cache.end(dialog.reversed(), HOUR_NANOS);
        assertThat(cache.put(binding(dialog, "n2", 5), HOUR_NANOS)).isFalse();
        assertThat(cache.binding(dialog)).isNull();
        assertThat(cache.find(dialog)).isNotNull();
    }

    @Test
    void aDialog_livesOnWithEachLookUp_andATombstoneDoesNot() {
        DialogId dialog = new DialogId("c", "a", "b");
        cache.put(binding(dialog, "n1", 0), HOUR_NANOS);
        for (int i = 0; i < 3; i++) {
            loop.advance(HOUR_NANOS - 1);
            assertThat(cache.find(dialog)).isNotNull();
        }
        cache.end(dialog, HOUR_NANOS);
        loop.advance(HOUR_NANOS / 2);
        assertThat(cache.find(dialog)).isNotNull();
        loop.advance(HOUR_NANOS / 2 + 2_000_000);
        assertThat(cache.find(dialog)).isNull();
    }

    /** Four times in its life. Fails when the store is told with each look-up, or never. */
    @Test
    void theStore_isToldNowAndThen_thatADialogLives() {
        DialogId dialog = new DialogId("c", "a", "b");
        cache.put(binding(dialog, "n1", 0), HOUR_NANOS);
        int due = 0;
        for (int minute = 0; minute < 120; minute++) {
            NearCache.Entry entry = cache.find(dialog);
            due += entry != null && entry.storeIsDue(loop.nanoTime()) ? 1 : 0;
            loop.advance(Duration.ofMinutes(1).toNanos());
        }
        assertThat(due).isBetween(6, 8);
    }

    /** Texts that run into each other are other dialogs. Fails when lengths are left out of the hash, or the key. */
    @Test
    void names_areDistinct_andSecret() {
        DialogHash hash = new DialogHash(1, 2);
        Set<DialogHash.Key> seen = new HashSet<>();
        String text = "abcdefghijkl";
        int texts = 0;
        for (int first = 1; first < text.length(); first++) {
            texts++;
            seen.add(hash.of(text.substring(0, first), text.substring(first), ""));
        }
        seen.add(hash.of("abc", "a", ""));
        seen.add(hash.of("abc", "a\0", ""));
        seen.add(hash.of("abc\0", "a", ""));
        assertThat(seen).hasSize(texts + 3);
        assertThat(hash.of("abc", "a", "b")).isEqualTo(hash.of("abc", "b", "a"));
        assertThat(hash.of("abc", "a", "b")).isNotEqualTo(new DialogHash(1, 3).of("abc", "a", "b"));
    }

    /** With compressed references. Fails when an entry keeps the texts of its dialog. */
    @Test
    void aDialog_takesLittleHeap() throws IOException, InterruptedException {
        long bytes = NearCacheHeap.measure(MANY);
        System.out.println("near cache: " + bytes + " bytes of heap for each of " + MANY + " dialogs");
        assertThat(bytes).isBetween(80L, MOST_BYTES);
    }
}
