package io.tandemsip.examples.haproxy;

import io.tandemsip.examples.haproxy.cli.HaProxyCommand;

/** Where the program begins. Confined to one thread. */
public final class Main {
    private Main() {}

    /** Runs a command and ends with its exit code: 0 done, 1 failed, 2 wrong usage or configuration. */
    public static void main(String[] args) {
        System.exit(HaProxyCommand.commandLine().execute(args));
    }
}
