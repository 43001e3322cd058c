package io.tandemsip.examples.haproxy.config;

import static io.tandemsip.examples.haproxy.config.GivenConfig.MINIMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.examples.haproxy.config.RegistrationsConfig.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RegistrationsReaderTest {
    private static RegistrationsConfig good(String text) {
        return GivenConfig.good(MINIMAL + text, GivenSecrets.NONE).registrations();
    }

    private static List<String> mistakes(String text) {
        return GivenConfig.mistakes(MINIMAL + text, GivenSecrets.NONE);
    }

    @Test
    void read_takesWhatIsSaid() {
        assertThat(good("")).isEqualTo(RegistrationsConfig.DEFAULTS);
        for (Kind kind : List.of(Kind.NODES, Kind.NODES_BY_PATH, Kind.NODES_AND_STORE)) {
            assertThat(good("registrations: {to: " + kind.text() + "}\n"))
                    .isEqualTo(new RegistrationsConfig(kind, List.of(), Optional.empty(), OptionalInt.empty()));
        }
        assertThat(good("registrations: {to: store, from: [10.0.0.0/8]}\n"))
                .isEqualTo(new RegistrationsConfig(
                        Kind.STORE, List.of("10.0.0.0/8"), Optional.empty(), OptionalInt.empty()));
    }

    @Test
    void read_takesHowManyRingAtOnce() {
        assertThat(good("registrations: {to: nodes-and-store, contactsAtOnce: 3}\n"))
                .isEqualTo(
                        new RegistrationsConfig(Kind.NODES_AND_STORE, List.of(), Optional.empty(), OptionalInt.of(3)));
    }

    @Test
    void read_whenItIsWrong_tellsWhatIsExpected() {
        assertThat(mistakes("registrations: {to: everybody}\n"))
                .singleElement()
                .asString()
                .contains("registrations.to", "everybody", "nodes-by-path");
        assertThat(mistakes("registrations: {to: store}\n"))
                .singleElement()
                .asString()
                .contains("registrations.from", "networks");
        assertThat(mistakes("registrations: {to: store, from: [office]}\n"))
                .singleElement()
                .asString()
                .contains("registrations.from", "office", "10.0.0.0/8");
        assertThat(mistakes("registrations: {to: nodes-by-path, contactsAtOnce: 21}\n"))
                .singleElement()
                .asString()
                .contains("registrations.contactsAtOnce", "21", "20");
        assertThat(mistakes("registrations: {to: nodes, from: [10.0.0.0/8]}\n"))
                .singleElement()
                .asString()
                .contains("registrations.from", "nodes say");
    }

    @Test
    void read_takesTheFlowKey_andNeverShowsIt() {
        String hex = "0123456789abcdef".repeat(2);
        Secrets secrets = new GivenSecrets(Map.of("FLOWS", hex), Map.of());
        RegistrationsConfig found = GivenConfig.good(
                        MINIMAL + "registrations: {to: nodes-by-path, flowKey: {env: FLOWS}}\n", secrets)
                .registrations();
        assertThat(found)
                .isEqualTo(new RegistrationsConfig(
                        Kind.NODES_BY_PATH, List.of(), Optional.of(new FlowKey(hex)), OptionalInt.empty()));
        assertThat(found.toString()).doesNotContain(hex);
        assertThat(mistakes("registrations: {to: nodes-by-path, flowKey: {env: FLOWS}}\n"))
                .singleElement()
                .asString()
                .contains("registrations.flowKey.env", "FLOWS", "environment");
        assertThat(GivenConfig.mistakes(
                        MINIMAL + "registrations: {to: nodes, flowKey: {file: k}}\n",
                        new GivenSecrets(Map.of(), Map.of("k", "abcd"))))
                .singleElement()
                .asString()
                .contains("16 bytes")
                .doesNotContain("abcd");
    }
}
