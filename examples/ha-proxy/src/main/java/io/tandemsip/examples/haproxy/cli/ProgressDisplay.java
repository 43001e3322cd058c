package io.tandemsip.examples.haproxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/** Shows progress: on one line that changes in a terminal, else a line for each change. Confined to one thread. */
final class ProgressDisplay {
    private static final String REDRAW = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean terminal;
    private String shown = "";

    ProgressDisplay(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void show(JsonNode drain) {
        String line = ProgressLine.of(drain);
        if (line.equals(shown)) {
            return;
        }
        shown = line;
        out.print(terminal ? REDRAW + line : line + System.lineSeparator());
        out.flush();
    }

    void end() {
        if (terminal) {
            out.println();
            out.flush();
        }
    }
}
