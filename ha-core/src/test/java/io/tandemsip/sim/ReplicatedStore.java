package io.tandemsip.sim;

import io.tandemsip.core.store.InMemoryDialogStore;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The store that all share, as one that answers and copies of it that hear of each write after the answer: at once as long as
 * all is well. Where they lag, reads may be of a copy, and a copy that takes over has lost what it had not heard of.
 * Confined to one thread.
 */
final class ReplicatedStore {
    private final Deque<InMemoryDialogStore> copies = new ArrayDeque<>();
    private final List<Function<DialogStore, CompletionStage<?>>> unheard = new ArrayList<>();
    private InMemoryDialogStore answering;
    private int lagging;
    private int stale;

    /**
     * All of them are empty.
     *
     * @param time tells when what they hold expires
     * @param takeOvers how often a copy can take over
     * @param isCopied whether there is a copy at all
     */
    ReplicatedStore(VirtualTime time, int takeOvers, boolean isCopied) {
        answering = InMemoryDialogStore.create(time::now);
        for (int i = isCopied ? -1 : 0; i < takeOvers; i++) {
            copies.add(InMemoryDialogStore.create(time::now));
        }
    }

    <T> CompletionStage<T> write(Function<DialogStore, CompletionStage<T>> change) {
        if (lagging > 0) {
            unheard.add(change::apply);
        } else {
            copies.forEach(copy -> tell(copy, change));
        }
        return change.apply(answering);
    }

    private static void tell(DialogStore copy, Function<DialogStore, ? extends CompletionStage<?>> change) {
        if (change.apply(copy).toCompletableFuture().isCompletedExceptionally()) {
            throw new IllegalStateException("a copy in memory failed");
        }
    }

    /** Of the one that answers; of a copy, half the time, while reads are stale. */
    <T> CompletionStage<T> read(SplittableRandom random, Function<DialogStore, CompletionStage<T>> question) {
        boolean isStale = stale > 0 && random.nextBoolean();
        return question.apply(isStale ? copies.getFirst() : answering);
    }

    /** Copies hear of nothing until they are told. */
    void lag() {
        lagging++;
    }

    /** Reads may be of a copy until they are told, and copies hear of nothing. */
    void readStale() {
        stale++;
        lag();
    }

    void readFresh() {
        stale--;
        catchUp();
    }

    /** Copies hear of what they missed, and go on hearing. */
    void catchUp() {
        if (--lagging == 0) {
            unheard.forEach(change -> copies.forEach(copy -> tell(copy, change)));
            unheard.clear();
        }
    }

    /** The one that answers is gone with what no copy had heard of. */
    void failOver() {
        unheard.clear();
        answering = copies.removeLast();
        catchUp();
    }

    /** The one that answers. */
    InMemoryDialogStore truth() {
        return answering;
    }

    /** Whether whoever is asked has the dialog. */
    boolean hasEverywhere(DialogId dialog) {
        return has(answering, dialog) && copies.stream().allMatch(copy -> has(copy, dialog));
    }

    /** Whether the one that answers has just this dialog, and not only the INVITE that it came from. */
    boolean hasItself(DialogId dialog) {
        return answering.find(dialog).toCompletableFuture().join() instanceof DialogLookup.Found found
                && !found.binding().dialog().isEarly();
    }

    private static boolean has(DialogStore store, DialogId dialog) {
        return store.find(dialog).toCompletableFuture().join() instanceof DialogLookup.Found;
    }
}
