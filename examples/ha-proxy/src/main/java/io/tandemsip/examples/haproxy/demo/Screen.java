package io.tandemsip.examples.haproxy.demo;

import java.io.PrintWriter;
import java.util.List;

/** Where the demo is shown: drawn over in a terminal, else now and then a line. Confined to one thread. */
final class Screen {
    private static final int PLAIN_EVERY = 4;
    private static final String CLEAR_LINE = "\u001b[K";

    private final PrintWriter out;
    private final boolean terminal;
    private int drawn;
    private int frames;

    Screen(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** One line that stays. */
    void note(String line) {
        erase();
        out.println(line);
        out.flush();
    }

    /** The picture as of now: a head and a line for each node. */
    void draw(List<String> lines) {
        if (terminal) {
            erase();
            lines.forEach(line -> out.println(line + CLEAR_LINE));
            drawn = lines.size();
        } else if (frames++ % PLAIN_EVERY == 0) {
            out.println(String.join(" | ", lines));
        }
        out.flush();
    }

    private void erase() {
        if (drawn > 0) {
            out.print("\u001b[" + drawn + 'A');
            out.print("\u001b[J");
            drawn = 0;
        }
    }
}
