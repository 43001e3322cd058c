package io.tandemsip.core.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.core.affinity.CookieReading.Reason;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;

/** D3: nothing but this router's own cookie for this very dialog decides a route. */
class CookiePropertiesTest {
    private static final byte[] SECRET = "an old secret of 32 bytes, more.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OTHER = "a new secret of 32 bytes, more..".getBytes(StandardCharsets.US_ASCII);
    private static final List<NodeId> NODES = List.of(NodeId.of("fs1"), NodeId.of("fs2"), NodeId.of("fs3"));

    private final CookieCodec codec = codec(AffinityKeys.of(3, SECRET));

    private static CookieCodec codec(AffinityKeys keys) {
        CookieCodec made = new CookieCodec(keys);
        made.nodes(NODES);
        return made;
    }

    @Property
    void d2_aCookieTellsItsOwner_inBothOrientationsAndAnyCase(
            @ForAll @NotEmpty String callId,
            @ForAll String caller,
            @ForAll String callee,
            @ForAll @IntRange(max = 2) int node,
            @ForAll @LongRange(min = 0, max = 0xFFFF_FFFFL) long epoch,
            @ForAll @StringLength(max = 128) String life) {
        Incarnation incarnation = new Incarnation(life);
        String cookie = codec.write(callId, caller, NODES.get(node), incarnation, epoch);
        CookieReading expected = new CookieReading.Valid(NODES.get(node), CookieCodec.hash(incarnation), epoch);
        assertThat(cookie).hasSize(CookieCodec.LENGTH).matches("[a-z2-7]{39}");
        assertThat(codec.read(cookie, callId, caller, callee)).isEqualTo(expected);
        assertThat(codec.read(cookie, callId, callee, caller)).isEqualTo(expected);
        assertThat(codec.read(cookie.toUpperCase(Locale.ROOT), callId, caller, callee))
                .isEqualTo(expected);
    }

    /** Fails when the signature leaves out any one field, or when left-over bits are not looked at. */
    @Property
    void d3_anyOtherCharacter_breaksIt(
            @ForAll @IntRange(max = CookieCodec.LENGTH - 1) int at, @ForAll @IntRange(min = 1, max = 31) int shift) {
        String cookie = codec.write("call", "a", NODES.get(0), Incarnation.UNKNOWN, 7);
        String alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        char other = alphabet.charAt((alphabet.indexOf(cookie.charAt(at)) + shift) % 32);
        String forged = cookie.substring(0, at) + other + cookie.substring(at + 1);
        assertThat(codec.read(forged, "call", "a", "b")).isInstanceOf(CookieReading.Rejected.class);
    }

    /** Fails when the Call-ID or the tag is left out of what is signed, or when they are joined without a length. */
    @Property
    void d3_aCookieOfAnotherDialog_doesNotCount(
            @ForAll @NotEmpty @AlphaChars String callId, @ForAll @AlphaChars String tag) {
        String cookie = codec.write(callId, tag, NODES.get(1), Incarnation.UNKNOWN, 0);
        Object bad = new CookieReading.Rejected(Reason.BAD_SIGNATURE);
        assertThat(codec.read(cookie, callId + "x", tag, "b9")).isEqualTo(bad);
        assertThat(codec.read(cookie, callId, tag + "x", "b9")).isEqualTo(bad);
        assertThat(codec.read(cookie, callId + tag, "", "b9"))
                .isEqualTo(tag.isEmpty() ? codec.read(cookie, callId, tag, "b9") : bad);
    }

    @Property
    void d3_whateverIsFoundThere_neverThrows(@ForAll String text) {
        assertThat(codec.read(text, "call", "a", "b")).isInstanceOf(CookieReading.Rejected.class);
    }

    @Property
    void d3_aTruncatedCookie_isMalformed(@ForAll @IntRange(max = CookieCodec.LENGTH - 1) int length) {
        String cookie = codec.write("call", "a", NODES.get(0), Incarnation.UNKNOWN, 0);
        assertThat(codec.read(cookie.substring(0, length), "call", "a", "b"))
                .isEqualTo(new CookieReading.Rejected(Reason.MALFORMED));
    }

    @Example
    void d3_anotherKey_doesNotCount_whetherItsIdIsKnownOrNot() {
        String cookie = codec(AffinityKeys.of(3, OTHER)).write("call", "a", NODES.get(0), Incarnation.UNKNOWN, 0);
        assertThat(codec.read(cookie, "call", "a", "b")).isEqualTo(new CookieReading.Rejected(Reason.BAD_SIGNATURE));
        String foreign = codec(AffinityKeys.of(4, OTHER)).write("call", "a", NODES.get(0), Incarnation.UNKNOWN, 0);
        assertThat(codec.read(foreign, "call", "a", "b")).isEqualTo(new CookieReading.Rejected(Reason.UNKNOWN_KEY));
    }

    /** The overlap of a key change: old cookies hold while the old key is accepted. */
    @Example
    void d2_duringAKeyChange_oldAndNewCookiesHold() {
        String old = codec.write("call", "a", NODES.get(0), Incarnation.UNKNOWN, 0);
        CookieCodec changed = codec(AffinityKeys.of(4, OTHER).accepting(3, SECRET));
        CookieReading owner = new CookieReading.Valid(NODES.get(0), 0, 0);
        assertThat(changed.read(old, "call", "a", "b")).isEqualTo(owner);
        String fresh = changed.write("call", "a", NODES.get(0), Incarnation.UNKNOWN, 0);
        assertThat(codec(AffinityKeys.of(3, SECRET).accepting(4, OTHER)).read(fresh, "call", "a", "b"))
                .isEqualTo(owner);
    }

    @Example
    void keys_areNeverPrinted_andMistakesNameTheField() {
        assertThat(AffinityKeys.of(3, SECRET).toString())
                .doesNotContain("secret")
                .contains("3");
        assertThatThrownBy(() -> AffinityKeys.of(16, SECRET)).hasMessageContaining("affinity key id: 16");
        assertThatThrownBy(() -> AffinityKeys.of(1, new byte[15])).hasMessageContaining("15 bytes");
        assertThatThrownBy(() -> AffinityKeys.of(3, SECRET).accepting(3, OTHER)).hasMessageContaining("3");
    }
}
