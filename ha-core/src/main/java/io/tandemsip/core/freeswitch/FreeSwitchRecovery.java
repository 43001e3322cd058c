package io.tandemsip.core.freeswitch;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.node.Node;
import io.tandemsip.takeover.LossReason;
import io.tandemsip.takeover.RecoveryRows;
import io.tandemsip.takeover.TakeoverAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a FreeSWITCH node go on with the calls of one that died: {@code sofia profile PROFILE recover}, over an event socket
 * connection of its own.
 *
 * <p>Before that it makes sure that the successor is not paused (a paused one would delete the rows and recover nothing), that its
 * profile runs and that its database answers; and it leaves only the dead node's rows to be found, with media at the successor's
 * address. After that, whatever became of it, the rows of living nodes are put back. It acts only if all of this is known: else
 * nothing is touched, and the recovery has failed with the reason.
 *
 * <p>The node's answer counts legs, those among them that fail right after; so it is asked for each of them afterwards, by
 * {@code uuid_exists}. What is told is how many calls are left, and how many are not by reason: without their ACK, or gone again,
 * since their media could not be bound or the peer refused them. Calls without a row, for which the node died too soon, are known
 * to the routers only, which add them.
 *
 * <p>Nodes are known in the rows by the attribute {@value FreeSwitchProbe#SWITCHNAME}, else by their id; media is received at
 * {@value #MEDIA_ADDRESS}, else at the node's host. Thread-safe.
 */
public final class FreeSwitchRecovery implements TakeoverAction, AutoCloseable {
    /** The node attribute with the IP address at which it receives media. */
    public static final String MEDIA_ADDRESS = "media-address";

    private static final Logger LOG = LoggerFactory.getLogger(FreeSwitchRecovery.class);
    private static final Pattern RECOVERED = Pattern.compile("Recovered (\\d{1,9}) (session|call)\\(s\\)");
    private static final Pattern NONE = Pattern.compile("No (sessions|calls) to recover\\.?");
    private static final Pattern PROFILE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern ADDRESS = Pattern.compile("\\[?([0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\\]?");

    /** What goes into a command. */
    private static final Pattern LEG = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /** How many legs are asked for afterwards; the others are taken to be there. */
    private static final int MOST_ASKED = 5_000;

    /** Rows that were made ready longer ago may have been put back by a router that acts in this one's stead. */
    private static final long READY_NANOS = Nanos.of(Duration.ofSeconds(2));

    private final String profile;
    private final RecoveryRows rows;
    private final Function<Node, Optional<EventSocketAddress>> addresses;
    private final EslTimings timings;
    private final Duration longest;
    private final SocketLoop loop;

    private FreeSwitchRecovery(
            String profile,
            RecoveryRows rows,
            Function<Node, Optional<EventSocketAddress>> addresses,
            EslTimings timings,
            Duration longest) {
        this.profile = profile;
        this.rows = rows;
        this.addresses = addresses;
        this.timings = timings;
        this.longest = longest;
        loop = new SocketLoop(Ticker.system());
    }

    /**
     * Recovers the calls of one profile.
     *
     * @param profile the SIP profile, called the same at all nodes
     * @param rows of the database that the nodes share, for example {@code FreeSwitchTables} of ha-postgres
     * @param addresses where a node's event socket is; empty for a node that recovers nothing
     * @param longest how long a recovery may take; some 100 calls a second were seen
     * @return to be closed after the router
     * @throws IllegalArgumentException if the profile's name or the time is none
     */
    public static FreeSwitchRecovery of(
            String profile,
            RecoveryRows rows,
            Function<Node, Optional<EventSocketAddress>> addresses,
            Duration longest) {
        return of(profile, rows, addresses, longest, EslTimings.DEFAULTS);
    }

    static FreeSwitchRecovery of(
            String profile,
            RecoveryRows rows,
            Function<Node, Optional<EventSocketAddress>> addresses,
            Duration longest,
            EslTimings timings) {
        if (longest.isNegative() || longest.isZero()) {
            throw new IllegalArgumentException("longest: " + longest + "; expected more than zero");
        }
        return new FreeSwitchRecovery(
                checkedProfile(profile),
                Objects.requireNonNull(rows, "rows"),
                Objects.requireNonNull(addresses, "addresses"),
                timings,
                longest);
    }

    /**
     * The name of a SIP profile, as it may stand in a command.
     *
     * @param profile letters, digits, points, underscores and hyphens
     * @return the same
     * @throws IllegalArgumentException if it is none
     */
    public static String checkedProfile(String profile) {
        if (!PROFILE.matcher(profile).matches()) {
            throw new IllegalArgumentException("profile: \"" + profile + "\"; expected the name of a SIP profile");
        }
        return profile;
    }

    /**
     * What is missing in the configuration of nodes before one can take over from another. To be asked at the start; how the nodes
     * themselves are set is what {@link FreeSwitchCheck} tells.
     *
     * @param nodes that are to take over from each other
     * @return one sentence for each fault; empty if nothing is missing
     */
    public List<String> missing(Collection<Node> nodes) {
        return missing(nodes, addresses);
    }

    /**
     * The same before there is a recovery, for example while a configuration is read.
     *
     * @param nodes that are to take over from each other
     * @param addresses where a node's event socket is
     * @return one sentence for each fault, in the form {@code node ID: what: value; expected …}; empty if nothing is missing
     */
    public static List<String> missing(Collection<Node> nodes, Function<Node, Optional<EventSocketAddress>> addresses) {
        List<String> found = new ArrayList<>();
        Map<String, Node> names = new HashMap<>();
        if (nodes.size() < 2) {
            found.add("take-over: " + nodes.size() + " node; expected two that share a database");
        }
        for (Node node : nodes) {
            Node other = names.putIfAbsent(nameOf(node), node);
            if (other != null) {
                found.add("node " + node.id() + ": " + FreeSwitchProbe.SWITCHNAME + ": that of node " + other.id()
                        + "; expected a name of its own, since rows are told apart by it");
            }
            if (addresses.apply(node).isEmpty()) {
                found.add("node " + node.id() + ": event socket: none; expected one, over which it is told to recover");
            }
            if (!ADDRESS.matcher(node.destination().host()).matches()) {
                found.add("node " + node.id() + ": host: \""
                        + node.destination().host() + "\"; expected an IP address, by which its packets are known");
            }
            if (!ADDRESS.matcher(mediaAddress(node)).matches()) {
                found.add("node " + node.id() + ": " + MEDIA_ADDRESS + ": \"" + mediaAddress(node)
                        + "\"; expected the IP address at which it receives media");
            }
        }
        return List.copyOf(found);
    }

    /**
     * What a node is called in the rows.
     *
     * @param node any
     * @return its attribute {@value FreeSwitchProbe#SWITCHNAME}, else its id
     */
    public static String nameOf(Node node) {
        return node.attributes()
                .getOrDefault(FreeSwitchProbe.SWITCHNAME, node.id().value());
    }

    private static String mediaAddress(Node node) {
        return node.attributes().getOrDefault(MEDIA_ADDRESS, node.destination().host());
    }

    @Override
    public CompletionStage<Recovery> recover(Order order) {
        List<String> missing = missing(List.of(order.dead(), order.successor()));
        if (!missing.isEmpty()) {
            return failed(String.join("; ", missing));
        }
        CompletableFuture<Recovery> done = new CompletableFuture<>();
        loop.execute(() -> EslErrand.begin(
                        loop, addresses.apply(order.successor()).orElseThrow(), timings)
                .thenCompose(errand -> new Course(order, errand).run().whenComplete((how, failure) -> errand.close()))
                .whenComplete((how, failure) ->
                        done.complete(failure == null ? how : Recovery.failed(EslErrand.why(failure)))));
        return done;
    }

    /**
     * Asks nodes whether they could go on with calls of others now: by name, not paused, not shutting down, with the profile, with
     * their database. Changes nothing at them. To be asked at the start.
     *
     * @param nodes to be asked
     * @return one sentence for each that could not; never fails
     */
    public CompletionStage<List<String>> unready(Collection<Node> nodes) {
        List<CompletableFuture<String>> asked = nodes.stream()
                .map(this::unready)
                .map(CompletionStage::toCompletableFuture)
                .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> asked.stream()
                        .map(CompletableFuture::join)
                        .filter(why -> !why.isEmpty())
                        .toList());
    }

    private CompletionStage<String> unready(Node node) {
        Optional<EventSocketAddress> address = addresses.apply(node);
        if (address.isEmpty()) {
            return CompletableFuture.completedFuture("node " + node.id() + " has no event socket");
        }
        CompletableFuture<String> done = new CompletableFuture<>();
        loop.execute(() -> EslErrand.begin(loop, address.get(), timings)
                .thenCompose(errand -> SuccessorChecks.whyNot(errand, node, nameOf(node), profile)
                        .whenComplete((why, failure) -> errand.close()))
                .whenComplete((why, failure) -> done.complete(
                        failure == null
                                ? why
                                : "node " + node.id() + " could not be asked: " + EslErrand.why(failure))));
        return done;
    }

    private static CompletionStage<Recovery> failed(String why) {
        return CompletableFuture.completedFuture(Recovery.failed(why));
    }

    /** Ends it: nothing is told of recoveries under way any more. Idempotent. */
    @Override
    public void close() {
        loop.close();
    }

    /** One recovery. Confined to the thread of the loop, but for what the database does. */
    private final class Course {
        private final Order order;
        private final EslErrand errand;
        private String legsBefore = "";

        Course(Order order, EslErrand errand) {
            this.order = order;
            this.errand = errand;
        }

        CompletionStage<Recovery> run() {
            return SuccessorChecks.whyNot(errand, order.successor(), nameOf(order.successor()), profile)
                    .thenCompose(why -> why.isEmpty() ? errand.ask("status").thenCompose(this::begin) : failed(why));
        }

        private CompletionStage<Recovery> begin(String status) {
            legsBefore = legs(status);
            return recoverRows();
        }

        private CompletionStage<Recovery> recoverRows() {
            long askedAtNanos = loop.nanoTime();
            return rows.prepareRecovery(profile, nameOf(order.dead()), bare(mediaAddress(order.successor())))
                    .thenCompose(this::onLoop)
                    .thenCompose(found -> found.legs().isEmpty()
                            ? CompletableFuture.completedFuture(new Recovery(
                                    true, 0, "no rows of " + nameOf(order.dead()) + " in profile " + profile))
                            : recover(found, askedAtNanos))
                    .handle((how, failure) -> failure == null ? how : Recovery.failed(EslErrand.why(failure)))
                    .thenCompose(this::putBack);
        }

        private <T> CompletionStage<T> onLoop(T value) {
            CompletableFuture<T> there = new CompletableFuture<>();
            loop.execute(() -> there.complete(value));
            return there;
        }

        private CompletionStage<Recovery> recover(RecoveryRows.Rows found, long askedAtNanos) {
            if (loop.nanoTime() - askedAtNanos > READY_NANOS) {
                return failed("it took too long to make the rows ready: another router may act by now");
            }
            String uuid = "takeover-" + order.dead().id() + '-' + order.epoch();
            return errand.job("sofia profile " + profile + " recover", uuid, longest)
                    .thenCompose(answer -> {
                        Matcher told = RECOVERED.matcher(answer);
                        return told.matches()
                                ? gone(found)
                                        .thenCompose(gone -> recovered(found, Integer.parseInt(told.group(1)), gone))
                                : failed((NONE.matcher(answer).matches() ? "the node found nothing to recover" : answer)
                                        + "; " + found.legs().size() + " rows");
                    });
        }

        /** How many legs the node has no more right after; those whose ACK never came are not asked for. */
        private CompletionStage<Integer> gone(RecoveryRows.Rows found) {
            List<String> asked = found.legs().stream()
                    .filter(leg -> !found.unacknowledged().contains(leg)
                            && LEG.matcher(leg).matches())
                    .limit(MOST_ASKED)
                    .toList();
            List<CompletableFuture<String>> answers = asked.stream()
                    .map(leg -> errand.ask("uuid_exists " + leg).toCompletableFuture())
                    .toList();
            return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                    .handle((all, unknown) -> (int) answers.stream()
                            .filter(each -> !each.isCompletedExceptionally() && "false".equals(each.join()))
                            .count());
        }

        private CompletionStage<Recovery> recovered(RecoveryRows.Rows found, int told, int gone) {
            int unacknowledged = found.unacknowledged().size();
            Map<LossReason, Integer> lost = new EnumMap<>(LossReason.class);
            put(lost, LossReason.UNACKNOWLEDGED, unacknowledged);
            put(lost, LossReason.DROPPED, gone);
            int saved = Math.max(0, told - unacknowledged - gone) / legsPerCall();
            return errand.ask("status")
                    .handle((status, unknown) -> new Recovery(
                            true,
                            saved,
                            told + " legs recovered; " + found.legs().size() + " rows, " + unacknowledged
                                    + " without their ACK; " + gone + " legs gone right after; legs of the node before "
                                    + legsBefore + ", after " + (status == null ? "" : legs(status)),
                            lost));
        }

        private void put(Map<LossReason, Integer> lost, LossReason reason, int legs) {
            if (legs > 0) {
                lost.put(reason, (legs + legsPerCall() - 1) / legsPerCall());
            }
        }

        private int legsPerCall() {
            String text = order.successor().attributes().getOrDefault(FreeSwitchProbe.LEGS_PER_CALL, "1");
            return text.matches("[1-9]") ? Integer.parseInt(text) : 1;
        }

        /** What became of the calls stands; that rows of living nodes are hidden still has to be told. */
        private CompletionStage<Recovery> putBack(Recovery how) {
            return rows.endRecovery(profile).handle((shown, failure) -> {
                if (failure == null) {
                    return how;
                }
                LOG.warn("rows of living nodes stay hidden until the next take-over: {}", EslErrand.why(failure));
                return new Recovery(
                        how.recovered(),
                        how.calls(),
                        how.detail() + "; rows of living nodes stay hidden: " + EslErrand.why(failure));
            });
        }

        private static String legs(String status) {
            return StatusText.read(status, FreeSwitchState.UNKNOWN).sessions().stream()
                    .mapToObj(String::valueOf)
                    .findFirst()
                    .orElse("unknown");
        }

        private static String bare(String host) {
            return host.replaceAll("[\\[\\]]", "");
        }
    }
}
