package io.tandemsip.examples.haproxy.config;

import static io.tandemsip.examples.haproxy.config.GivenConfig.MINIMAL;
import static io.tandemsip.examples.haproxy.config.GivenConfig.TWO;
import static io.tandemsip.examples.haproxy.config.GivenConfig.eventSocket;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.takeover.TakeoverPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TakeoverReaderTest {
    private static final String KEY = "000102030405060708090a0b0c0d0e0f";
    private static final GivenSecrets SECRETS = new GivenSecrets(Map.of("TANDEM_KEY", KEY), Map.of());
    private static final String DATABASE =
            "database: {url: \"jdbc:postgresql://127.0.0.1/freeswitch\", user: fs, password: {env: TANDEM_KEY}}";

    private static String takeover(String nodes, String inner) {
        return eventSocket("{password: {env: TANDEM_KEY}}", nodes)
                + "store: {redis: {url: \"redis://127.0.0.1\"}}\ntakeover: " + inner + "\n";
    }

    private static ProxyConfig good(String text) {
        return GivenConfig.good(text, SECRETS);
    }

    private static List<String> mistakes(String text) {
        return GivenConfig.mistakes(text, SECRETS);
    }

    @Test
    void takeover_isOffUnlessItIsConfigured() {
        assertThat(good(MINIMAL).takeover()).isEmpty();
        ProxyConfig config =
                good(takeover(TWO, "{profile: sip, downFor: 500ms, recoveryTimeout: 20s, " + DATABASE + "}"));
        TakeoverConfig takeover = config.takeover().orElseThrow();
        assertThat(takeover.policy())
                .isEqualTo(TakeoverPolicy.on()
                        .withDownFor(Duration.ofMillis(500))
                        .withRecoveryTimeout(Duration.ofSeconds(20)));
        assertThat(takeover.profile()).isEqualTo("sip");
        assertThat(takeover.database())
                .isEqualTo(new StoreConfig.Postgres(
                        "jdbc:postgresql://127.0.0.1/freeswitch",
                        Optional.of(new StoreConfig.Login(Optional.of("fs"), KEY)),
                        Optional.empty()));
        assertThat(takeover.concerned(config.nodes())).hasSize(2);
        assertThat(config.toString()).doesNotContain(KEY);
        TakeoverConfig defaults =
                good(takeover(TWO, "{" + DATABASE + "}")).takeover().orElseThrow();
        assertThat(defaults.profile()).isEqualTo("external");
        assertThat(defaults.policy().recoveryTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    /** Fails when a group's nodes are checked with nodes that are in none, or the other way round. */
    @Test
    void takeover_ofAGroup_concernsItsNodesOnly() {
        String nodes = "[{id: fs1, uri: \"sip:127.0.0.11:5080\", attributes: {db: one}}, {id: fs2, uri:"
                + " \"sip:127.0.0.12:5080\", attributes: {db: one}}, {id: fs3, uri: \"sip:fs3.example.org\"}]";
        ProxyConfig config = good(takeover(nodes, "{group: db, " + DATABASE + "}"));
        assertThat(config.takeover().orElseThrow().concerned(config.nodes()))
                .extracting(node -> node.id().value())
                .containsExactly("fs1", "fs2");
        assertThat(mistakes(takeover(nodes.replaceFirst("db: one", "db: two"), "{group: db, " + DATABASE + "}")))
                .containsExactly(
                        "proxy.yaml:8: takeover: db two: take-over: 1 node; expected two that share a database",
                        "proxy.yaml:8: takeover: db one: take-over: 1 node; expected two that share a database");
        assertThat(mistakes(takeover(nodes, "{group: dbs, " + DATABASE + "}")))
                .containsExactly("proxy.yaml:8: takeover.group: dbs; expected an attribute that nodes have");
    }

    /** Fails when what a take-over can't do without is found out only once a node is dead. */
    @Test
    void takeover_withoutWhatItNeeds_saysWhatAndWhy() {
        String alone = MINIMAL + "takeover: {" + DATABASE + "}\n";
        assertThat(mistakes(alone))
                .containsExactly(
                        "proxy.yaml:1: store: missing; expected redis or postgres beside takeover: one proxy acts, and all"
                                + " that share it obey",
                        "proxy.yaml:7: takeover: media: take-over: 1 node; expected two that share a database",
                        "proxy.yaml:7: takeover: media: node fs1: event socket: none; expected one, over which it is told"
                                + " to recover");
        String named = "[{id: fs1, uri: \"sip:fs1.example.org\", attributes: {switchname: x}}, {id: fs2, uri:"
                + " \"sip:127.0.0.12\", attributes: {switchname: x, media-address: pub.example.org}}]";
        assertThat(mistakes(takeover(named, "{" + DATABASE + "}")))
                .containsExactly(
                        "proxy.yaml:8: takeover: media: node fs1: host: \"fs1.example.org\"; expected an IP address, by"
                                + " which its packets are known",
                        "proxy.yaml:8: takeover: media: node fs1: media-address: \"fs1.example.org\"; expected the IP"
                                + " address at which it receives media",
                        "proxy.yaml:8: takeover: media: node fs2: switchname: that of node fs1; expected a name of its own,"
                                + " since rows are told apart by it",
                        "proxy.yaml:8: takeover: media: node fs2: media-address: \"pub.example.org\"; expected the IP"
                                + " address at which it receives media");
    }

    @Test
    void takeover_mistakesNameThePlaceAndNeverThePassword() {
        assertThat(mistakes(takeover(TWO, "{profil: x}")))
                .containsExactly(
                        "proxy.yaml:8: takeover.profil: unknown key; expected one of profile, downFor, recoveryTimeout,"
                                + " group, database; did you mean profile?",
                        "proxy.yaml:8: takeover.database: missing; expected url, user and password of the PostgreSQL that"
                                + " the nodes share (core-db-dsn)");
        assertThat(mistakes(takeover(
                        TWO,
                        "{profile: a b, downFor: 0s, database: {url: \"jdbc:postgresql://h/d?password=horse\", schema:"
                                + " x}}")))
                .containsExactly(
                        "proxy.yaml:8: takeover.downFor: 0s; expected more than zero",
                        "proxy.yaml:8: takeover.profile: a b; expected the name of a SIP profile",
                        "proxy.yaml:8: takeover.database.schema: unknown key; expected one of url, user, password",
                        "proxy.yaml:8: takeover.database.url: (not shown); expected no password in it, but user and"
                                + " password beside it");
    }
}
