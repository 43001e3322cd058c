package io.tandemsip.examples.haproxy.config;

import static io.tandemsip.examples.haproxy.config.GivenConfig.MINIMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.RetryBudget;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.node.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigReaderTest {
    private static final String KEY = "000102030405060708090a0b0c0d0e0f";
    private static final GivenSecrets SECRETS =
            new GivenSecrets(Map.of("TANDEM_KEY", KEY), Map.of("old.hex", KEY + "\n"));
    private static final String FULL = """
            listen:
              - {transport: udp, host: 0.0.0.0, port: 5060}
              - {transport: tcp, host: "::", port: 5060}
            advertisedHost: sip.example.com
            strategy: least-calls
            defaultPool: media
            pools:
              media:
                strategy: round-robin
                nodes:
                  - id: fs1
                    uri: sip:127.0.0.11:5080
                    weight: 2.5
                    priority: 1
                    zone: east
                    capacity: {calls: 500, callsPerSecond: 50, burst: 100, resources: {transcode: 20}}
                    attributes: {identity: FreeSWITCH, rack: 7}
                  - {id: fs2, uri: "sip:127.0.0.12:5080;transport=tcp"}
              voicemail:
                nodes:
                  - {id: vm1, uri: "sip:127.0.0.21"}
            health: {interval: 2s, slowStart: 0s, panicThreshold: 1, fall: 2, silenceFloor: 100ms}
            affinity:
              keys:
                - {id: 1, env: TANDEM_KEY}
                - {id: 0, file: old.hex}
            shedAfter: 150ms
            datagramsUpTo: 1400
            http: {port: 0}
            """;

    private static ProxyConfig good(String text) {
        return GivenConfig.good(text, SECRETS);
    }

    private static List<String> mistakes(String text) {
        return GivenConfig.mistakes(text, SECRETS);
    }

    private static List<String> with(String more) {
        return mistakes(MINIMAL + more);
    }

    @Test
    void read_whenTheProxyMayNotBeWaitedFor_tellsWhatIsExpected() {
        assertThat(with("shedAfter: 0s\n")).singleElement().asString().contains("shedAfter", "0s", "more than zero");
        assertThat(good(MINIMAL).shedAfter()).isEmpty();
    }

    @Test
    void read_whenADatagramCantBeThatLarge_tellsWhatIsExpected() {
        assertThat(with("datagramsUpTo: 65536\n"))
                .singleElement()
                .asString()
                .contains("datagramsUpTo", "65536", "500", "65535");
        assertThat(good(MINIMAL).datagramsUpTo()).isEmpty();
    }

    @Test
    void read_whenEverythingIsSet_takesEverything() {
        ProxyConfig config = good(FULL);
        assertThat(config.listen())
                .containsExactly(
                        new ListeningPointConfig(Transport.UDP, "0.0.0.0", 5060),
                        new ListeningPointConfig(Transport.TCP, "::", 5060));
        assertThat(config.advertisedHost()).isEqualTo("sip.example.com");
        assertThat(config.defaultPool()).isEqualTo("media");
        assertThat(config.strategy()).isPresent();
        assertThat(config.poolStrategies().keySet()).containsExactly("media");
        assertThat(config.health().interval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.health().slowStart()).isZero();
        assertThat(config.health().fallThreshold()).isEqualTo(2);
        assertThat(config.health().silenceFloor()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.keys()).isPresent();
        assertThat(config.shedAfter()).contains(Duration.ofMillis(150));
        assertThat(config.datagramsUpTo()).contains(1400);
        assertThat(config.http()).isEqualTo(new HttpConfig("127.0.0.1", 0));
    }

    @Test
    void read_whenANodeSaysEverything_takesEverything() {
        Node node = good(FULL).nodes().get(0);
        assertThat(node.id().value()).isEqualTo("fs1");
        assertThat(node.destination().toUri()).isEqualTo("sip:127.0.0.11:5080");
        assertThat(node.weight()).isEqualTo(2.5);
        assertThat(node.priority()).isEqualTo(1);
        assertThat(node.zone()).isEqualTo("east");
        assertThat(node.capacity())
                .isEqualTo(Capacity.calls(500).withCallsPerSecond(50, 100).withResource("transcode", 20));
        assertThat(node.attributes()).isEqualTo(Map.of("identity", "FreeSWITCH", "rack", "7"));
        assertThat(good(FULL).nodes())
                .extracting(each -> each.pools().first())
                .containsExactly("media", "media", "voicemail");
    }

    @Test
    void read_whenOnlyWhatIsNeededIsSet_takesDefaults() {
        ProxyConfig config = good(MINIMAL);
        assertThat(config.http()).isEqualTo(HttpConfig.DEFAULTS);
        assertThat(config.defaultPool()).isEqualTo("media");
        assertThat(config.keys()).isEmpty();
        assertThat(config.strategy()).isEmpty();
    }

    /** Fails when reading ends at the first mistake. */
    @Test
    void read_whenThereAreMany_tellsEveryMistakeWithItsLine() {
        String text = """
                listen:
                  - {transport: sctp, host: 127.0.0.1, port: 99999}
                pools:
                  media:
                    strategie: round-robin
                    nodes:
                      - id: "fs 1"
                        uri: http://127.0.0.1
                        weight: -1
                      - id: fs2
                        capacity: {calls: many}
                health:
                  interval: 5
                http: {port: x}
                """;
        assertThat(mistakes(text))
                .containsExactly(
                        "proxy.yaml:2: listen[0].transport: sctp; expected udp, tcp, tls, ws or wss",
                        "proxy.yaml:2: listen[0].port: 99999; expected 1 to 65535",
                        "proxy.yaml:5: pools.media.strategie: unknown key; expected one of nodes, strategy, eventSocket;"
                                + " did you mean strategy?",
                        "proxy.yaml:7: pools.media.nodes[0].id: fs 1; expected 1 to 64 of letters, digits, '.', '_'"
                                + " and '-'",
                        "proxy.yaml:8: pools.media.nodes[0].uri: http://127.0.0.1; expected"
                                + " sip:host[:port][;transport=udp|tcp|tls|ws|wss]",
                        "proxy.yaml:9: pools.media.nodes[0].weight: -1; expected more than 0, at most 1000000",
                        "proxy.yaml:10: pools.media.nodes[1].uri: missing; expected a SIP URI,"
                                + " for example sip:127.0.0.11:5080",
                        "proxy.yaml:11: pools.media.nodes[1].capacity.calls: many; expected a whole number, 0 or more",
                        "proxy.yaml:13: health.interval: 5; expected a number with its unit,"
                                + " for example 200ms, 5s, 30m or 1h",
                        "proxy.yaml:14: http.port: x; expected a whole number, 0 to 65535");
    }

    @Test
    void read_whenTheFileIsEmpty_saysWhatIsNeeded() {
        assertThat(mistakes("")).containsExactly("proxy.yaml:1: file: missing; expected listen and pools");
        assertThat(mistakes("# nothing\n")).hasSize(1);
        assertThat(mistakes("{}"))
                .containsExactly(
                        "proxy.yaml:1: listen: missing; expected a list of transport, host and port",
                        "proxy.yaml:1: pools: missing; expected a name and nodes for each pool");
    }

    @Test
    void read_whenItIsNotYaml_saysWhere() {
        assertThat(mistakes("listen: [\npools: }\n")).singleElement().asString().startsWith("proxy.yaml:2: file: ");
        assertThat(mistakes("\tlisten: x")).singleElement().asString().startsWith("proxy.yaml:1: file: ");
        assertThat(mistakes("just text")).contains("proxy.yaml:1: file: just text; expected keys with values");
    }

    @Test
    void read_whenShapesAreWrong_saysWhatWasExpected() {
        assertThat(mistakes("listen: 5060\nhttp: [a]\npools: {m: {nodes: [x]}}\nstrategy: [a]\n"))
                .contains(
                        "proxy.yaml:1: listen: 5060; expected a list",
                        "proxy.yaml:2: http: a list; expected keys with values",
                        "proxy.yaml:3: pools.m.nodes[0]: x; expected keys with values",
                        "proxy.yaml:4: strategy: a list; expected a single value");
    }

    @Test
    void read_whenAKeyStandsTwice_saysSo() {
        assertThat(with("http: {port: 1}\nhttp: {port: 2}\n"))
                .containsExactly("proxy.yaml:8: http: twice; expected each key once");
    }

    @Test
    void read_whenAnIdStandsTwice_saysSoAcrossPools() {
        String text = MINIMAL + "  other:\n    nodes:\n      - {id: fs1, uri: 'sip:h'}\ndefaultPool: media\n";
        assertThat(mistakes(text))
                .containsExactly(
                        "proxy.yaml:9: pools.other.nodes[0].id: fs1; expected an id once in a pool, with the same values in each pool");
    }

    @Test
    void read_whenThereAreSeveralPools_asksWhichTakesNewCalls() {
        String second = "  other:\n    nodes:\n      - {id: vm1, uri: 'sip:h'}\n";
        assertThat(with(second))
                .containsExactly("proxy.yaml:1: defaultPool: missing; expected the pool for new calls,"
                        + " as there are several: media, other");
        assertThat(with(second + "defaultPool: medai\n"))
                .containsExactly("proxy.yaml:10: defaultPool: medai; expected one of the pools: media, other");
    }

    @Test
    void read_whenItListensOnAllAddresses_asksForTheNameThatPeersUse() {
        assertThat(mistakes(MINIMAL.replace("127.0.0.1,", "0.0.0.0,")))
                .containsExactly("proxy.yaml:1: advertisedHost: missing; expected the name or address that peers reach"
                        + " the proxy by, as it listens on all");
    }

    @Test
    void read_whenAPoolOrAListIsEmpty_saysSo() {
        assertThat(mistakes("listen: []\npools:\n  media: {nodes: []}\n  b: {}\ndefaultPool: b\n"))
                .containsExactly(
                        "proxy.yaml:1: listen: an empty list; expected a list of transport, host and port",
                        "proxy.yaml:3: pools.media.nodes: an empty list; expected at least one node",
                        "proxy.yaml:4: pools.b.nodes: missing; expected at least one node");
    }

    @Test
    void read_whenTheStrategyIsMisspelt_suggestsTheNearest() {
        assertThat(with("strategy: least-call\n"))
                .singleElement()
                .asString()
                .startsWith("proxy.yaml:7: strategy: least-call; expected one of ")
                .endsWith("; did you mean least-calls?");
        assertThat(with("strategy: best\n")).singleElement().asString().doesNotContain("did you mean");
    }

    @Test
    void read_whenHealthNumbersAreOutOfRange_saysTheRange() {
        String health = """
                health:
                  jitter: 0.9
                  fall: 0
                  burstProbes: 21
                  panicThreshold: 2
                  probeTimeout: 0s
                  silenceFloor: 1s
                  silenceCeiling: 500ms
                  slowStartMinimum: 0
                """;
        assertThat(with(health))
                .containsExactly(
                        "proxy.yaml:8: health.jitter: 0.9; expected 0.0 to 0.5",
                        "proxy.yaml:9: health.fall: 0; expected 1 to 100",
                        "proxy.yaml:10: health.burstProbes: 21; expected 1 to 20",
                        "proxy.yaml:11: health.panicThreshold: 2; expected 0.0 to 1.0",
                        "proxy.yaml:12: health.probeTimeout: 0s; expected more than zero",
                        "proxy.yaml:14: health.silenceCeiling: 500ms; expected silenceFloor 1000ms not above"
                                + " silenceCeiling 500ms",
                        "proxy.yaml:15: health.slowStartMinimum: 0; expected 0.001 to 1.0");
    }

    @Test
    void read_failoverAndSpillOver() {
        String text = MINIMAL + """
                spillOver: 1.4
                failover:
                  attempts: 2
                  statusCodes: 500, 503
                  afterRinging: true
                  totalWithin: 10s
                  retryRatio: 0.5
                """;
        ProxyConfig config = good(text);
        assertThat(config.spillOver()).isEqualTo(1.4);
        assertThat(config.failover())
                .isEqualTo(FailoverPolicy.defaults()
                        .withMaxAttempts(2)
                        .withStatusCodes(Set.of(500, 503))
                        .withAfterProvisional(true)
                        .withTotalWithin(Duration.ofSeconds(10))
                        .withRetryBudget(new RetryBudget(0.5, 10)));
        String wrong = """
                spillOver: 0.5
                failover:
                  attempts: 0
                  statusCodes: 503, 486
                  afterRinging: maybe
                  firstResponseWithin: 0s
                  retryRatio: -1
                """;
        assertThat(with(wrong))
                .hasSize(6)
                .contains(
                        "proxy.yaml:7: spillOver: 0.5; expected 1.0 to 1000.0",
                        "proxy.yaml:9: failover.attempts: 0; expected 1 to 100",
                        "proxy.yaml:11: failover.afterRinging: maybe; expected true or false")
                .anyMatch(line -> line.startsWith("proxy.yaml:10: failover.statusCodes") && line.contains("486"));
    }

    @Test
    void read_whenABurstHasNoRate_asksForIt() {
        String text = MINIMAL.replace(":5080\"}", ":5080\", capacity: {burst: 5, callsPerSeconds: 5}}");
        assertThat(mistakes(text))
                .containsExactly(
                        "proxy.yaml:6: pools.media.nodes[0].capacity.callsPerSeconds: unknown key; expected one of"
                                + " calls, callsPerSecond, burst, resources; did you mean callsPerSecond?",
                        "proxy.yaml:6: pools.media.nodes[0].capacity.callsPerSecond: missing; expected a number beside"
                                + " burst");
    }

    /** Fails when a mistake in a key shows the key. */
    @Test
    void read_whenAKeyIsWrong_namesThePlaceAndNeverTheKey() {
        String keys = """
                affinity:
                  keys:
                    - {id: 16, env: MISSING}
                    - {id: 1, env: SHORT}
                    - {id: 1, file: bad.hex}
                    - {id: 2}
                    - {id: 3, file: gone.hex}
                """;
        GivenSecrets secrets = new GivenSecrets(Map.of("SHORT", "abcd"), Map.of("bad.hex", "correct horse battery"));
        List<String> found = GivenConfig.mistakes(MINIMAL + keys, secrets);
        assertThat(found)
                .containsExactly(
                        "proxy.yaml:9: affinity.keys[0].id: 16; expected 0 to 15",
                        "proxy.yaml:9: affinity.keys[0].env: MISSING; expected the name of an environment variable"
                                + " that is set",
                        "proxy.yaml:10: affinity.keys[1].env: SHORT; expected 16 bytes there or more, in hexadecimal"
                                + " digits (openssl rand -hex 32)",
                        "proxy.yaml:11: affinity.keys[2].id: 1; expected each id once",
                        "proxy.yaml:11: affinity.keys[2].file: bad.hex; expected hexadecimal digits there, 32 or more"
                                + " (openssl rand -hex 32)",
                        "proxy.yaml:12: affinity.keys[3].env: missing; expected either env or file, the one place where"
                                + " the key is",
                        "proxy.yaml:13: affinity.keys[4].file: gone.hex; expected a file that can be read");
        assertThat(found.toString()).doesNotContain("abcd").doesNotContain("horse");
    }

    @Test
    void read_aStoreInRedis_withItsPasswordFromElsewhere() {
        String store = """
                store:
                  redis:
                    url: redis-sentinel://s1,s2,s3/0#mymaster
                    user: tandem
                    password: {env: TANDEM_KEY}
                    prefix: sip
                    kamailioKeys: true
                """;
        assertThat(good(MINIMAL + store).store())
                .contains(new StoreConfig.Redis(
                        "redis-sentinel://s1,s2,s3/0#mymaster",
                        Optional.of(new StoreConfig.Login(Optional.of("tandem"), KEY)),
                        Optional.of("sip"),
                        true));
        assertThat(good(MINIMAL + store).toString()).doesNotContain(KEY);
    }

    @Test
    void read_aStoreInPostgresql_withItsPasswordFromAFile() {
        String store = """
                store:
                  postgres: {url: "jdbc:postgresql://db1,db2/sip", password: {file: old.hex}}
                """;
        assertThat(good(MINIMAL + store).store())
                .contains(new StoreConfig.Postgres(
                        "jdbc:postgresql://db1,db2/sip",
                        Optional.of(new StoreConfig.Login(Optional.empty(), KEY)),
                        Optional.empty()));
        assertThat(good(MINIMAL).store()).isEmpty();
    }

    /** Fails when a mistake in a URL shows the URL. */
    @Test
    void read_whenAStoreIsWrong_namesThePlaceAndNeverThePassword() {
        assertThat(mistakes(MINIMAL + "store: {}\n"))
                .containsExactly("proxy.yaml:7: store.redis: missing; expected either redis or postgres");
        assertThat(mistakes(MINIMAL + "store: {redis: {url: \"redis://me:horse@host\", user: me}}\n"))
                .containsExactly(
                        "proxy.yaml:7: store.redis.url: (not shown); expected no password in it, but user and password"
                                + " beside it",
                        "proxy.yaml:7: store.redis.password: missing; expected env or file, where the password of this"
                                + " user is");
        assertThat(mistakes(
                        MINIMAL + "store: {postgres: {url: \"http://horse\", password: {env: MISSING}, redis: x}}\n"))
                .containsExactly(
                        "proxy.yaml:7: store.postgres.redis: unknown key; expected one of url, user, password, schema",
                        "proxy.yaml:7: store.postgres.url: (not shown); expected jdbc:postgresql://host/database",
                        "proxy.yaml:7: store.postgres.password.env: MISSING; expected the name of an environment"
                                + " variable that is set");
    }
}
