package io.tandemsip.sim;

import io.tandemsip.DialogRequest;
import io.tandemsip.dialog.DialogId;
import java.util.SplittableRandom;

/**
 * What meets an answer on its way: the caller's CANCEL, which then comes too late, and a request of the new dialog, which the host has
 * dealt with on another thread. Confined to one thread.
 */
final class Crossings {
    private static final int ONE_ANSWER_IN = 15;

    private final Simulation world;
    private final SplittableRandom random;

    Crossings(Simulation world, SplittableRandom random) {
        this.world = world;
        this.random = random;
    }

    /** A node answers: its answer is on its way. */
    void answers(SimCall call) {
        if (random.nextInt(ONE_ANSWER_IN) == 0) {
            world.cancel(call);
        }
    }

    /** Whether the caller of a call that was answered when he gave it up stays all the same. */
    boolean staysUp(SimCall call) {
        boolean stays = random.nextBoolean() && call.branch == null;
        if (stays) {
            world.checker.saw(Traffic.CANCEL_TOO_LATE);
        }
        return stays;
    }

    /** The host has not told its router of an answer yet, and perhaps asks already where a request of its dialog goes. */
    void comesFirst(SimCall call, DialogId dialog, String cookie) {
        SimRouter router = call.placedBy;
        if (!cookie.isEmpty() && random.nextInt(4) == 0) {
            world.checker.saw(Traffic.OVERTAKES_ITS_ANSWER);
            router.router.locate(DialogRequest.of(dialog, "ACK").withCookie(cookie));
        }
    }
}
