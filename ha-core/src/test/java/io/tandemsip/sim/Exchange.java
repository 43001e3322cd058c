package io.tandemsip.sim;

import io.tandemsip.core.loop.Loop;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A request and its responses between a router's host and a node over UDP, with the retransmissions of RFC 3261 section
 * 17: the request until something comes back, the final response until it has come. Confined to one thread.
 */
final class Exchange {
    static final int TIMEOUT = 408;
    static final int REFUSED = 0;
    private static final long T1 = 500 * VirtualTime.MILLI;
    private static final long T2 = 4 * VirtualTime.SECOND;
    private static final long GIVE_UP = 64 * T1;

    final String method;
    final SimCall call;
    final SimNode node;
    private final Simulation world;
    private final SimRouter router;
    private final IntConsumer onResponse;
    private boolean heard;
    private boolean over;
    private boolean arrived;
    private int life;
    private int answer;
    private long intervalNanos = T1;
    private final long sinceNanos;
    private Loop.@Nullable Timer resend;

    Exchange(Simulation world, SimRouter router, SimNode node, SimCall call, String method, IntConsumer onResponse) {
        this.world = world;
        this.router = router;
        this.node = node;
        this.call = call;
        this.method = method;
        this.onResponse = onResponse;
        sinceNanos = world.time.now();
    }

    Exchange start() {
        transmit();
        return this;
    }

    private void transmit() {
        world.network.there(router.place, node.index, this::arrive);
        resend = world.time.after(intervalNanos, this::again);
        intervalNanos = Math.min(2 * intervalNanos, method.equals("INVITE") ? GIVE_UP : T2);
    }

    private void again() {
        if (over || router.dead || (heard && method.equals("INVITE"))) {
            return;
        }
        if (world.time.now() - sinceNanos >= GIVE_UP) {
            heard(TIMEOUT);
        } else {
            transmit();
        }
    }

    /** At the node. */
    private void arrive() {
        if (node.isFrozen()) {
            node.late.add(this::arrive);
        } else if (node.refusing > 0) {
            world.network.back(router.place, node.index, () -> heard(REFUSED));
        } else if (node.dead == 0 && node.zombie == 0) {
            if (arrived && life == node.life) {
                if (answer > 0) {
                    world.network.back(router.place, node.index, () -> heard(answer));
                }
            } else {
                arrived = true;
                life = node.life;
                world.afterSlow(node, () -> world.served(this));
            }
        } else if (node.dead == 0 && !call.up && !method.equals("CANCEL")) {
            router.detection.unanswered(node);
        }
    }

    /** The node answers, if it still is who got the request. */
    void respond(int status) {
        if (life != node.life || !node.isUp()) {
            return;
        }
        if (node.isFrozen()) {
            node.late.add(() -> respond(status));
            return;
        }
        answer = status;
        send(status, T1);
    }

    private void send(int status, long nextNanos) {
        world.network.back(router.place, node.index, () -> heard(status));
        if (status >= 200 && nextNanos <= GIVE_UP) {
            world.time.after(nextNanos, () -> {
                if (!over && life == node.life && node.isUp() && !node.isFrozen()) {
                    send(status, 2 * nextNanos);
                }
            });
        }
    }

    boolean isOver() {
        return over;
    }

    /** At the router's host. */
    private void heard(int status) {
        if (router.dead || (over && status != answer)) {
            return;
        }
        heard = true;
        Loop.Timer timer = resend;
        if (timer != null && (status >= 200 || status == REFUSED || method.equals("INVITE"))) {
            timer.cancel();
        }
        over |= status >= 200 || status == REFUSED;
        onResponse.accept(status);
    }
}
