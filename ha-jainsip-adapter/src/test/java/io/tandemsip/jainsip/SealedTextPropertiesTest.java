package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class SealedTextPropertiesTest {
    private static final byte[] FIRST = "thirty-two bytes for tests only!".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SECOND = "thirty-two others for the tests!".getBytes(StandardCharsets.US_ASCII);

    private final SealedText first = new SealedText(() -> List.of(FIRST));
    private final SealedText second = new SealedText(() -> List.of(SECOND));
    private final SealedText both = new SealedText(() -> List.of(SECOND, FIRST));

    /** Fails when the key that seals is the only one that opens, or the kind is not part of what is sealed. */
    @Property
    void aText_isOpenedByWhoHasTheKeyAndAsWhatItIs(@ForAll String text, @ForAll String place) {
        String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String token = first.seal("uri", text, place);
        assertThat(token).matches("[A-Za-z0-9_-]+");
        assertThat(first.open("uri", token)).contains(valid);
        assertThat(both.open("uri", token)).contains(valid);
        assertThat(second.open("uri", token)).isEmpty();
        assertThat(first.open("via", token)).isEmpty();
    }

    /** Fails when the nonce is drawn, or made of the text alone. */
    @Property
    void aText_isSealedTheSameWayInOnePlaceAndAnotherWayInAnother(
            @ForAll String text, @ForAll @StringLength(max = 20) String place) {
        String token = first.seal("uri", text, place);
        assertThat(first.seal("uri", text, place)).isEqualTo(token);
        assertThat(first.seal("uri", text, place + "x")).isNotEqualTo(token);
        assertThat(first.seal("uri", text + "x", place).substring(0, 16)).isNotEqualTo(token.substring(0, 16));
    }

    /** D3. Fails when a token is decoded without regard to its unused bits, or not checked. */
    @Property
    void aToken_whenOneCharacterIsAnotherOrMissing_isNone(
            @ForAll @StringLength(max = 100) String text,
            @ForAll @IntRange(max = 1_000) int where,
            @ForAll @IntRange(min = 1, max = 63) int by) {
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        String token = first.seal("uri", text, "here");
        int at = where % token.length();
        char other = letters.charAt((letters.indexOf(token.charAt(at)) + by) % letters.length());
        assertThat(first.open("uri", token.substring(0, at) + other + token.substring(at + 1)))
                .isEmpty();
        assertThat(first.open("uri", token.substring(0, at) + token.substring(at + 1)))
                .isEmpty();
    }

    @Property
    void whatIsNoToken_opensAsNothing(@ForAll String text) {
        assertThat(first.open("uri", text)).isEmpty();
    }
}
