package io.tandemsip.examples.haproxy.cli;

/** How the program ends. Immutable. */
public final class ExitCode {
    /** Done. */
    public static final int DONE = 0;
    /** Failed. */
    public static final int FAILED = 1;
    /** Wrong usage or configuration; nothing was started. */
    public static final int WRONG_USAGE = 2;

    private ExitCode() {}
}
