package io.tandemsip.sim;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.FailoverPolicy;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.node.Admission;
import io.tandemsip.node.ClusterView;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * What is no call: REGISTER, and SUBSCRIBE with the dialogs it makes. It goes where calls go, takes no place there, and is as bound
 * to its node as they are. Confined to one thread.
 */
final class Errands {
    private static final long SECOND = VirtualTime.SECOND;
    private static final double OF_CALLS = 0.2;
    private static final double MEAN_SECONDS = 90;

    /** What nobody ends has to be forgotten, by its time to live, before a run ends. */
    private static final double MOST_SECONDS = 500;

    private static final int MOST_ATTEMPTS = FailoverPolicy.defaults().maxAttempts();
    private static final TrafficMatrix MATRIX = TrafficMatrix.standard();

    private final Simulation world;
    private final Checker checker;
    private final SplittableRandom random;
    private int number;

    Errands(Simulation world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        checker = world.checker;
    }

    void begin(long untilNanos) {
        double gap = -Math.log(1 - random.nextDouble()) / (OF_CALLS * world.scenario.callsPerSecond());
        long at = world.time.now() + (long) (gap * SECOND);
        if (at < untilNanos) {
            world.time.after(at - world.time.now(), () -> {
                begin(untilNanos);
                arrives(random.nextBoolean() ? "REGISTER" : "SUBSCRIBE");
            });
        }
    }

    private void arrives(String method) {
        SimRouter router = anyRouter();
        if (router.dead) {
            return;
        }
        String name = "errand-" + ++number;
        CallRequest request = CallRequest.builder(name, "s")
                .method(method)
                .transaction("z9hG4bK-" + name)
                .requestUri("sip:example.org")
                .build();
        SimCall errand = new SimCall(number, request, "s", router, random.nextInt(4) > 0);
        checker.saw(method.equals("REGISTER") ? Traffic.REGISTER : Traffic.SUBSCRIBE);
        go(errand, router.router.view(), router.router.place(request));
    }

    private SimRouter anyRouter() {
        return world.routers.get(random.nextInt(world.routers.size()));
    }

    // --- until it is answered ---

    private void go(SimCall errand, ClusterView view, Placement placement) {
        placement.match(attempt -> tryAt(errand, view, attempt), refused -> checkRefused(errand, view, refused));
    }

    private void tryAt(SimCall errand, ClusterView view, CallAttempt attempt) {
        SimRouter router = errand.placedBy;
        checkPlaced(errand, view, attempt);
        errand.attempt = attempt;
        SimNode node = world.node(attempt.node().id());
        attempt.sent();
        long sent = world.time.now();
        new Exchange(
                        world,
                        router,
                        node,
                        errand,
                        errand.request.method(),
                        status -> responded(errand, attempt, node, sent, status))
                .start();
        attempt.whenNodeLost(why -> failed(errand, attempt, why));
        world.time.after(
                FailoverPolicy.defaults().firstResponseWithin().toNanos(),
                () -> failed(errand, attempt, Failure.timeout()));
    }

    private void responded(SimCall errand, CallAttempt attempt, SimNode node, long sentNanos, int status) {
        if (status >= 100 && status != Exchange.TIMEOUT) {
            errand.placedBy.health.answered(node.id, sentNanos);
        }
        if (status == 200) {
            answered(errand, attempt, node);
        } else if (status == Exchange.TIMEOUT) {
            failed(errand, attempt, Failure.timeout());
        } else if (status == Exchange.REFUSED) {
            failed(errand, attempt, Failure.transport(new java.net.PortUnreachableException("refused")));
        } else {
            failed(errand, attempt, Failure.response(status, Duration.ZERO));
        }
    }

    private void failed(SimCall errand, CallAttempt attempt, Failure why) {
        if (attempt.state() == CallAttempt.State.TRYING && !errand.placedBy.dead) {
            attempt.gaveUp(why);
            go(errand, errand.placedBy.router.view(), attempt.failed(why));
        }
    }

    private void answered(SimCall errand, CallAttempt attempt, SimNode node) {
        if (attempt.state() != CallAttempt.State.TRYING) {
            return;
        }
        boolean taken = attempt.answered("n" + node.index);
        checker.require(taken, "D2", () -> errand.placedBy + " wants no answer to " + errand.callId());
        if (errand.request.method().equals("REGISTER")) {
            attempt.ended();
            checkOver(errand, attempt);
            return;
        }
        errand.up = true;
        errand.owner = node;
        errand.bornAt = node.id;
        errand.ownerLife = node.life;
        errand.toTag = "n" + node.index;
        errand.cookie = attempt.cookie();
        goesOn(errand);
        double seconds = Math.min(MOST_SECONDS, -Math.log(1 - random.nextDouble()) * MEAN_SECONDS);
        world.time.after((long) (seconds * SECOND), () -> {
            if (random.nextInt(20) > 0) {
                errand.byeSent = true;
                request(errand, Traffic.UNSUBSCRIBE);
            }
            errand.over = true;
        });
    }

    // --- a subscription ---

    private void goesOn(SimCall errand) {
        world.time.after(10 * SECOND + (long) (random.nextDouble() * 40 * SECOND), () -> {
            if (!errand.over) {
                request(errand, random.nextBoolean() ? Traffic.NOTIFY : Traffic.SUBSCRIBE_AGAIN);
                goesOn(errand);
            }
        });
    }

    private void request(SimCall errand, Traffic what) {
        boolean own = !errand.placedBy.dead && !(world.scenario.roaming() && random.nextInt(3) == 0);
        SimRouter via = own ? errand.placedBy : anyRouter();
        if (via.dead) {
            return;
        }
        checker.saw(what);
        via.adopted |= via != errand.placedBy;
        boolean fromNode = what == Traffic.NOTIFY;
        DialogRequest request = DialogRequest.of(
                        fromNode ? errand.dialog().reversed() : errand.dialog(), fromNode ? "NOTIFY" : "SUBSCRIBE")
                .withCookie(errand.withCookie ? errand.cookie : "");
        boolean lived = lives(errand);
        via.router.locate(request).whenComplete((route, failure) -> {
            if (!via.dead) {
                checker.guarded(() -> {
                    checker.note(
                            11,
                            errand.number * 64L
                                    + route.getClass().getSimpleName().hashCode());
                    checkRoute(errand, via, lived, route);
                    if (!fromNode && route instanceof DialogRoute.Forward forward) {
                        SimNode node = world.node(forward.node().id());
                        new Exchange(world, via, node, errand, "SUBSCRIBE", status -> later(errand, via, what, status))
                                .start();
                    }
                });
            }
        });
    }

    private void later(SimCall errand, SimRouter via, Traffic what, int status) {
        if (what == Traffic.UNSUBSCRIBE || status == 481) {
            errand.over = true;
            via.router.ended(errand.dialog(), status == 481 ? DialogEnd.UNKNOWN_TO_OWNER : DialogEnd.BYE);
            DialogRoute route = via.router
                    .locate(DialogRequest.of(errand.dialog(), "NOTIFY"))
                    .toCompletableFuture()
                    .getNow(null);
            checker.require(
                    route instanceof DialogRoute.Gone,
                    "D6",
                    () -> via + " ended " + errand.callId() + ", a subscription, and routes a request of it: " + route);
        }
    }

    /** At a node that can answer. One that has too many calls takes these. */
    void served(Exchange exchange) {
        SimNode node = exchange.node;
        SimCall errand = exchange.call;
        if (exchange.method.equals("REGISTER") || !errand.up) {
            if (node.failing > 0) {
                exchange.respond(500);
                return;
            }
            if (exchange.method.equals("SUBSCRIBE")) {
                node.subscriptions.add(errand.callId());
            }
            exchange.respond(200);
        } else if (errand.byeSent) {
            exchange.respond(node.subscriptions.remove(errand.callId()) ? 200 : 481);
        } else {
            exchange.respond(node.subscriptions.contains(errand.callId()) ? 200 : 481);
        }
    }

    // --- what must hold ---

    private static boolean lives(SimCall errand) {
        SimNode node = Objects.requireNonNull(errand.owner);
        return node.life == errand.ownerLife && node.subscriptions.contains(errand.callId());
    }

    private static TrafficClass kind(SimCall errand) {
        return errand.request.trafficClass();
    }

    private static Admission admission(SimCall errand, SimRouter router, NodeSnapshot node) {
        return router.panicking
                ? MATRIX.admissionIgnoringHealth(kind(errand), node.admin(), node.load())
                : node.admission(kind(errand), MATRIX);
    }

    private void checkPlaced(SimCall errand, ClusterView view, CallAttempt attempt) {
        SimRouter router = errand.placedBy;
        NodeId at = attempt.node().id();
        NodeSnapshot before = view.node(at).orElseThrow();
        errand.epoch = before.epoch();
        errand.sinceEpoch = errand.epoch;
        world.takeovers.watch.placed(router, before);
        errand.restartUnseen =
                !before.incarnation().value().equals(world.node(at).lifeName());
        checker.note(12, errand.number * 64L + at.hashCode());
        checker.require(
                admission(errand, router, before) != Admission.NO,
                "P1",
                () -> router + " sent " + errand + ", a " + errand.request.method() + ", to "
                        + Checker.describe(before));
        checker.require(
                errand.visited.add(at.value()) && errand.visited.size() <= MOST_ATTEMPTS,
                "P3",
                () -> router + " sent " + errand.callId() + " to " + at + " after " + errand.visited);
        router.fairness.errandPlaced(errand, at);
        checkCount(router, before, errand);
    }

    /** Neither is a call. */
    private void checkCount(SimRouter router, NodeSnapshot before, SimCall errand) {
        int counted = router.router.view().node(before.id()).orElseThrow().calls();
        checker.require(
                counted == before.calls(),
                "P4",
                () -> errand.callId() + ", a " + errand.request.method() + ", takes a place: " + router + " counted "
                        + before.calls() + " calls on " + before.id() + ", and counts " + counted);
    }

    private void checkRefused(SimCall errand, ClusterView view, Placement.Refused refusal) {
        boolean mayGoOn = refusal.cause() == Placement.Cause.NODES_EXHAUSTED && errand.visited.size() < MOST_ATTEMPTS;
        if (refusal.cause() == Placement.Cause.NO_ELIGIBLE_NODE || mayGoOn) {
            for (NodeSnapshot node : view.nodes()) {
                checker.require(
                        errand.visited.contains(node.id().value())
                                || admission(errand, errand.placedBy, node) == Admission.NO,
                        "P2",
                        () -> errand.placedBy + " refused " + errand.callId() + ", a " + errand.request.method()
                                + ", though there is " + Checker.describe(node));
            }
        }
    }

    /** Nothing is left of a REGISTER once it is answered. */
    private void checkOver(SimCall errand, CallAttempt attempt) {
        checker.require(
                attempt.state() == CallAttempt.State.ENDED,
                "D6",
                () -> errand.callId() + ", a REGISTER, was answered and is " + attempt.state());
    }

    private void checkRoute(SimCall errand, SimRouter via, boolean lived, DialogRoute route) {
        SimNode owner = Objects.requireNonNull(errand.owner);
        if (world.takeovers.moved.checkRoute(errand, via, errand.withCookie, route)) {
            return;
        }
        boolean isListed = Simulation.knows(via, owner); // an operator may have taken it off
        boolean lives = lived && lives(errand) && !errand.restartUnseen && isListed;
        boolean remembers = errand.withCookie || (via == errand.placedBy && !world.scenario.roaming());
        if (route instanceof DialogRoute.Forward forward) {
            checker.require(
                    forward.node().id().equals(owner.id),
                    "D1",
                    () -> via + " sent a request of " + errand + ", a subscription, to "
                            + forward.node().id() + " by " + forward.tier());
        } else if (route instanceof DialogRoute.OwnerDown) {
            NodeSnapshot node = via.router.view().node(owner.id).orElseThrow();
            checker.require(
                    (node.health() == HealthState.DOWN && !via.panicking)
                            || (!lives && world.takeovers.watch.mayMove(via, owner.id)),
                    "D2",
                    () -> via + " does not forward a request of " + errand + ", a subscription, but "
                            + Checker.describe(node));
        } else {
            checker.require(
                    !lives || !remembers,
                    "D2",
                    () -> via + " does not know " + errand + ", a subscription that lives: " + route);
        }
    }
}
