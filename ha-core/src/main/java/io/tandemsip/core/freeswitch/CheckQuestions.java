package io.tandemsip.core.freeswitch;

import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks one node for its settings, by OPTIONS and over a connection of its own to the event socket. Thread-safe. */
final class CheckQuestions {
    /** No node is called so: the answer to a probe that expects it says how the node is called. */
    private static final String NO_NAME = "a name that no node has";

    private final Node node;
    private final HealthProbe options;
    private final SocketLoop loop;
    private final Duration timeout;

    CheckQuestions(Node node, HealthProbe options, SocketLoop loop, Duration timeout) {
        this.node = node;
        this.options = options;
        this.loop = loop;
        this.timeout = timeout;
    }

    /** Asks all of it. */
    CompletionStage<CheckAnswers> ask(Optional<EventSocketAddress> address) {
        CompletionStage<ProbeResult> asked = options.probe(node, timeout);
        Node unnamed =
                node.toBuilder().attribute(UdpOptionsProbe.IDENTITY, NO_NAME).build();
        CompletionStage<String> software = options.probe(unnamed, timeout)
                .thenApply(result -> result instanceof ProbeResult.WrongIdentity named ? named.found() : "");
        CompletionStage<Session> session = address.map(this::session)
                .orElseGet(() -> CompletableFuture.completedStage(new Session(new CompletableFuture<>())));
        return asked.thenCombine(
                software.thenCombine(session, Told::new),
                (result, told) -> new CheckAnswers(
                        node,
                        address,
                        result,
                        told.software(),
                        told.session().end,
                        told.session().replies,
                        told.session().profile));
    }

    private record Told(String software, Session session) {}

    private CompletionStage<Session> session(EventSocketAddress address) {
        CompletableFuture<Session> done = new CompletableFuture<>();
        Session session = new Session(done);
        EslTimings timings = new EslTimings(timeout, timeout, timeout, timeout, timeout, timeout);
        EslConnection connection = new EslConnection(loop, address, timings, "", session);
        session.connection = Optional.of(connection);
        loop.resolve(address.host(), address.port(), target -> connect(connection, target, session));
        return done;
    }

    private static void connect(EslConnection connection, InetSocketAddress target, Session session) {
        if (target.isUnresolved()) {
            session.ended(new EslEnd(EslEnd.Kind.LOCAL, "no address is known for " + target.getHostString()));
        } else {
            connection.connect(target);
        }
    }

    /** One question after the other. Confined to the thread of the loop until it is done. */
    private final class Session implements EslConnection.Listener {
        private final CompletableFuture<Session> done;
        private final Deque<String> left = new ArrayDeque<>(List.of(
                CheckAnswers.STATUS,
                CheckAnswers.SWITCHNAME,
                CheckAnswers.CORE_UUID,
                CheckAnswers.PAUSED,
                CheckAnswers.SHUTTING_DOWN,
                CheckAnswers.PROFILES,
                CheckAnswers.DATABASE,
                CheckAnswers.SWITCH_SETTINGS,
                CheckAnswers.PROFILE_SETTINGS));
        private final Map<String, String> replies = new LinkedHashMap<>();
        private Optional<EslConnection> connection = Optional.empty();
        private Optional<EslEnd> end = Optional.empty();
        private String profile = "";

        private Session(CompletableFuture<Session> done) {
            this.done = done;
        }

        @Override
        public void up() {
            next();
        }

        private void next() {
            String command = left.poll();
            if (command == null) {
                connection.ifPresent(EslConnection::close);
                done.complete(this);
            } else {
                connection.ifPresent(up -> up.send("api " + command, reply -> answered(command, reply)));
            }
        }

        /** Without an answer the connection ends, and tells so. */
        private void answered(String command, EslReply reply) {
            if (reply instanceof EslReply.Said said) {
                replies.put(command, said.text());
                if (command.equals(CheckAnswers.PROFILES)) {
                    ConfigText.profileAt(said.text(), node.destination().port()).ifPresent(this::found);
                }
                next();
            }
        }

        private void found(ConfigText.Profile here) {
            profile = here.name();
            left.add(CheckAnswers.profileStatus(profile));
        }

        @Override
        public void event(EslEvent event) {
            // nothing was subscribed to
        }

        @Override
        public void ended(EslEnd how) {
            end = Optional.of(how);
            done.complete(this);
        }
    }
}
