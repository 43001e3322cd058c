package io.tandemsip.jainsip;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test opened; closed in the opposite order. Confined to one thread. */
final class Opened {
    private final Deque<AutoCloseable> all = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T what) {
        all.push(what);
        return what;
    }

    void close() throws Exception {
        while (!all.isEmpty()) {
            all.pop().close();
        }
    }
}
