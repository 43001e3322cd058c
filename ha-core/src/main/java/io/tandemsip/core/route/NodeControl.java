package io.tandemsip.core.route;

import io.tandemsip.core.health.FlapMonitor;
import io.tandemsip.core.health.FlapState;
import io.tandemsip.core.health.HealthMonitor;
import io.tandemsip.core.health.OutlierMonitor;
import io.tandemsip.core.health.OutlierState;
import io.tandemsip.core.health.SlowStart;
import io.tandemsip.core.load.ThrottleMonitor;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.source.InitialAdmin;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Holds one node's three axes and what moves them. Confined to the control loop. */
final class NodeControl implements HealthMonitor.Listener, ThrottleMonitor.Listener, OutlierMonitor.Listener {
    private static final int SLOW_START_STEPS = 30;
    private static final long REPORT_LIFE_NANOS = 10_000_000_000L;

    private final LiveNode live;
    private final Control control;
    private final HealthMonitor monitor;
    private final ThrottleMonitor throttle;
    private final OutlierMonitor outliers;
    private final FlapMonitor flaps;
    private final SlowStart slowStart;
    private final Loop loop;

    private Node node;
    private AdminState admin;
    private String adminCause = "configured";
    private Standing standing = Standing.UNKNOWN;
    private boolean throttled;
    private boolean reopening;
    private String throttleCause = "not asked for less";
    private Instant since;
    private OptionalInt reportedCalls = OptionalInt.empty();
    private long reportedAtNanos;
    private AdminState ordered;
    private String orderedCause = "configured";
    private boolean leaving;
    private CompletableFuture<Boolean> inForce = CompletableFuture.completedFuture(true);
    private Loop.Timer withheld = () -> {};
    private Loop.Timer slowStartTimer = () -> {};
    private Loop.Timer overrideTimer = () -> {};
    private Loop.Timer reportTimer = () -> {};
    private boolean controlled;
    private Loop.Timer controlTimer = () -> {};

    NodeControl(Node node, Control control) {
        this.node = node;
        this.control = control;
        admin = InitialAdmin.of(node);
        ordered = admin;
        loop = control.loop();
        live = new LiveNode(node, loop::nanoTime);
        since = control.now();
        slowStart = SlowStart.of(control.policy());
        monitor = new HealthMonitor(node, control.policy(), control.probe(), loop, control.random(), this);
        throttle = new ThrottleMonitor(control.policy(), loop, this);
        outliers = new OutlierMonitor(
                control.policy().outliers(),
                live.outcomes(),
                loop,
                control.random(),
                () -> control.mayEject(this),
                this);
        flaps = new FlapMonitor(control.policy().flaps(), loop, this::holdChanged);
    }

    void start() {
        live.open(admin == AdminState.IN_SERVICE);
        monitor.start();
    }

    void stop() {
        live.open(false);
        monitor.stop();
        throttle.stop();
        outliers.stop();
        flaps.stop();
        overrideTimer.cancel();
        reportTimer.cancel();
        slowStartTimer.cancel();
        withheld.cancel();
        controlTimer.cancel();
    }

    NodeId id() {
        return node.id();
    }

    LiveNode live() {
        return live;
    }

    HealthMonitor monitor() {
        return monitor;
    }

    ThrottleMonitor throttle() {
        return throttle;
    }

    AdminState admin() {
        return admin;
    }

    HealthState health() {
        return standing.health();
    }

    String healthCause() {
        return standing.cause();
    }

    boolean isEjected() {
        return outliers.status().state() != OutlierState.IN;
    }

    /** A call failed. While probes find the node bad as well it is they who say when it is back. */
    void callFailed(boolean local) {
        if (standing.isTrusted()) {
            outliers.failed(local);
        }
    }

    /** The call that tries it came out well, or failed, but was not refused for load. */
    void trialEnded(boolean succeeded) {
        outliers.trialEnded(succeeded);
        throttle.tried();
    }

    /** An operator's word, for a time. */
    void override(HealthState state, Duration time, String reason) {
        overrideTimer.cancel();
        overrideTimer = loop.schedule(Nanos.of(time), this::clearOverride);
        stand(standing.withOverride(state, "by hand until " + control.now().plus(time) + ": " + reason));
    }

    HealthState verdict() {
        return standing.verdict();
    }

    /** Whether the other routers hold it for bad. */
    boolean isDoubted() {
        return standing.isDoubted();
    }

    boolean looksBad() {
        return !standing.isTrusted();
    }

    /** Other routers' opinion, which takes it out and never brings it back. */
    void othersHold(boolean bad, String cause) {
        boolean returns = standing.isDoubted() && !bad;
        stand(standing.withQuorum(bad ? cause : ""));
        if (returns && standing.isTrusted()) {
            beginSlowly();
        }
    }

    void clearOverride() {
        overrideTimer.cancel();
        stand(standing.withOverride(HealthState.UNKNOWN, ""));
    }

    /** Whether it could take over another node's calls. */
    boolean mayTakeOver() {
        return admin == AdminState.IN_SERVICE && standing.health() == HealthState.HEALTHY && !throttled && !leaving;
    }

    /** Whether it left the configuration and is kept only for the calls it has. */
    boolean isLeaving() {
        return leaving;
    }

    void node(Node changed) {
        node = changed;
        live.node(changed, loop.nanoTime());
        monitor.node(changed);
    }

    void leaves() {
        leaving = true;
        set(AdminState.DRAINING, "removed from the configuration");
    }

    /** What operators ordered before it left, or meanwhile, is still in force. */
    void staysAfterAll() {
        leaving = false;
        set(ordered, ordered == AdminState.IN_SERVICE ? "back in the configuration" : orderedCause);
    }

    /**
     * An order given at this router. It is in force when this returns, but that a node comes back only when no other router
     * relies on it that this one gives it no calls.
     */
    void admin(AdminState to, String cause) {
        ordered(to, cause);
        long waitNanos = to == AdminState.IN_SERVICE && admin != to ? control.withheldNanos(id()) : 0;
        if (waitNanos > 0) {
            inForce = new CompletableFuture<>();
            withheld = loop.schedule(waitNanos, this::comeIntoForce);
        } else {
            set(to, cause);
        }
    }

    /** As ordered at some router; for a node that left the configuration, when it is back. */
    void obey(AdminState to, String cause) {
        ordered(to, cause);
        comeIntoForce();
    }

    /** Completed when the last order is in force, or another took its place. */
    CompletionStage<Boolean> inForce() {
        return inForce;
    }

    private void ordered(AdminState to, String cause) {
        withheld.cancel();
        inForce.complete(false);
        ordered = to;
        orderedCause = cause;
    }

    private void comeIntoForce() {
        if (!leaving) {
            set(ordered, orderedCause);
        }
        inForce.complete(true);
    }

    /** The gate closes before the view is made, so that from now on no call gets in. */
    private void set(AdminState to, String cause) {
        AdminState from = admin;
        admin = to;
        adminCause = cause;
        live.open(to == AdminState.IN_SERVICE);
        if (from != to) {
            if (to == AdminState.IN_SERVICE) {
                beginSlowly();
            }
            control.changed(new HaEvent.AdminChanged(stamp(), id(), from, to, cause));
        }
    }

    OptionalInt reportedCalls(long sinceNanos) {
        return reportedAtNanos - sinceNanos >= 0 ? reportedCalls : OptionalInt.empty();
    }

    NodeStatus status() {
        LiveNode.Identity identity = live.identity();
        return new NodeStatus(
                live,
                node,
                admin,
                adminCause,
                standing.health(),
                standing.cause(),
                standing.isTrial(),
                throttled,
                reopening,
                throttleCause,
                since,
                identity.incarnation(),
                identity.epoch());
    }

    @Override
    public void healthChanged(HealthState from, HealthState to, String cause) {
        if (to == HealthState.SUSPECT || to == HealthState.DOWN) {
            live.outcomes().forgetRows();
            flaps.fell(to == HealthState.DOWN);
        }
        boolean returns = SlowStart.begins(from, to);
        stand(standing.withVerdict(to, cause));
        control.verdictChanged();
        if (returns) {
            beginSlowly();
        }
    }

    @Override
    public void ejectionChanged(OutlierState from, OutlierState to, String cause) {
        gate();
        stand(standing.withEjection(to, cause));
        if (to == OutlierState.IN) {
            beginSlowly();
        }
    }

    /** While one call tries whether it still asks for less, no other does for its errors: that comes again in some seconds. */
    @Override
    public void trialOpened() {
        if (!standing.isByHand() && !reopening) {
            live.trial(true);
        }
    }

    @Override
    public void throttleTrial(boolean open, String cause) {
        reopening = open;
        throttleCause = cause;
        if (open) {
            live.trial(true);
        }
        control.publish();
    }

    /**
     * Lets all calls in again unless something else has it tried. Who is ejected or throttled anew keeps the closed gate:
     * the view that says so is not out yet. An operator's word outranks the ejection, and no call has to try the node then.
     */
    private void gate() {
        boolean ejected = outliers.status().state() != OutlierState.IN && !standing.isByHand();
        if (!ejected && !reopening && !throttled) {
            live.trial(false);
        }
    }

    private void holdChanged(FlapState to, String cause) {
        stand(standing.withHold(to, cause));
        if (to == FlapState.FREE && standing.isTrusted()) {
            beginSlowly();
        }
    }

    private void stand(Standing changed) {
        Standing before = standing;
        standing = changed;
        if (before.isByHand() != changed.isByHand()) {
            gate();
            if (changed.isTrial()) {
                live.trial(true);
            }
        }
        if (before.health() != changed.health()) {
            control.changed(
                    new HaEvent.HealthChanged(stamp(), id(), before.health(), changed.health(), changed.cause()));
            control.healthChanged(this);
        } else if (!before.cause().equals(changed.cause()) || before.isTrial() != changed.isTrial()) {
            control.publish();
        }
    }

    @Override
    public void reported(NodeReport report, Duration roundTrip) {
        if (report.calls().isPresent()) {
            reportedCalls = report.calls();
            reportedAtNanos = loop.nanoTime();
            live.reported(report.calls().getAsInt());
            reportTimer.cancel();
            reportTimer = loop.schedule(REPORT_LIFE_NANOS, live::forgetReport);
            control.countChanged(id());
        }
        LiveNode.Identity identity = live.identity();
        if (report.incarnation().isKnown() && !identity.incarnation().isKnown()) {
            live.identity(new LiveNode.Identity(report.incarnation(), identity.epoch()));
            control.publish(); // nothing else may change for long
        }
    }

    @Override
    public void overloaded(Duration retryAfter, String cause) {
        throttle.overloaded(retryAfter, cause);
    }

    /** It asked for another share or rate, or what it asked for is over. Events tell of the beginning and the end. */
    void overloadControlled() {
        long now = loop.nanoTime();
        Optional<OverloadFeedback> inForce = live.overload().inForce(now);
        controlTimer.cancel();
        if (inForce.isPresent()) {
            controlTimer = loop.schedule(live.overload().untilNanos() - now, this::overloadControlled);
        }
        if (controlled != inForce.isPresent()) {
            controlled = inForce.isPresent();
            String cause = live.overload().cause(now).orElse("it asks for less no more");
            control.changed(new HaEvent.OverloadControlled(control.now(), id(), inForce, cause));
        }
    }

    @Override
    public void restarted(Incarnation from, Incarnation to, long provenNanos, String cause) {
        live.overload().forget(loop.nanoTime());
        overloadControlled();
        live.identity(new LiveNode.Identity(to, live.identity().epoch()));
        control.changed(new HaEvent.NodeRestarted(stamp(), id(), from, to, cause));
        control.restarted(this, from, provenNanos);
    }

    @Override
    public void probeFailed(String detail, boolean broken) {
        if (broken) {
            control.probeBroke(id(), detail);
        }
    }

    @Override
    public void probeMisconfigured(String cause) {
        control.probeMisconfigured(id(), cause);
    }

    @Override
    public void throttledUntil(long untilNanos) {
        live.throttledUntil(untilNanos);
    }

    @Override
    public void loadChanged(LoadState from, LoadState to, String cause) {
        throttled = to == LoadState.THROTTLED;
        throttleCause = cause;
        gate();
        control.changed(new HaEvent.LoadChanged(stamp(), id(), from, to, cause));
    }

    private Instant stamp() {
        since = control.now();
        return since;
    }

    private void beginSlowly() {
        slowStartTimer.cancel();
        if (slowStart.windowNanos() > 0) {
            rise(loop.nanoTime());
        }
    }

    private void rise(long begunNanos) {
        double factor = slowStart.factor(loop.nanoTime() - begunNanos);
        live.slowStart(factor);
        if (factor < 1) {
            slowStartTimer = loop.schedule(slowStart.windowNanos() / SLOW_START_STEPS, () -> rise(begunNanos));
        }
    }
}
