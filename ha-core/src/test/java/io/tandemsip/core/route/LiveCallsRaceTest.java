package io.tandemsip.core.route;

import io.tandemsip.core.race.Histories;
import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.Taker;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LiveCallsRaceTest {
    private static final List<Call> CALLS = List.of(new Call("1"), new Call("2"), new Call("3"));

    /**
     * Calls with one Call-ID are added, found and removed by two threads, and none is lost or left. One call of each thread's
     * own, and one that both add unless it is there.
     *
     * <p>Fails when {@code add} or {@code addIfAlone} gets the list and puts a longer one.
     */
    @Test
    void callsOfOneCallId_areAddedAndRemovedAsOneAfterTheOther() {
        new Histories<>(LiveCalls::new, Set.<String>of())
                .only(0, random -> add(CALLS.get(0)))
                .only(0, random -> remove(CALLS.get(0)))
                .only(1, random -> add(CALLS.get(1)))
                .only(1, random -> remove(CALLS.get(1)))
                .with(random -> addIfAlone(CALLS.get(2)))
                .with(random -> remove(CALLS.get(2)))
                .with(random -> find(CALLS.get(random.nextInt(CALLS.size()))))
                .with(random -> size())
                .atLast(size())
                .atLast(find(CALLS.get(0)))
                .check(1, 20_000);
    }

    private static Operation<LiveCalls, Set<String>> add(Call call) {
        return new Operation<>(
                "add " + call.tag,
                calls -> {
                    calls.add(call);
                    return "";
                },
                there -> new Step<>(with(there, call.tag), ""));
    }

    private static Operation<LiveCalls, Set<String>> addIfAlone(Call call) {
        return new Operation<>(
                "add if alone " + call.tag,
                calls -> calls.addIfAlone(call),
                there -> new Step<>(with(there, call.tag), true));
    }

    private static Operation<LiveCalls, Set<String>> remove(Call call) {
        return new Operation<>(
                "remove " + call.tag,
                calls -> {
                    calls.remove(call);
                    return "";
                },
                there -> {
                    Set<String> after = new TreeSet<>(there);
                    after.remove(call.tag);
                    return new Step<>(after, "");
                });
    }

    private static Operation<LiveCalls, Set<String>> find(Call call) {
        return new Operation<>(
                "find " + call.tag,
                calls -> calls.owner(call.dialog()) == call,
                there -> new Step<>(there, there.contains(call.tag)));
    }

    private static Operation<LiveCalls, Set<String>> size() {
        return new Operation<>("size", LiveCalls::size, there -> new Step<>(there, there.size()));
    }

    private static Set<String> with(Set<String> there, String tag) {
        Set<String> after = new TreeSet<>(there);
        after.add(tag);
        return after;
    }

    /** A call as far as it takes to be found. */
    private record Call(String tag) implements LiveCall {
        @Override
        public String callId() {
            return "call";
        }

        @Override
        public DialogId dialog() {
            return new DialogId("call", "from", tag);
        }

        @Override
        public LiveNode live() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean owns(DialogId dialog) {
            return dialog.equals(dialog());
        }

        @Override
        public CompletionStage<Void> dialogEnded(DialogId dialog, DialogEnd how) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public boolean end(DialogEnd how) {
            return false;
        }

        @Override
        public void livesUntil(long expiresAtNanos) {}

        @Override
        public long expiresAtNanos() {
            return 0;
        }

        @Override
        public long begunAtNanos() {
            return 0;
        }

        @Override
        public boolean isKnownByCallId() {
            return false;
        }

        @Override
        public boolean isConfirmed() {
            return true;
        }

        @Override
        public void nodeRestarted(long provenNanos) {}

        @Override
        public void moveTo(Taker taker, long epoch) {}
    }
}
