package io.tandemsip.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Path SOURCE = Path.of("src/main/java/io/tandemsip/examples/quickstart/Quickstart.java");
    private static final Path README = Path.of("../../README.md");

    /** Fails when either is changed without the other, but for white space: the formatter breaks lines as it likes. */
    @Test
    void readme_showsTheExampleThatIsCompiled() throws IOException {
        String shown = between(README, "<!-- snippet: examples/quickstart -->", "<!-- end of snippet -->")
                .replace("```java", "")
                .replace("```", "");
        String compiled = between(SOURCE, "// snippet", "// end of snippet");
        assertThat(shown).contains("Tandem.builder()");
        assertThat(withoutSpace(shown)).isEqualTo(withoutSpace(compiled));
    }

    private static String between(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(from).contains(to);
        return text.substring(text.indexOf(from) + from.length(), text.indexOf(to));
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }
}
