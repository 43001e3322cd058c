package io.tandemsip.examples.haproxy.config;

import static io.tandemsip.examples.haproxy.config.GivenConfig.MINIMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.jainsip.EdgePolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class EdgeReaderTest {
    private static EdgePolicy good(String edge) {
        return GivenConfig.good(MINIMAL + edge, GivenSecrets.NONE).edge();
    }

    private static List<String> mistakes(String edge) {
        return GivenConfig.mistakes(MINIMAL + edge, GivenSecrets.NONE);
    }

    @Test
    void read_whenNothingIsSaid_keepsTheDefaults() {
        assertThat(good("")).isEqualTo(EdgePolicy.defaults());
        assertThat(good("edge: {newRequests: {}}\n")).isEqualTo(EdgePolicy.defaults());
    }

    @Test
    void read_whenEverythingIsSet_takesEverything() {
        assertThat(good("""
                        edge:
                          trusted: [10.20.0.0/16, "2001:db8::/32", 192.0.2.1]
                          domains:
                            - example.org
                            - "[2001:db8::5]"
                          strippedHeaders: [X-Billing, P-Asserted-Identity]
                          newRequests: {perSource: 0.5, total: 500}
                        """))
                .isEqualTo(EdgePolicy.defaults()
                        .withTrusted(List.of("10.20.0.0/16", "2001:db8::/32", "192.0.2.1"))
                        .withDomains(List.of("example.org", "[2001:db8::5]"))
                        .withStrippedHeaders(List.of("X-Billing", "P-Asserted-Identity"))
                        .withNewRequestLimits(0.5, 500));
    }

    @Test
    void read_whenOneLimitIsSet_leavesTheOtherOff() {
        assertThat(good("edge: {newRequests: {perSource: 20}}\n"))
                .isEqualTo(EdgePolicy.defaults().withNewRequestLimits(20, Double.POSITIVE_INFINITY));
        assertThat(good("edge: {newRequests: {total: 20}}\n"))
                .isEqualTo(EdgePolicy.defaults().withNewRequestLimits(Double.POSITIVE_INFINITY, 20));
    }

    @Test
    void read_whenNoHeaderIsToBeStripped_stripsNone() {
        assertThat(good("edge: {strippedHeaders: []}\n"))
                .isEqualTo(EdgePolicy.defaults().withStrippedHeaders(List.of()));
    }

    /** Fails when a mistake is told without field, value or what was expected, or keeps others from being told. */
    @Test
    void read_whenMuchIsWrong_tellsAllOfItAtOnce() {
        assertThat(mistakes("""
                        edge:
                          trusted: [gateway.example.org, 10.0.0.0/33]
                          domains: example.org
                          strippedHeaders: ["P-Asserted-Identity:", [X]]
                          newRequests: {perSource: 0, total: many, perAddress: 3}
                          limits: 5
                        """))
                .containsExactly(
                        "proxy.yaml:8: edge.trusted[0]: gateway.example.org; expected an address or a range such as"
                                + " 10.0.0.0/8 or 2001:db8::/32",
                        "proxy.yaml:8: edge.trusted[1]: 10.0.0.0/33; expected an address or a range such as 10.0.0.0/8 or"
                                + " 2001:db8::/32",
                        "proxy.yaml:9: edge.domains: example.org; expected a list",
                        "proxy.yaml:10: edge.strippedHeaders[1]: a list; expected a single value",
                        "proxy.yaml:10: edge.strippedHeaders[0]: P-Asserted-Identity:; expected the name of a header",
                        "proxy.yaml:11: edge.newRequests.perAddress: unknown key; expected one of perSource, total",
                        "proxy.yaml:11: edge.newRequests.perSource: 0; expected more than 0, a million at most",
                        "proxy.yaml:11: edge.newRequests.total: many; expected a number",
                        "proxy.yaml:12: edge.limits: unknown key; expected one of trusted, domains, strippedHeaders,"
                                + " newRequests");
    }
}
