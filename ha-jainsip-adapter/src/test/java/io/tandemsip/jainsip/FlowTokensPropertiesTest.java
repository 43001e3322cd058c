package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class FlowTokensPropertiesTest {
    private final FlowTokens tokens = new FlowTokens("a key that one proxy has".getBytes(StandardCharsets.UTF_8));
    private final FlowTokens others = new FlowTokens("a key of another proxy's".getBytes(StandardCharsets.UTF_8));

    @Provide
    Arbitrary<Flow> flows() {
        Arbitrary<InetAddress> addresses = Arbitraries.of(4, 16)
                .flatMap(bytes -> Arbitraries.bytes().array(byte[].class).ofSize(bytes))
                .map(FlowTokensPropertiesTest::address);
        return Combinators.combine(
                        Arbitraries.integers().between(0, 100),
                        addresses,
                        Arbitraries.integers().between(0, 65_535))
                .as(Flow::new);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Fails when a part of it is not written, or read from where another is. */
    @Property
    void aToken_isReadByItsWriterOnly_inAnyCase(@ForAll("flows") Flow flow) {
        String token = tokens.write(flow);
        assertThat(token).matches("[a-z0-9]+");
        assertThat(FlowTokens.isToken(token)).isTrue();
        assertThat(tokens.read(token)).contains(flow);
        assertThat(tokens.read(token.toUpperCase(Locale.ROOT).replaceFirst("TF", "tf")))
                .contains(flow);
        assertThat(others.read(token)).isEmpty();
    }

    /** D3. Fails when a byte of a flow is not signed, as with the tag made of the address alone. */
    @Property
    void aToken_whenOneDigitIsAnother_isNone(
            @ForAll("flows") Flow flow,
            @ForAll @IntRange(max = 1_000) int where,
            @ForAll @IntRange(min = 1, max = 15) int by) {
        String token = tokens.write(flow);
        int at = FlowTokens.PREFIX.length() + where % (token.length() - FlowTokens.PREFIX.length());
        char other = Character.forDigit((Character.digit(token.charAt(at), 16) + by) % 16, 16);
        assertThat(tokens.read(token.substring(0, at) + other + token.substring(at + 1)))
                .isEmpty();
        assertThat(tokens.read(token.substring(0, at))).isEmpty();
    }

    @Property
    void anything_isNoToken_andBreaksNothing(@ForAll @StringLength(max = 100) String text) {
        assertThat(tokens.read(text)).isEmpty();
        assertThat(tokens.read(FlowTokens.PREFIX + text)).isEmpty();
    }
}
