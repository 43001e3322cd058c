package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.error.StoreCorruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
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

    /** Fails when halves of surrogate pairs are let through. */
    @Property
    void whatIsStored_isWhatPostgresqlHolds(@ForAll("texts") String text) throws CharacterCodingException {
        String stored = StoredText.escaped(text);
        assertThat(stored).doesNotContain("\0");
        StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(stored));
    }

    @Property
    void aPath_comesBackAsItWas(@ForAll("texts") String first, @ForAll("texts") String second) {
        for (List<String> path : List.of(List.<String>of(), List.of(first), List.of(first, second))) {
            assertThat(ContactRow.path(ContactRow.path(path))).isEqualTo(path);
        }
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
    }
}
