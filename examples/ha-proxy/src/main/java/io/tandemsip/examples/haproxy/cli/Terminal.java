package io.tandemsip.examples.haproxy.cli;

import java.io.Console;
import java.util.Map;

/** Whether there is a terminal that can be drawn on. Immutable. */
public final class Terminal {
    private Terminal() {}

    /** False when the output goes to a file or a pipe, or to a terminal that can't move its cursor. */
    @SuppressWarnings("SystemConsoleNull") // from 22 on it says by itself whether it is one
    public static boolean isThere() {
        Console console = System.console();
        String kind = Map.copyOf(System.getenv()).getOrDefault("TERM", "dumb");
        return console != null && !kind.equals("dumb") && saysSo(console);
    }

    private static boolean saysSo(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException before22) {
            return true;
        }
    }
}
