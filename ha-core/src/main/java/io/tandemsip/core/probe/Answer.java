package io.tandemsip.core.probe;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A response to OPTIONS, as far as a probe needs it. Immutable.
 *
 * @param statusCode its status
 * @param headers the first value of each, by its full name in lower case
 */
record Answer(int statusCode, Map<String, String> headers) {
    private static final Pattern STATUS_LINE = Pattern.compile("SIP/2\\.0 ([1-6]\\d\\d)(?: .*)?");
    private static final Pattern LINE = Pattern.compile("\\r?\\n");
    private static final Pattern BRANCH = Pattern.compile("(?i);\\s*branch\\s*=\\s*([^;,\\s]+)");
    private static final Pattern SECONDS = Pattern.compile("(\\d{1,9}).*");
    private static final Map<String, String> COMPACT = Map.of("v", "via", "i", "call-id", "f", "from", "t", "to");

    /** What was read; null for what is no SIP response. */
    static @Nullable Answer read(String text) {
        String[] lines = LINE.split(text, -1);
        Matcher status = STATUS_LINE.matcher(lines[0]);
        if (!status.matches()) {
            return null;
        }
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                String name = lines[i].substring(0, colon).trim().toLowerCase(Locale.ROOT);
                headers.putIfAbsent(
                        COMPACT.getOrDefault(name, name),
                        lines[i].substring(colon + 1).trim());
            }
        }
        return new Answer(Integer.parseInt(status.group(1)), Map.copyOf(headers));
    }

    /** Whether it answers this request, and no other. */
    boolean isTo(String branch, String callId) {
        Matcher found = BRANCH.matcher(headers.getOrDefault("via", ""));
        return found.find()
                && found.group(1).equalsIgnoreCase(branch)
                && headers.getOrDefault("call-id", "").equals(callId);
    }

    /** What the node calls itself. */
    String software() {
        return (headers.getOrDefault("user-agent", "") + ' ' + headers.getOrDefault("server", "")).trim();
    }

    /** Its Retry-After; zero if it has none that can be read. */
    Duration retryAfter() {
        Matcher seconds = SECONDS.matcher(headers.getOrDefault("retry-after", ""));
        return seconds.matches() ? Duration.ofSeconds(Long.parseLong(seconds.group(1))) : Duration.ZERO;
    }
}
