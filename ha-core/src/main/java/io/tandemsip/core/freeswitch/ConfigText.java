package io.tandemsip.core.freeswitch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the XML in which a node tells its settings; what it can't read is not there. Immutable: only functions. */
final class ConfigText {
    private static final Pattern COMMENT = Pattern.compile("(?s)<!--.*?-->");
    private static final Pattern SETTINGS = Pattern.compile("(?s)<settings\\b[^>]*>(.*?)</settings>");
    private static final Pattern PROFILE = Pattern.compile("(?s)<profile\\b([^>]*)>(.*?)</profile>");
    private static final Pattern PARAM = Pattern.compile("<param\\b([^>]*)>");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\b(name|value)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')");
    private static final Pattern PROFILE_LINE =
            Pattern.compile("(?m)^\\s*(\\S+)\\s+profile\\s+sip:\\S*?@\\S+?:(\\d{1,5})(?:;\\S*)?\\s+(.*?)\\s*$");

    private ConfigText() {}

    /** The settings of a configuration; empty if it has none. */
    static Optional<Map<String, String>> settings(String xml) {
        Matcher settings = SETTINGS.matcher(COMMENT.matcher(xml).replaceAll(""));
        return settings.find() ? Optional.of(params(settings.group(1))) : Optional.empty();
    }

    /** The settings of a profile among several. */
    static Optional<Map<String, String>> profile(String xml, String name) {
        Matcher profiles = PROFILE.matcher(COMMENT.matcher(xml).replaceAll(""));
        while (profiles.find()) {
            if (name.equals(attributes(profiles.group(1)).get("name"))) {
                return settings(profiles.group(2));
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> params(String xml) {
        Map<String, String> found = new LinkedHashMap<>();
        Matcher params = PARAM.matcher(xml);
        while (params.find()) {
            Map<String, String> attributes = attributes(params.group(1));
            String name = attributes.getOrDefault("name", "");
            found.put(name, attributes.getOrDefault("value", ""));
        }
        return found;
    }

    private static Map<String, String> attributes(String text) {
        Map<String, String> found = new LinkedHashMap<>();
        Matcher attributes = ATTRIBUTE.matcher(text);
        while (attributes.find()) {
            String value = attributes.group(2) != null ? attributes.group(2) : attributes.group(3);
            found.put(attributes.group(1), decoded(value));
        }
        return found;
    }

    private static String decoded(String text) {
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&apos;", "'")
                .replace("&amp;", "&");
    }

    /** The text of the first element of that name; empty if there is none. */
    static String element(String xml, String name) {
        Matcher element =
                Pattern.compile("(?s)<" + Pattern.quote(name) + ">(.*?)</").matcher(xml);
        return element.find() ? decoded(element.group(1).strip()) : "";
    }

    /** The profile of {@code sofia status} that listens at a port. */
    static Optional<Profile> profileAt(String text, int port) {
        Matcher lines = PROFILE_LINE.matcher(text);
        while (lines.find()) {
            if (Integer.parseInt(lines.group(2)) == port) {
                return Optional.of(new Profile(lines.group(1), lines.group(3)));
            }
        }
        return Optional.empty();
    }

    /** A line of {@code sofia status}. */
    record Profile(String name, String state) {
        boolean isRunning() {
            return state.startsWith("RUNNING");
        }
    }
}
