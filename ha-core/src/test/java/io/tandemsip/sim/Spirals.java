package io.tandemsip.sim;

import io.tandemsip.CallRequest;
import java.util.SplittableRandom;

/**
 * Nodes that send some calls back through the service, as one that transfers them does: the INVITE comes again, at whatever router,
 * with another branch and the same Call-ID and From tag, and goes to another node. The leg beyond ends with the one before. Confined to
 * one thread.
 */
final class Spirals {
    private static final int ONE_IN = 15;
    private static final long DECIDES_NANOS = 30 * VirtualTime.MILLI;
    private static final long HANGS_UP_NANOS = 10 * VirtualTime.MILLI;

    private final Simulation world;
    private final SplittableRandom random;

    Spirals(Simulation world, SplittableRandom random) {
        this.world = world;
        this.random = random;
    }

    /** A call begins at a node. */
    void begins(SimCall call, SimNode node) {
        int life = node.life;
        if (random.nextInt(ONE_IN) == 0) {
            world.time.after(DECIDES_NANOS, () -> {
                if (node.life == life && node.calls.contains(call.name()) && call.branch == null && !call.over) {
                    sendsBack(call);
                }
            });
        }
    }

    private void sendsBack(SimCall call) {
        SimRouter router = world.routers.get(random.nextInt(world.routers.size()));
        if (router.dead) {
            return;
        }
        int number = world.nextNumber();
        CallRequest request = CallRequest.builder(call.callId(), call.fromTag)
                .transaction("z9hG4bK" + number)
                .requestUri("sip:beyond" + number % 7 + "@example.org")
                .build();
        SimCall beyond = new SimCall(number, request, call.fromTag, router, random.nextInt(4) > 0);
        beyond.spiral = true;
        beyond.branch = call;
        call.branch = beyond;
        world.places(beyond);
    }

    void answered(SimCall call) {
        if (call.spiral) {
            world.checker.saw(Traffic.SPIRAL);
        }
    }

    /** The node lets go of the leg beyond. */
    void over(SimCall call) {
        SimCall beyond = call.branch;
        if (beyond != null && beyond.spiral) {
            world.time.after(HANGS_UP_NANOS, () -> {
                if (beyond.up && !beyond.over) {
                    world.bye(beyond);
                } else if (!beyond.over) {
                    world.cancel(beyond);
                }
            });
        }
    }
}
