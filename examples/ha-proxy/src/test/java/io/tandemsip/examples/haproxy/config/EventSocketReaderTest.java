package io.tandemsip.examples.haproxy.config;

import static io.tandemsip.examples.haproxy.config.GivenConfig.MINIMAL;
import static io.tandemsip.examples.haproxy.config.GivenConfig.TWO;
import static io.tandemsip.examples.haproxy.config.GivenConfig.eventSocket;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventSocketReaderTest {
    private static final String KEY = "000102030405060708090a0b0c0d0e0f";
    private static final GivenSecrets SECRETS =
            new GivenSecrets(Map.of("TANDEM_KEY", KEY), Map.of("old.hex", KEY + "\n"));

    private static ProxyConfig good(String text) {
        return GivenConfig.good(text, SECRETS);
    }

    private static List<String> mistakes(String text, Secrets secrets) {
        return GivenConfig.mistakes(text, secrets);
    }

    @Test
    void eventSockets_areThoseOfThePoolUnlessANodeHasItsOwn() {
        ProxyConfig config = good(eventSocket(
                "{port: 8030, password: {env: TANDEM_KEY}, nodes: {fs1: {port: 8031, password: {file: old.hex}}}}",
                TWO));
        assertThat(config.nodes())
                .extracting(node -> config.eventSockets().of(node).orElseThrow().toString())
                .containsExactly("127.0.0.11:8031", "10.0.0.2:8022");
        assertThat(config.eventSockets().toString()).doesNotContain(KEY);
        assertThat(good(MINIMAL).eventSockets()).isEqualTo(EventSockets.NONE);
    }

    @Test
    void eventSockets_mistakesNameThePlaceAndNeverThePassword() {
        GivenSecrets odd = new GivenSecrets(Map.of("FS", "sec\u0007ret", "NONE", ""), Map.of());
        assertThat(mistakes(eventSocket("{port: 0, pasword: x, limits: some}", TWO), odd))
                .anySatisfy(
                        line -> assertThat(line).contains("eventSocket.limits").contains("configured or learned"))
                .anySatisfy(
                        line -> assertThat(line).contains("eventSocket.port").contains("1 to 65535"))
                .anySatisfy(line -> assertThat(line).contains("did you mean password"))
                .anySatisfy(line ->
                        assertThat(line).contains("eventSocket.password").contains("env or file"));
        assertThat(mistakes(eventSocket("{password: {env: FS}, nodes: {fs9: {password: {env: NONE}}}}", TWO), odd))
                .anySatisfy(line ->
                        assertThat(line).contains("eventSocket.password").contains("(not shown)"))
                .anySatisfy(line -> assertThat(line).contains("fs9").contains("a node of this pool"))
                .anySatisfy(line -> assertThat(line).contains("fs9.password").contains("1 to 256"))
                .noneSatisfy(line -> assertThat(line).contains("ret"));
        assertThat(mistakes(
                        eventSocket(
                                "{password: {env: TANDEM_KEY}}",
                                "[{id: fs1, uri: \"sip:127.0.0.11\", attributes: {event-socket: \"a b\", legs-per-call: two}}]"),
                        SECRETS))
                .anySatisfy(line -> assertThat(line).contains("event-socket").contains("a host"))
                .anySatisfy(line -> assertThat(line).contains("legs-per-call").contains("1 to 9"));
    }
}
