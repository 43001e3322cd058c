package io.tandemsip.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HashKeyTest {
    @Test
    void from_ofOneCaller_isTheSameWhateverTheFormOfTheHeader() {
        for (String value : new String[] {
            "<sip:alice@Example.org>;tag=88a7s",
            "\"Alice <the first>\" <sip:alice@example.ORG;transport=tcp>;tag=other",
            "Alice <sips:alice@example.org?subject=x>",
            "sip:alice@example.org;tag=88a7s",
            "\"A \\\" <b>\" <SIP:alice@example.org>"
        }) {
            CallRequest call = call(Map.of("From", value));
            assertThat(HashKey.from().of(call)).as(value).isEqualTo("alice@example.org");
            assertThat(HashKey.from().user().of(call)).as(value).isEqualTo("alice");
        }
    }

    @Test
    void to_keepsPortAndUserParameters() {
        assertThat(HashKey.to().of(call(Map.of("To", "<sip:+1;ext=2@h:5070;lr>"))))
                .isEqualTo("+1;ext=2@h:5070");
        assertThat(HashKey.to().of(call(Map.of("To", "<tel:+4930123;ext=1>")))).isEqualTo("+4930123");
    }

    @Test
    void requestUri_leavesParametersAside() {
        CallRequest call = CallRequest.builder("c", "t")
                .requestUri("sip:conf-7@Mix.example.org;transport=udp")
                .build();
        assertThat(HashKey.requestUri().of(call)).isEqualTo("conf-7@mix.example.org");
        assertThat(HashKey.requestUri().of(CallRequest.invite("c", "t"))).isEmpty();
    }

    @Test
    void authUser_prefersTheProxysCredentials() {
        assertThat(HashKey.authUser()
                        .of(call(Map.of(
                                "Authorization", "Digest username=\"other\"",
                                "Proxy-Authorization", "Digest realm=\"r\", Username = \"bob@x\", nonce=\"n\""))))
                .isEqualTo("bob@x");
        assertThat(HashKey.authUser().of(call(Map.of("Authorization", "Digest username=bob,realm=x"))))
                .isEqualTo("bob");
        assertThat(HashKey.authUser().of(call(Map.of("Authorization", "Digest username=\""))))
                .isEmpty();
    }

    @Test
    void everyKey_ofACallWithoutTheThing_isEmptyAndThrowsNothing() {
        for (String name : new String[] {"from", "to", "request-uri", "auth-user", "from-user", "header X-Room"}) {
            HashKey key = HashKey.byName(name).orElseThrow();
            assertThat(key.of(CallRequest.invite("c", "t"))).as(name).isEmpty();
            for (String rubbish : new String[] {"", "<", ">", "@", "\"", "\\", "<sip:>", "\"<\\", ":", "?@", ";@?"}) {
                assertThat(key.of(CallRequest.builder("c", "t")
                                .requestUri(rubbish)
                                .headers(any -> Optional.of(rubbish))
                                .build()))
                        .isNotNull();
            }
        }
        assertThat(HashKey.byName("call-id").orElseThrow().of(CallRequest.invite("c", "t")))
                .isEqualTo("c");
        assertThat(HashKey.byName("colour")).isEmpty();
    }

    private static CallRequest call(Map<String, String> headers) {
        return CallRequest.builder("c", "t")
                .headers(name -> Optional.ofNullable(headers.get(name)))
                .build();
    }
}
