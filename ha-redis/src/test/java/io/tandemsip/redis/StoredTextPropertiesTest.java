package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any text can be stored, and comes back as it was. */
class StoredTextPropertiesTest {
    /** Every char that exists, those that make trouble more often. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                        Arbitraries.chars().all(), Arbitraries.of('\\', '\0', 'u', '0', '\ud83d', '\ude00', '\n'))
                .list()
                .ofMaxSize(12)
                .map(chars -> {
                    StringBuilder text = new StringBuilder();
                    chars.forEach(text::append);
                    return text.toString();
                });
    }

    /** Fails when the backslash is not doubled. */
    @Property
    void anyText_comesBackAsItWas(@ForAll("texts") String text) {
        assertThat(StoredText.unescaped(StoredText.escaped(text))).isEqualTo(text);
    }

    /** Fails when halves of surrogate pairs, or newlines, are let through. */
    @Property
    void whatIsStored_isOneLineOfUtf8(@ForAll("texts") String text) throws CharacterCodingException {
        String stored = StoredText.escaped(text);
        assertThat(stored).doesNotContain("\n");
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(stored));
    }

    /** Fails when a field is not escaped. */
    @Property
    void aBinding_comesBackAsItWas(
            @ForAll("texts") String callId,
            @ForAll("texts") String firstTag,
            @ForAll("texts") String secondTag,
            @ForAll("texts") String life,
            @ForAll long epoch,
            @ForAll DialogPhase phase) {
        Assume.that(!callId.isEmpty() && epoch >= 0);
        DialogBinding binding = new DialogBinding(
                new DialogId(callId, firstTag, secondTag), NodeId.of("fs1"), new Incarnation(life), epoch, phase);
        assertThat(DialogValue.binding(DialogValue.of(binding, DialogName.of(binding.dialog()))))
                .isEqualTo(binding);
    }

    /** Fails when the parts of a name are put together without anything between them. */
    @Property
    void differentDialogs_haveDifferentNames(
            @ForAll("texts") String a, @ForAll("texts") String b, @ForAll("texts") String c) {
        Assume.that(!a.isEmpty() && !b.isEmpty());
        DialogId one = new DialogId(a, b + c, "x");
        DialogId other = new DialogId(a + b, c, "x");
        assertThat(DialogName.of(one)).isNotEqualTo(DialogName.of(other));
        assertThat(DialogName.of(one)).isEqualTo(DialogName.of(one.reversed()));
    }

    @Example
    void usualText_isStoredAsItIs() {
        assertThat(StoredText.escaped("a84b4c76e66710@pc33.example.org")).isEqualTo("a84b4c76e66710@pc33.example.org");
    }

    @Example
    void whatNobodyWrites_isCorrupt() {
        for (String stored : List.of("\\", "\\u12", "\\uzzzz", "\\x0041")) {
            assertThatThrownBy(() -> StoredText.unescaped(stored)).isInstanceOf(StoreCorruptException.class);
        }
        for (String value : List.of(
                "", "1", "1C", "1C0\nfs1\n\nc\na", "1Q0\nfs1\n\nc\na\nb", "1C\nfs1\n\nc\na\nb", "1C0\nfs1\n\n\na\nb")) {
            assertThatThrownBy(() -> DialogValue.binding(value)).isInstanceOf(StoreCorruptException.class);
        }
        assertThatThrownBy(() -> ContactValue.read("1x\n1\nc\n0\n0\nu\n\n\n", 0))
                .isInstanceOf(StoreCorruptException.class);
    }
}
