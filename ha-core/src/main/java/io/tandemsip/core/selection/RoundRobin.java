package io.tandemsip.core.selection;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Round robin. A turn that falls on a node that is not available goes to any other by chance. Immutable. */
final class RoundRobin implements BuiltIn {
    @Override
    public String name() {
        return "round-robin";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        return new Turns(candidates.size(), random.nextInt(candidates.size()));
    }

    private static final class Turns implements Selector {
        private final int size;
        private final AtomicLong turn;

        Turns(int size, int start) {
            this.size = size;
            turn = new AtomicLong(start);
        }

        @Override
        public int pick(CallRequest call, Availability availability, RandomGenerator random) {
            int index = (int) Math.floorMod(turn.getAndIncrement(), (long) size);
            return availability.isAvailable(index) ? index : Reservoir.pick(size, availability, random);
        }
    }
}
