package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.freeswitch.EventSocketAddress;
import io.tandemsip.core.freeswitch.FreeSwitchProbe;
import io.tandemsip.core.source.Mistakes;
import io.tandemsip.core.source.YamlSection;
import io.tandemsip.node.Node;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads where the event sockets of pools are. Never shows a password. Confined to one thread. */
final class EventSocketReader {
    private static final int MOST_PORT = 65_535;
    /** Stands for the node's own, which {@link EventSocketAddress#at} puts in its place. */
    private static final String ANY_HOST = "0.0.0.0";

    private final Secrets secrets;
    private final Mistakes mistakes;
    private final Map<String, YamlSection> sections = new HashMap<>();
    private final Map<String, EventSocketAddress> pools = new HashMap<>();
    private final Map<String, EventSocketAddress> nodes = new HashMap<>();
    private final Set<String> pausing = new HashSet<>();
    private final Set<String> learning = new HashSet<>();

    EventSocketReader(Secrets secrets, Mistakes mistakes) {
        this.secrets = secrets;
        this.mistakes = mistakes;
    }

    /** Reads the section {@code eventSocket} of a pool, if it has one. */
    void add(String pool, YamlSection section) {
        section.knowing("port", "password", "nodes", "pauseWhenDrained", "limits");
        sections.put(pool, section);
        section.scalar("limits").ifPresent(at -> {
            switch (at.text()) {
                case "learned" -> learning.add(pool);
                case "configured" -> {}
                default -> at.wrong("configured or learned");
            }
        });
        section.scalar("pauseWhenDrained")
                .flatMap(FailoverReader::yesOrNo)
                .filter(yes -> yes)
                .ifPresent(yes -> pausing.add(pool));
        int port = port(section).orElse(EventSocketAddress.DEFAULT_PORT);
        if (!section.has("password")) {
            section.missing("password", "env or file, where the password of the event socket is");
        }
        Optional<String> password = password(section);
        password.ifPresent(known -> pools.put(pool, EventSocketAddress.of(ANY_HOST, port, known)));
        section.section("nodes")
                .ifPresent(all ->
                        all.keys().forEach(id -> all.section(id).ifPresent(node -> node(id, node, port, password))));
    }

    private void node(String id, YamlSection node, int poolPort, Optional<String> poolPassword) {
        node.knowing("port", "password");
        int port = port(node).orElse(poolPort);
        Optional<String> password = node.has("password") ? password(node) : poolPassword;
        if (password.isPresent()) {
            nodes.put(id, EventSocketAddress.of(ANY_HOST, port, password.get()));
        }
    }

    private static Optional<Integer> port(YamlSection section) {
        return section.scalar("port").flatMap(at -> at.integer(1, MOST_PORT));
    }

    /** What is wrong with a password is told by what is expected, with the place where it is. */
    private Optional<String> password(YamlSection section) {
        return section.section("password")
                .flatMap(place -> SecretReader.read(place, secrets).flatMap(found -> checked(place, found)));
    }

    private Optional<String> checked(YamlSection place, String found) {
        try {
            return Optional.of(EventSocketAddress.of(ANY_HOST, EventSocketAddress.DEFAULT_PORT, found)
                            .host())
                    .map(good -> found);
        } catch (IllegalArgumentException wrong) {
            mistakes.add(place.line(), place.path(), "(not shown)", wrong);
            return Optional.empty();
        }
    }

    /** All of them, when the nodes are known. */
    EventSockets sockets(Collection<Node> known) {
        EventSockets found = new EventSockets(pools, nodes, pausing, learning);
        for (Map.Entry<String, YamlSection> pool : sections.entrySet()) {
            pool.getValue()
                    .section("nodes")
                    .ifPresent(all -> all.keys().stream()
                            .filter(id -> known.stream()
                                    .noneMatch(node -> node.id().value().equals(id)
                                            && node.pools().contains(pool.getKey())))
                            .forEach(id -> mistakes.add(all.line(), all.path(), id, "the id of a node of this pool")));
            known.stream()
                    .filter(node -> node.pools().contains(pool.getKey()))
                    .forEach(node -> check(pool.getValue(), node, found));
        }
        return found;
    }

    private void check(YamlSection at, Node node, EventSockets found) {
        String place = node.attributes().getOrDefault(FreeSwitchProbe.EVENT_SOCKET, "");
        try {
            found.of(node);
        } catch (IllegalArgumentException wrong) {
            mistakes.add(at.line(), "node " + node.id() + ": attributes." + FreeSwitchProbe.EVENT_SOCKET, place, wrong);
        }
        String legs = node.attributes().getOrDefault(FreeSwitchProbe.LEGS_PER_CALL, "1");
        if (!legs.matches("[1-9]")) {
            mistakes.add(
                    at.line(), "node " + node.id() + ": attributes." + FreeSwitchProbe.LEGS_PER_CALL, legs, "1 to 9");
        }
    }
}
