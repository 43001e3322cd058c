package io.tandemsip.core.health;

import io.tandemsip.core.health.HealthStatus.Burst;
import io.tandemsip.core.health.HealthStatus.Sent;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Judges one node from probes and from what traffic tells. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>A doubt (a silent request, a transport error, a periodic probe that failed or is late by the node's own recent
 * round trips) starts a burst of quick probes. One answer clears the doubt. If all of them fail the node is suspect,
 * which one sign of life undoes. Suspect for long enough, with at least one more failed probe and no sign of life, it
 * is down, and takes several signs of life in a row to come back. Evidence gathered before a verdict never undoes it:
 * answers to what was sent before are stale.
 *
 * <p>An overloaded node is alive. A probe that broke on this side tells nothing. What was observed across a pause of
 * this process is discarded.
 */
public final class HealthMachine {
    private final HealthTimings timings;

    /**
     * A machine that judges by these numbers.
     *
     * @param policy the numbers
     */
    public HealthMachine(HealthPolicy policy) {
        timings = HealthTimings.of(policy);
    }

    /**
     * What an event leads to.
     *
     * @param status the status so far
     * @param event what happened
     * @return the status from now on, and what is to be done
     */
    public HealthStep on(HealthStatus status, HealthEvent event) {
        boolean starts = event instanceof HealthEvent.Started;
        if (starts == status.running() || (event instanceof HealthEvent.Responded && isPlain(status))) {
            return new HealthStep(status, List.of());
        }
        HealthTurn turn = new HealthTurn(timings, status, event.nowNanos());
        if (starts) {
            turn.run();
        } else if (event instanceof HealthEvent.Stopped) {
            turn.stop();
        } else if (event instanceof HealthEvent.Moved) {
            moved(turn);
        } else if (event instanceof HealthEvent.Spread spread) {
            spread(turn, spread.times());
        } else if (event instanceof HealthEvent.TimerDue due) {
            timerDue(turn, due);
        } else if (event instanceof HealthEvent.ProbeAnswered answer) {
            answered(turn, answer);
        } else if (event instanceof HealthEvent.Learned learned) {
            learned(turn, learned.result());
        } else {
            traffic(turn, event);
        }
        return turn.done();
    }

    /** A healthy node without a doubt, for which one more response is no news. */
    static boolean isPlain(HealthStatus status) {
        return status.state() == HealthState.HEALTHY && status.burst().isEmpty() && status.fails() == 0;
    }

    private void traffic(HealthTurn turn, HealthEvent event) {
        if (event instanceof HealthEvent.Responded responded) {
            responded(turn, responded);
        } else if (event instanceof HealthEvent.Silent silent) {
            doubt(turn, "a request was silent for " + Nanos.text(silent.waitedNanos()));
        } else if (event instanceof HealthEvent.TransportFailed failed) {
            doubt(turn, "a request could not be sent (" + failed.detail() + ")");
        } else if (event instanceof HealthEvent.OtherOpinion opinion) {
            otherOpinion(turn, opinion);
        }
    }

    private void moved(HealthTurn turn) {
        turn.roundTrips = RoundTrips.NONE;
        turn.discard();
    }

    /** Who takes over asks at once. */
    private static void spread(HealthTurn turn, int times) {
        boolean sooner = times < turn.spread;
        boolean changed = times != turn.spread;
        turn.spread = times;
        if (changed && turn.burst.isEmpty() && turn.state != HealthState.SUSPECT) {
            if (sooner) {
                turn.arm(HealthTimer.PROBE, 0);
            } else {
                turn.armNextProbe();
            }
        }
    }

    // --- timers

    private void timerDue(HealthTurn turn, HealthEvent.TimerDue due) {
        if (!turn.fired(due.timer())) {
            return;
        }
        long lateNanos = turn.nowNanos - due.dueNanos();
        if (lateNanos > timings.probeTimeoutNanos()) {
            discardOwnPause(turn, lateNanos);
            return;
        }
        switch (due.timer()) {
            case PROBE -> sendPeriodic(turn);
            case LATE -> lateAnswer(turn);
            case BURST -> sendOfBurst(turn);
            case CONFIRM -> confirm(turn);
        }
    }

    private static void discardOwnPause(HealthTurn turn, long lateNanos) {
        turn.tell(new HealthEffect.Announced(
                "this process was paused for " + Nanos.text(lateNanos) + "; probes of that time are discarded", true));
        turn.discard();
    }

    private void sendPeriodic(HealthTurn turn) {
        turn.send(false, timings.probeTimeoutNanos());
        long lateNanos = timings.lateNanos(turn.roundTrips);
        if (isTrusted(turn.state) && lateNanos < timings.probeTimeoutNanos()) {
            turn.arm(HealthTimer.LATE, lateNanos);
        }
        turn.armNextProbe();
    }

    private void lateAnswer(HealthTurn turn) {
        if (turn.outstanding.hasPeriodic() && turn.fails + 1 >= timings.fallThreshold()) {
            doubt(turn, "a probe was unanswered for " + Nanos.text(timings.lateNanos(turn.roundTrips)));
        }
    }

    /** Only the timer confirms, since only timers tell whether this process stood still meanwhile. */
    private void confirm(HealthTurn turn) {
        long quietNanos = turn.nowNanos - turn.quietSinceNanos;
        if (quietNanos < timings.confirmNanos()) {
            turn.arm(HealthTimer.CONFIRM, timings.confirmNanos() - quietNanos);
        } else if (turn.fails == 0) {
            turn.arm(HealthTimer.CONFIRM, timings.suspectIntervalNanos());
        } else {
            String quiet = Nanos.text(quietNanos);
            turn.become(HealthState.DOWN, "no sign of life for " + quiet + " while suspect, because " + turn.cause);
        }
    }

    // --- bursts

    private void doubt(HealthTurn turn, String reason) {
        turn.passes = 0;
        if (!isTrusted(turn.state) || turn.burst.isPresent() || isTooSoon(turn)) {
            return;
        }
        turn.lastBurstNanos = OptionalLong.of(turn.nowNanos);
        turn.burst = Optional.of(Burst.of(reason, timings.lateNanos(turn.roundTrips)));
        turn.disarm(HealthTimer.PROBE);
        turn.disarm(HealthTimer.LATE);
        sendOfBurst(turn);
    }

    private boolean isTooSoon(HealthTurn turn) {
        return turn.lastBurstNanos.isPresent()
                && turn.nowNanos - turn.lastBurstNanos.getAsLong() < timings.burstGapNanos();
    }

    private void sendOfBurst(HealthTurn turn) {
        Burst burst = turn.burst.orElseThrow().withSent();
        turn.burst = Optional.of(burst);
        turn.send(true, burst.timeoutNanos());
        if (burst.sent() < timings.burstProbes()) {
            turn.arm(HealthTimer.BURST, timings.burstSpacingNanos());
        }
    }

    private void judge(HealthTurn turn, Burst burst) {
        turn.burst = Optional.of(burst);
        if (burst.sent() < timings.burstProbes() || burst.failed() + burst.blank() < burst.sent()) {
            return;
        }
        if (burst.blank() == 0) {
            turn.become(HealthState.SUSPECT, HealthCauses.ofFailed(burst));
        } else {
            turn.burst = Optional.empty();
            turn.tell(new HealthEffect.Announced(HealthCauses.ofBlank(burst), true));
            turn.armNextProbe();
        }
    }

    // --- results of probes

    private void answered(HealthTurn turn, HealthEvent.ProbeAnswered answer) {
        Sent sent = turn.outstanding.remove(answer.id());
        if (sent == null) {
            return;
        }
        long tookNanos = turn.nowNanos - sent.sentAtNanos();
        ProbeResult result = answer.result();
        if (result instanceof ProbeResult.Alive alive) {
            turn.roundTrips = turn.roundTrips.with(Nanos.of(alive.roundTrip()));
            report(turn, alive.report(), alive.roundTrip());
            prove(turn, alive.report(), sent);
            passedProbe(turn, answer.id(), "it answered a probe");
        } else if (result instanceof ProbeResult.Overloaded overloaded) {
            report(turn, overloaded.report(), Duration.ofNanos(tookNanos));
            prove(turn, overloaded.report(), sent);
            String after = Nanos.text(Nanos.of(overloaded.retryAfter()));
            turn.tell(new HealthEffect.Throttle(
                    overloaded.retryAfter(), "it answered a probe with overload, Retry-After " + after));
            passedProbe(turn, answer.id(), "it answered a probe, though overloaded");
        } else if (result instanceof ProbeResult.LocalError error) {
            turn.tell(new HealthEffect.Announced("a probe told nothing: " + error.detail(), true));
            if (sent.ofBurst()) {
                turn.burst.ifPresent(burst -> judge(turn, burst.withBlank()));
            }
        } else if (result instanceof ProbeResult.NoAnswer
                && tookNanos - sent.timeoutNanos() > timings.probeTimeoutNanos()) {
            discardOwnPause(turn, tookNanos - sent.timeoutNanos());
        } else {
            failed(turn, sent, result);
        }
    }

    /**
     * What nobody asked for. A sign of death takes the node out at once, and it is asked at once, which one answer undoes;
     * good news proves no life.
     */
    private void learned(HealthTurn turn, ProbeResult result) {
        if (result instanceof ProbeResult.Alive alive) {
            report(turn, alive.report(), alive.roundTrip());
        } else if (result instanceof ProbeResult.Overloaded overloaded) {
            report(turn, overloaded.report(), Duration.ZERO);
            turn.tell(new HealthEffect.Throttle(overloaded.retryAfter(), "it lets us know that it wants no new calls"));
        } else if (result instanceof ProbeResult.LocalError error) {
            turn.tell(new HealthEffect.Announced("a probe learned nothing: " + error.detail(), true));
        } else if (result instanceof ProbeResult.NoAnswer) {
            doubt(turn, "a connection to it fell silent");
        } else if (isTrusted(turn.state)) {
            turn.become(HealthState.SUSPECT, "without being asked, " + HealthCauses.ofNews(result));
            turn.arm(HealthTimer.PROBE, 0);
        }
    }

    private static void report(HealthTurn turn, NodeReport report, Duration roundTrip) {
        if (turn.incarnation.differsFrom(report.incarnation())) {
            turn.tell(new HealthEffect.Restarted(
                    turn.incarnation,
                    report.incarnation(),
                    turn.provenNanos,
                    "it says it is " + report.incarnation() + ", and was " + turn.incarnation));
        }
        if (report.incarnation().isKnown()) {
            turn.incarnation = report.incarnation();
        }
        turn.tell(new HealthEffect.Reported(report, roundTrip));
    }

    /** News that nobody asked for may have been under way for long, and prove nothing. */
    private static void prove(HealthTurn turn, NodeReport report, Sent sent) {
        if (report.incarnation().isKnown()) {
            turn.provenNanos = sent.sentAtNanos();
        }
    }

    private void passedProbe(HealthTurn turn, long id, String how) {
        turn.outstanding.removeOlderThan(id);
        alive(turn, how);
    }

    private void failed(HealthTurn turn, Sent sent, ProbeResult result) {
        String failure = HealthCauses.of(result, sent.timeoutNanos());
        turn.passes = 0;
        turn.tell(new HealthEffect.Announced("a probe " + failure, false));
        if (sent.ofBurst()) {
            boolean unanswered = result instanceof ProbeResult.NoAnswer;
            turn.burst.ifPresent(burst -> judge(turn, burst.withFailed(unanswered, failure)));
            return;
        }
        turn.fails++;
        if (turn.fails >= timings.fallThreshold()) {
            doubt(turn, "a probe " + failure);
        }
    }

    // --- signs of life

    private void responded(HealthTurn turn, HealthEvent.Responded responded) {
        boolean stale = !isTrusted(turn.state) && responded.sentAtNanos() - turn.sinceNanos < 0;
        if (!stale) {
            alive(turn, "it answered a request");
        }
    }

    private void alive(HealthTurn turn, String how) {
        turn.fails = 0;
        switch (turn.state) {
            case UNKNOWN -> turn.become(HealthState.HEALTHY, how);
            case SUSPECT -> turn.become(HealthState.HEALTHY, how + " while it was suspect");
            case HEALTHY -> {
                if (turn.burst.isPresent()) {
                    turn.dropDoubt();
                    turn.armNextProbe();
                }
            }
            case DOWN -> {
                turn.passes++;
                if (turn.passes >= timings.riseThreshold()) {
                    turn.become(HealthState.HEALTHY, turn.passes + " signs of life in a row; at last " + how);
                }
            }
        }
    }

    private void otherOpinion(HealthTurn turn, HealthEvent.OtherOpinion opinion) {
        if (opinion.agrees() && turn.state == HealthState.SUSPECT) {
            turn.become(HealthState.DOWN, opinion.observer() + " agrees that it is down; here " + turn.cause);
        }
    }

    private static boolean isTrusted(HealthState state) {
        return state == HealthState.UNKNOWN || state == HealthState.HEALTHY;
    }
}
