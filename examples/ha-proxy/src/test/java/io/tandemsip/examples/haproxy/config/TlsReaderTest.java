package io.tandemsip.examples.haproxy.config;

import static io.tandemsip.examples.haproxy.config.GivenConfig.MINIMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.examples.haproxy.KeyStores;
import io.tandemsip.node.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsReaderTest {
    private static final Secrets SECRETS =
            new GivenSecrets(Map.of("GOOD", KeyStores.PASSWORD, "BAD", "another"), Map.of());

    @TempDir
    static Path folder;

    private static KeyStores stores;

    @BeforeAll
    static void make() throws Exception {
        stores = KeyStores.in(folder);
    }

    private static String store(String file, String password) {
        return "{file: \"" + stores.file(file) + "\", password: {env: " + password + "}}";
    }

    private static List<String> mistakes(String text) {
        return GivenConfig.mistakes(MINIMAL + text, SECRETS);
    }

    @Test
    void read_takesWhatIsSaid_withoutShowingPasswords() {
        String trust = store("trust.p12", "GOOD");
        ProxyConfig config = GivenConfig.good(
                MINIMAL.replace(
                                "listen:\n",
                                "listen:\n  - {transport: tls, host: 127.0.0.1, port: 5061}\n"
                                        + "  - {transport: wss, host: 127.0.0.1, port: 7443}\n")
                        + "tls: {keyStore: " + store("proxy.p12", "GOOD") + ", trustStore: " + trust
                        + ", mutual: true}\n",
                SECRETS);
        assertThat(config.listen())
                .extracting(ListeningPointConfig::transport)
                .containsExactly(Transport.TLS, Transport.WSS, Transport.UDP);
        TlsConfig tls = config.tls().orElseThrow();
        assertThat(tls.mutual()).isTrue();
        assertThat(tls.keyStore().file()).isEqualTo(Path.of(stores.file("proxy.p12")));
        assertThat(tls.keyStore().password()).isEqualTo(KeyStores.PASSWORD);
        assertThat(tls.trustStore()).map(TlsConfig.Store::file).contains(Path.of(stores.file("trust.p12")));
        assertThat(tls.toString()).doesNotContain(KeyStores.PASSWORD);
        assertThat(GivenConfig.good(MINIMAL, SECRETS).tls()).isEqualTo(Optional.empty());
    }

    @Test
    void read_whenItIsWrong_tellsWhatIsExpected() {
        assertThat(GivenConfig.mistakes(MINIMAL.replace("udp", "wss"), SECRETS))
                .singleElement()
                .asString()
                .contains("tls", "key store");
        assertThat(mistakes("tls: {mutual: true}\n")).hasSize(2).anyMatch(each -> each.contains("tls.trustStore"));
        assertThat(mistakes("tls: {keyStore: " + store("proxy.p12", "BAD") + "}\n"))
                .singleElement()
                .asString()
                .contains("tls.keyStore.file", "password opens")
                .doesNotContain("another");
        assertThat(mistakes("tls: {keyStore: " + store("trust.p12", "GOOD") + "}\n"))
                .singleElement()
                .asString()
                .contains("tls.keyStore.file", "a key in it");
        assertThat(mistakes("tls: {keyStore: " + store("nothing.p12", "GOOD") + "}\n"))
                .singleElement()
                .asString()
                .contains("tls.keyStore.file", "can be read");
        assertThat(mistakes("tls: {keyStore: {file: \"" + stores.file("proxy.cer") + "\", password: {env: GOOD}}}\n"))
                .singleElement()
                .asString()
                .contains("tls.keyStore.file", "key store");
    }
}
