package io.tandemsip.examples.haproxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tandemsip.examples.haproxy.config.DurationText;
import java.time.Duration;
import java.util.Locale;

/** How far a drain has come, in one line. Immutable. */
public final class ProgressLine {
    private static final int WIDTH = 13;

    private ProgressLine() {}

    static String of(JsonNode drain) {
        double share = drain.path("share").asDouble();
        long left = drain.path("dialogsLeft").asLong();
        long oldestMillis = drain.path("oldestMillis").asLong();
        StringBuilder line = new StringBuilder()
                .append(drain.path("node").asText())
                .append("  ")
                .append(drain.path("state").asText().toLowerCase(Locale.ROOT).replace('_', ' '))
                .append("  ")
                .append(left)
                .append(left == 1 ? " dialog" : " dialogs");
        if (left > 0 && oldestMillis > 0) {
            line.append("  oldest ").append(DurationText.brief(Duration.ofMillis(oldestMillis)));
        }
        JsonNode medianLeft = drain.path("medianLeftMillis");
        if (left > 0 && medianLeft.isNumber()) {
            line.append("  median left ").append(DurationText.brief(Duration.ofMillis(medianLeft.asLong())));
        }
        return line.append("  ")
                .append(bar(share))
                .append(' ')
                .append(percent(share))
                .append(" %")
                .toString();
    }

    private static long percent(double share) {
        return (long) Math.floor(share * 100 + 1e-9);
    }

    /** Thirteen characters in half steps; full only when all is done. */
    public static String bar(double share) {
        int halves = (int) Math.min(share >= 1 ? 2 * WIDTH : 2 * WIDTH - 1, Math.ceil(share * 2 * WIDTH));
        int full = halves / 2;
        int half = halves % 2;
        return "━".repeat(full) + "╸".repeat(half) + "─".repeat(WIDTH - full - half);
    }
}
