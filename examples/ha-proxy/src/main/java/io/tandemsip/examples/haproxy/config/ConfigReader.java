package io.tandemsip.examples.haproxy.config;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.core.affinity.AffinityKeys;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.core.source.Mistakes;
import io.tandemsip.core.source.Nearest;
import io.tandemsip.core.source.YamlPools;
import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.jainsip.EdgePolicy;
import io.tandemsip.jainsip.TopologyHiding;
import io.tandemsip.node.Transport;
import io.tandemsip.selection.SelectionStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From the text of a configuration to what it says, or to everything that is wrong with it. Confined to one thread. */
public final class ConfigReader {
    private static final double MOST_SPILL_OVER = 1_000;
    private static final int MOST_PORT = 65_535;
    private static final int LEAST_DATAGRAM_BYTES = 500;
    private static final int MOST_DATAGRAM_BYTES = 65_535;

    private final Mistakes mistakes;
    private final Secrets secrets;
    private final YamlPools nodes = new YamlPools();
    private final EventSocketReader eventSockets;
    private final Map<String, SelectionStrategy> strategies = new HashMap<>();

    private ConfigReader(String file, Secrets secrets) {
        this.mistakes = new Mistakes(file);
        this.secrets = secrets;
        this.eventSockets = new EventSocketReader(secrets, mistakes);
    }

    /**
     * Reads a configuration.
     *
     * @param file what mistakes call it
     * @param text YAML
     * @param secrets where keys come from
     */
    public static Reading read(String file, String text, Secrets secrets) {
        return new ConfigReader(file, secrets).read(text);
    }

    private Reading read(String text) {
        Optional<ProxyConfig> config = root(text).map(this::config);
        return config.isPresent() && mistakes.isEmpty()
                ? new Reading.Good(config.get())
                : new Reading.Bad(mistakes.list());
    }

    private Optional<YamlSection> root(String text) {
        return YamlSection.read(text, "listen and pools", mistakes);
    }

    private ProxyConfig config(YamlSection root) {
        root.knowing(
                "listen",
                "advertisedHost",
                "tls",
                "pools",
                "defaultPool",
                "strategy",
                "spillOver",
                "health",
                "failover",
                "affinity",
                "store",
                "takeover",
                "edge",
                "topology",
                "shedAfter",
                "datagramsUpTo",
                "registrations",
                "http");
        List<ListeningPointConfig> listen = listen(root);
        Optional<YamlScalar> advertised = root.scalar("advertisedHost");
        if (advertised.isEmpty() && listen.stream().anyMatch(ListeningPointConfig::isAny)) {
            root.missing("advertisedHost", "the name or address that peers reach the proxy by, as it listens on all");
        }
        Optional<TlsConfig> tls = root.section("tls").flatMap(each -> TlsReader.read(each, secrets));
        if (!root.has("tls") && listen.stream().anyMatch(ListeningPointConfig::isSecure)) {
            root.missing("tls", "the proxy's key store, as it listens by TLS");
        }
        YamlSection pools = root.section("pools").orElse(root);
        String defaultPool = pools == root ? noPools(root) : pools(root, pools);
        Optional<SelectionStrategy> strategy = strategy(root);
        HealthPolicy health = root.section("health").map(HealthReader::read).orElse(HealthPolicy.defaults());
        FailoverPolicy failover =
                root.section("failover").map(FailoverReader::read).orElse(FailoverPolicy.defaults());
        double spillOver = root.scalar("spillOver")
                .flatMap(at -> at.decimal(1, MOST_SPILL_OVER))
                .orElse(Double.POSITIVE_INFINITY);
        Optional<AffinityKeys> keys = root.section("affinity").flatMap(each -> KeysReader.read(each, secrets));
        Optional<StoreConfig> store = root.section("store").flatMap(each -> StoreReader.read(each, secrets));
        EventSockets sockets = eventSockets.sockets(nodes.nodes());
        Optional<TakeoverConfig> takeover = root.section("takeover").flatMap(each -> takeover(root, each, sockets));
        EdgePolicy edge = root.section("edge").map(EdgeReader::read).orElse(EdgePolicy.defaults());
        TopologyHiding topology =
                root.section("topology").map(TopologyReader::read).orElse(TopologyHiding.off());
        Optional<Duration> shedAfter = root.scalar("shedAfter").flatMap(DurationReader::positive);
        Optional<Integer> datagramsUpTo =
                root.scalar("datagramsUpTo").flatMap(at -> at.integer(LEAST_DATAGRAM_BYTES, MOST_DATAGRAM_BYTES));
        RegistrationsConfig registrations = root.section("registrations")
                .map(each -> RegistrationsReader.read(each, secrets))
                .orElse(RegistrationsConfig.DEFAULTS);
        HttpConfig http = root.section("http").map(ConfigReader::http).orElse(HttpConfig.DEFAULTS);
        String host = advertised.map(YamlScalar::text).orElse("");
        return new ProxyConfig(
                listen,
                host,
                tls,
                nodes.nodes(),
                defaultPool,
                strategy,
                strategies,
                spillOver,
                health,
                failover,
                keys,
                store,
                sockets,
                takeover,
                edge,
                topology,
                shedAfter,
                datagramsUpTo,
                registrations,
                http);
    }

    private Optional<TakeoverConfig> takeover(YamlSection root, YamlSection section, EventSockets sockets) {
        Optional<TakeoverConfig> found = TakeoverReader.read(section, secrets);
        found.ifPresent(each -> TakeoverReader.check(root, section, each, nodes.nodes(), sockets, mistakes));
        return found;
    }

    private static String noPools(YamlSection root) {
        root.missing("pools", "a name and nodes for each pool");
        return "";
    }

    private static List<ListeningPointConfig> listen(YamlSection root) {
        List<ListeningPointConfig> points = new ArrayList<>();
        for (YamlSection each : root.sections("listen", "a list of transport, host and port")) {
            each.knowing("transport", "host", "port");
            Optional<Transport> transport =
                    each.required("transport", "udp, tcp, tls, ws or wss").flatMap(ConfigReader::transport);
            Optional<String> host =
                    each.required("host", "an address of this machine").flatMap(ConfigReader::notBlank);
            Optional<Integer> port = each.required("port", "1 to 65535").flatMap(at -> at.integer(1, MOST_PORT));
            if (transport.isPresent() && host.isPresent() && port.isPresent()) {
                points.add(new ListeningPointConfig(transport.get(), host.get(), port.get()));
            }
        }
        return points;
    }

    private static Optional<Transport> transport(YamlScalar at) {
        for (Transport transport : Transport.values()) {
            if (transport.token().equals(at.text())) {
                return Optional.of(transport);
            }
        }
        return at.wrong("udp, tcp, tls, ws or wss");
    }

    private static Optional<String> notBlank(YamlScalar at) {
        return at.text().isBlank() ? at.wrong("a name or an address") : Optional.of(at.text());
    }

    private String pools(YamlSection root, YamlSection pools) {
        for (String name : pools.keys()) {
            pools.section(name).ifPresent(pool -> pool(name, pool));
        }
        if (pools.keys().isEmpty()) {
            root.missing("pools", "a name and nodes for each pool");
        }
        Optional<YamlScalar> named = root.scalar("defaultPool");
        named.filter(at -> !pools.keys().contains(at.text()))
                .ifPresent(at -> at.wrong("one of the pools: " + String.join(", ", pools.keys())));
        if (named.isEmpty() && pools.keys().size() > 1) {
            root.missing(
                    "defaultPool", "the pool for new calls, as there are several: " + String.join(", ", pools.keys()));
        }
        return named.map(YamlScalar::text)
                .orElseGet(() -> pools.keys().stream().findFirst().orElse(""));
    }

    private void pool(String name, YamlSection pool) {
        pool.knowing("nodes", "strategy", "eventSocket");
        if (name.isBlank()) {
            mistakes.add(pool.line(), "pools", "\"\"", "a name for each pool");
            return;
        }
        strategy(pool).ifPresent(strategy -> strategies.put(name, strategy));
        nodes.add(name, pool);
        pool.section("eventSocket").ifPresent(section -> eventSockets.add(name, section));
    }

    private static Optional<SelectionStrategy> strategy(YamlSection section) {
        return section.scalar("strategy")
                .flatMap(at -> Strategies.byName(at.text()).or(() -> {
                    String hint = Nearest.to(at.text(), Strategies.names())
                            .map(near -> "; did you mean " + near + '?')
                            .orElse("");
                    return at.wrong("one of " + String.join(", ", Strategies.names()) + hint);
                }));
    }

    private static HttpConfig http(YamlSection section) {
        section.knowing("host", "port");
        String host = section.scalar("host").flatMap(ConfigReader::notBlank).orElse(HttpConfig.DEFAULTS.host());
        int port =
                section.scalar("port").flatMap(at -> at.integer(0, MOST_PORT)).orElse(HttpConfig.DEFAULTS.port());
        return new HttpConfig(host, port);
    }
}
