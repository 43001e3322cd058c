package io.tandemsip.sim;

import io.tandemsip.CallRequest;
import java.util.SplittableRandom;

/**
 * A proxy before the service, which forks some calls: both branches come to it with one Call-ID and one From tag, each through
 * whatever router and to whatever node. Both may be answered; then the caller keeps the first and ends the other. Confined to one
 * thread.
 */
final class Upstream {
    private static final int ONE_IN = 12;
    private static final long BETWEEN_NANOS = 400 * VirtualTime.MILLI;
    private static final long CANCEL_NANOS = 20 * VirtualTime.MILLI;
    private static final long BYE_NANOS = 300 * VirtualTime.MILLI;

    private final Simulation world;
    private final SplittableRandom random;

    Upstream(Simulation world, SplittableRandom random) {
        this.world = world;
        this.random = random;
    }

    /** One branch of a call has come to the service. */
    void sent(SimCall first) {
        if (random.nextInt(ONE_IN) == 0) {
            world.time.after((long) (random.nextDouble() * BETWEEN_NANOS), () -> forks(first));
        }
    }

    private void forks(SimCall first) {
        SimRouter router = world.routers.get(random.nextInt(world.routers.size()));
        if (router.dead || first.over || first.branch != null) {
            return;
        }
        int number = world.nextNumber();
        CallRequest request = CallRequest.builder(first.callId(), first.fromTag)
                .transaction("z9hG4bK" + number)
                .requestUri(first.request.requestUri())
                .build();
        SimCall second = new SimCall(number, request, first.fromTag, router, random.nextInt(4) > 0);
        second.branch = first;
        first.branch = second;
        world.checker.saw(Traffic.FORK_BEFORE_THE_SERVICE);
        world.places(second);
    }

    /** The proxy cancels the other branch, or it is too late for that. RFC 3261 section 16.7, step 10. */
    void answered(SimCall call) {
        SimCall other = call.branch;
        if (other == null || other.over || other.byeSent || call.spiral || other.spiral) {
            return;
        }
        if (other.up) {
            world.checker.saw(Traffic.BOTH_BRANCHES_ANSWER);
            world.time.after(BYE_NANOS, () -> world.bye(call));
        } else if (random.nextBoolean()) {
            world.time.after(CANCEL_NANOS, () -> world.cancel(other));
        }
    }

    /** Whether a node has a request that it is sent a second time: it answers 482. RFC 3261 section 8.2.2.2. */
    static boolean isMerged(SimCall call, SimNode node) {
        SimCall other = call.branch;
        return other != null && node.calls.contains(other.name());
    }
}
