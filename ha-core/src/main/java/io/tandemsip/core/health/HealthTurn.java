package io.tandemsip.core.health;

import io.tandemsip.core.health.HealthStatus.Burst;
import io.tandemsip.core.health.HealthStatus.Sent;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A status that is being changed by one event, and the effects so far: the bookkeeping of {@link HealthMachine}, which
 * decides. Lives for one call. Confined to one thread.
 */
final class HealthTurn {
    private static final int FEW = 4;

    final long nowNanos;
    HealthState state;
    String cause;
    long sinceNanos;
    long quietSinceNanos;
    int passes;
    int fails;
    Optional<Burst> burst;
    OptionalLong lastBurstNanos;
    RoundTrips roundTrips;
    Incarnation incarnation;
    long provenNanos;
    int spread;
    final Outstanding outstanding;

    private final HealthTimings timings;
    private final List<HealthEffect> effects = new ArrayList<>(FEW);
    private int armed;
    private boolean running;
    private long nextProbeId;

    HealthTurn(HealthTimings timings, HealthStatus before, long nowNanos) {
        this.timings = timings;
        this.nowNanos = nowNanos;
        running = before.running();
        state = before.state();
        cause = before.cause();
        sinceNanos = before.sinceNanos();
        quietSinceNanos = before.quietSinceNanos();
        passes = before.passes();
        fails = before.fails();
        outstanding = new Outstanding(before.outstanding());
        burst = before.burst();
        lastBurstNanos = before.lastBurstNanos();
        roundTrips = before.roundTrips();
        incarnation = before.incarnation();
        provenNanos = before.provenNanos();
        spread = before.spread();
        nextProbeId = before.nextProbeId();
        armed = ArmedTimers.bits(before.armed());
    }

    HealthStep done() {
        HealthStatus after = new HealthStatus(
                running,
                state,
                cause,
                sinceNanos,
                quietSinceNanos,
                passes,
                fails,
                outstanding.all(),
                burst,
                lastBurstNanos,
                roundTrips,
                incarnation,
                provenNanos,
                nextProbeId,
                spread,
                ArmedTimers.of(armed));
        return new HealthStep(after, effects);
    }

    void run() {
        running = true;
        arm(HealthTimer.PROBE, 0);
    }

    void stop() {
        running = false;
        dropDoubt();
        for (HealthTimer timer : HealthTimer.values()) {
            disarm(timer);
        }
    }

    void arm(HealthTimer timer, long delayNanos) {
        armed |= ArmedTimers.bit(timer);
        effects.add(new HealthEffect.Arm(timer, delayNanos, false));
    }

    /** A suspect node is asked at its own interval by all: that lasts a second, and each is to come to its own verdict. */
    void armNextProbe() {
        int times = state == HealthState.SUSPECT ? 1 : spread;
        armed |= ArmedTimers.bit(HealthTimer.PROBE);
        effects.add(new HealthEffect.Arm(HealthTimer.PROBE, Nanos.times(timings.intervalNanos(state), times), true));
    }

    void disarm(HealthTimer timer) {
        if (fired(timer)) {
            effects.add(new HealthEffect.Disarm(timer));
        }
    }

    /** Notes that an armed timer fired; false for one that is not armed. */
    boolean fired(HealthTimer timer) {
        boolean was = (armed & ArmedTimers.bit(timer)) != 0;
        armed &= ~ArmedTimers.bit(timer);
        return was;
    }

    void send(boolean ofBurst, long timeoutNanos) {
        long id = nextProbeId++;
        outstanding.sent(id, new Sent(nowNanos, timeoutNanos, ofBurst));
        effects.add(new HealthEffect.Probe(id, timeoutNanos));
    }

    void tell(HealthEffect effect) {
        effects.add(effect);
    }

    /** Another verdict: what was gathered for or against the one before counts no longer. */
    void become(HealthState next, String why) {
        effects.add(new HealthEffect.Changed(state, next, why));
        state = next;
        cause = why;
        sinceNanos = nowNanos;
        lastBurstNanos = OptionalLong.empty();
        passes = 0;
        dropDoubt();
        disarm(HealthTimer.CONFIRM);
        if (next == HealthState.SUSPECT) {
            awaitConfirmation();
        }
        armNextProbe();
    }

    /** Silence counts from now on. */
    void awaitConfirmation() {
        quietSinceNanos = nowNanos;
        arm(HealthTimer.CONFIRM, timings.confirmNanos());
    }

    /** Forgets what speaks against the node and what is under way. */
    void dropDoubt() {
        fails = 0;
        burst = Optional.empty();
        outstanding.clear();
        disarm(HealthTimer.LATE);
        disarm(HealthTimer.BURST);
    }

    /** What was observed until now says nothing; begins anew under the present verdict. */
    void discard() {
        passes = 0;
        dropDoubt();
        if (state == HealthState.SUSPECT) {
            awaitConfirmation();
        }
        arm(HealthTimer.PROBE, 0);
    }
}
