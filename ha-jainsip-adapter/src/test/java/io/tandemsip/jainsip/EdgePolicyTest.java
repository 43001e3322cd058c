package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class EdgePolicyTest {
    /** Fails when what can match no request is taken in silence. */
    @Test
    void names_thatCanBeNone_areRefused() {
        EdgePolicy policy = EdgePolicy.defaults();
        assertThatThrownBy(() -> policy.withDomains(List.of("example.org", "sip:example.org")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("domain: \"sip:example.org\"; expected the host part of a Request-URI");
        assertThatThrownBy(() -> policy.withStrippedHeaders(List.of("X-Billing:")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("header: \"X-Billing:\"; expected the name of a header");
    }

    @Test
    void names_areEqualInAnyCase() {
        EdgePolicy policy = EdgePolicy.defaults();
        assertThat(policy.withDomains(List.of("Example.org", "[2001:DB8::5]")).domains())
                .containsExactlyInAnyOrder("example.org", "[2001:db8::5]");
        EdgePolicy one = policy.withStrippedHeaders(List.of("X-Billing"));
        EdgePolicy other = policy.withStrippedHeaders(List.of("x-billing"));
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
    }
}
