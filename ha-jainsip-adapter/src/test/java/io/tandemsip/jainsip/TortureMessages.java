package io.tandemsip.jainsip;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The messages of {@code torture/messages.txt}. */
final class TortureMessages {
    private static final String LONG = "long".repeat(40);

    private TortureMessages() {}

    /** One of them. */
    record Case(String name, String section, String expected, String said, String text) {
        /** The bytes to send. */
        String message(String caller, String proxy, int number) {
            String filled = text.replace("{caller}", caller)
                    .replace("{proxy}", proxy)
                    .replace("{n}", Integer.toString(number))
                    .replace("{long}", LONG);
            int blank = filled.indexOf("\r\n\r\n");
            int length = blank < 0 ? 0 : filled.substring(blank + 4).getBytes(StandardCharsets.UTF_8).length;
            return filled.replace("{length}", Integer.toString(length));
        }

        boolean isRequest() {
            return !text.startsWith("SIP/2.0");
        }

        @Override
        public String toString() {
            return name + ": " + section;
        }
    }

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        String[] parts = file().split("(?m)^=== ", -1);
        for (int i = 1; i < parts.length; i++) {
            int end = parts[i].indexOf('\n');
            String[] head = parts[i].substring(0, end).split(" \\| ", -1);
            String text = parts[i].substring(end + 1).replace("\n", "\r\n");
            cases.add(new Case(head[0], head[1], head[2], head.length > 3 ? head[3] : "", text));
        }
        return cases;
    }

    private static String file() {
        try (InputStream in = TortureMessages.class.getResourceAsStream("/torture/messages.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
