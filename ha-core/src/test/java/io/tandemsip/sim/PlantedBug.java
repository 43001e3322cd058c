package io.tandemsip.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One change of the code that breaks a promise, to see that the simulator notices it. Immutable.
 *
 * @param name what is wrong, in a few words
 * @param file the source file below {@code io/tandemsip/core}
 * @param right the code as it is, which is there exactly once
 * @param wrong what it becomes
 * @param unseen why the simulator can't see it; empty if it must
 */
record PlantedBug(String name, String file, String right, String wrong, String unseen) {
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "tandemsip", "core");

    /** All of them, from the list beside this class: a name, the file, what goes and what comes. */
    static List<PlantedBug> all() throws IOException {
        List<PlantedBug> bugs = new ArrayList<>();
        try (InputStream list = Objects.requireNonNull(PlantedBug.class.getResourceAsStream("planted-bugs.txt"))) {
            String text = new String(list.readAllBytes(), UTF_8);
            for (String block : text.strip().split("\n\n+")) {
                bugs.add(read(block.lines().toList()));
            }
        }
        return bugs;
    }

    private static PlantedBug read(List<String> lines) {
        if (lines.size() < 4) {
            throw new IllegalArgumentException("planted bug: " + lines + "; expected a name, a file, - and + lines");
        }
        return new PlantedBug(lines.get(0), lines.get(1), part(lines, "- "), part(lines, "+ "), part(lines, "? "));
    }

    private static String part(List<String> lines, String mark) {
        return String.join(
                "\n",
                lines.stream()
                        .filter(line -> line.startsWith(mark))
                        .map(line -> line.substring(mark.length()))
                        .toList());
    }

    /** The class that the file is named after. */
    String className() {
        return "io.tandemsip.core." + file.replace(".java", "").replace('/', '.');
    }

    /** The source with the bug in it. */
    String source() throws IOException {
        String source = Files.readString(SOURCES.resolve(file));
        int at = source.indexOf(right);
        if (at < 0 || source.indexOf(right, at + 1) >= 0) {
            throw new IllegalStateException("planted bug \"" + name + "\": its code is there "
                    + (at < 0 ? "no more" : "more than once") + " in " + file + ": " + right);
        }
        return source.substring(0, at) + wrong + source.substring(at + right.length());
    }
}
