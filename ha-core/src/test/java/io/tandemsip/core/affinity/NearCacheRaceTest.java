package io.tandemsip.core.affinity;

import io.tandemsip.core.race.Histories;
import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** D1 and D6 within one router: two threads that bind and end the same dialog agree. */
class NearCacheRaceTest {
    private static final DialogId DIALOG = new DialogId("call", "from", "to");
    private static final String NOBODY = "nobody";
    private static final String ENDED = "ended";

    /**
     * A higher epoch stands, an end stands, and who was told that its binding was taken had it taken.
     *
     * <p>Fails when {@code put} looks and then puts.
     */
    @Test
    void bindingAndEnding_isAsOneAfterTheOther() {
        new Histories<>(() -> new NearCache(100, () -> 0, new SplittableRandom(1)), NOBODY)
                .with(random -> put("n" + random.nextInt(2), random.nextInt(3)))
                .with(random -> put("n" + random.nextInt(2), random.nextInt(3)))
                .with(random -> find())
                .with(random -> random.nextInt(4) == 0 ? end() : find())
                .with(random -> random.nextInt(4) == 0 ? forget() : find())
                .atLast(find())
                .check(1, 10_000);
    }

    private static Operation<NearCache, String> put(String owner, long epoch) {
        String wanted = owner + " at " + epoch;
        return new Operation<>(
                "put " + wanted,
                cache -> cache.put(
                        new DialogBinding(DIALOG, NodeId.of(owner), Incarnation.UNKNOWN, epoch, DialogPhase.CONFIRMED),
                        1_000_000_000),
                state -> yields(state, wanted, epoch) ? new Step<>(wanted, true) : new Step<>(state, false));
    }

    private static boolean yields(String state, String wanted, long epoch) {
        return state.equals(NOBODY)
                || (!state.equals(ENDED)
                        && (state.equals(wanted) || epoch > Long.parseLong(state.substring(state.length() - 1))));
    }

    private static Operation<NearCache, String> find() {
        return new Operation<>(
                "find",
                cache -> {
                    NearCache.Entry found = cache.find(DIALOG);
                    DialogBinding binding = found == null ? null : found.binding(DIALOG);
                    return found == null
                            ? NOBODY
                            : binding == null ? ENDED : binding.owner() + " at " + binding.epoch();
                },
                state -> new Step<>(state, state));
    }

    private static Operation<NearCache, String> end() {
        return new Operation<>(
                "end",
                cache -> {
                    cache.end(DIALOG, 1_000_000_000);
                    return "";
                },
                state -> new Step<>(ENDED, ""));
    }

    private static Operation<NearCache, String> forget() {
        return new Operation<>(
                "forget",
                cache -> {
                    cache.forget(DIALOG);
                    return "";
                },
                state -> new Step<>(NOBODY, ""));
    }
}
