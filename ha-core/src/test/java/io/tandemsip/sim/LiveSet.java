package io.tandemsip.sim;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;

/** Calls that are up, of which any can be drawn at once, however many they are. Confined to one thread. */
final class LiveSet implements Iterable<SimCall> {
    private final List<SimCall> calls = new ArrayList<>();

    void add(SimCall call) {
        if (call.place < 0) {
            call.place = calls.size();
            calls.add(call);
        }
    }

    /** The last one comes in its place. */
    void remove(SimCall call) {
        if (call.place >= 0) {
            SimCall last = calls.remove(calls.size() - 1);
            if (last != call) {
                calls.set(call.place, last);
                last.place = call.place;
            }
            call.place = -1;
        }
    }

    boolean hasOther(SimCall than) {
        return calls.size() > (than.place < 0 ? 0 : 1);
    }

    /** Any but one; there must be others. */
    SimCall other(SimCall than, SplittableRandom random) {
        int last = calls.size() - (than.place < 0 ? 0 : 1);
        SimCall drawn = calls.get(random.nextInt(last));
        return drawn == than ? calls.get(last) : drawn;
    }

    /** A copy, for who changes what they are. */
    List<SimCall> all() {
        return List.copyOf(calls);
    }

    @Override
    public Iterator<SimCall> iterator() {
        return calls.iterator();
    }
}
