package io.tandemsip.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README shows is what is compiled here. */
class ReadmeTest {
    private static final Path README = Path.of("../../README.md");
    private static final Path SOURCE = Path.of("src/main/java/io/tandemsip/examples/quickstart/Quickstart.java");

    private static String between(String text, String begin, String end) {
        assertThat(text).contains(begin).contains(end);
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    /** Fails when either the example or the README changes alone. */
    @Test
    void readme_showsTheCompiledExample() throws IOException {
        assumeTrue(Files.exists(README), "no README.md here");
        String compiled = between(Files.readString(SOURCE), "// snippet\n", "// end of snippet");
        String shown = between(
                Files.readString(README),
                "<!-- snippet: examples/quickstart -->\n```java\n",
                "```\n<!-- end of snippet -->");
        assertThat(shown).isEqualTo(compiled.stripIndent());
    }
}
