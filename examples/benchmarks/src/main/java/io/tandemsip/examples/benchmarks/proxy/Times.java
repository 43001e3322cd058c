package io.tandemsip.examples.benchmarks.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Times in milliseconds, and what SIPp and the JVM wrote of them. Not thread-safe. */
final class Times {
    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms$");

    private final List<Double> millis = new ArrayList<>();

    /** How long callers waited for the 200 of their INVITEs, from the files that SIPp left in a folder; deletes them. */
    void addSetUps(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.getFileName().toString().endsWith("_rtt.csv"))
                    .toList()) {
                Files.readAllLines(file).stream()
                        .skip(1)
                        .forEach(line -> millis.add(Double.valueOf(line.split(";")[1])));
                Files.delete(file);
            }
        }
    }

    /** Pauses that a JVM's collector made, from its log; none where there is no JVM. */
    void addPauses(Path log) throws IOException {
        if (Files.exists(log)) {
            Files.readAllLines(log).stream()
                    .map(PAUSE::matcher)
                    .filter(Matcher::find)
                    .forEach(found -> millis.add(Double.valueOf(found.group(1))));
        }
    }

    void clear() {
        millis.clear();
    }

    /** The median, the one that a share of them, 0 to 1, does not exceed, and how many there are. */
    String summary(double share) {
        List<Double> sorted = millis.stream().sorted().toList();
        return sorted.isEmpty()
                ? "none"
                : String.format(Locale.ROOT, "%.1f, %.1f of %d", at(sorted, 0.5), at(sorted, share), sorted.size());
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * share) - 1));
    }
}
