package io.tandemsip.core.probe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command prints: all of it is taken, so that the command does not wait for a full pipe, and the first line is
 * kept. Never waits, since a process that the command left behind may hold the pipe for good. Confined to one thread.
 */
final class CommandOutput {
    private static final int LONGEST_LINE = 200;
    private static final int BUFFER = 4_096;
    /** As much as a pipe holds, so that a command that prints without end does not keep the thread. */
    private static final int MOST_READS = 16;

    private final InputStream pipe;
    private final byte[] buffer = new byte[BUFFER];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean lineEnded;

    CommandOutput(InputStream pipe) {
        this.pipe = pipe;
    }

    /** Takes what is there. */
    void drain() {
        try {
            int length = read();
            for (int reads = 1; length > 0 && reads <= MOST_READS; reads++) {
                keep(length);
                length = read();
            }
        } catch (IOException closed) {
            // the process was killed; what came before is what it said
            lineEnded = true;
        }
    }

    /** When the process ends, the JDK takes what is left out of the pipe, with this lock: between the two calls it may not. */
    private int read() throws IOException {
        synchronized (pipe) {
            int available = Math.min(pipe.available(), BUFFER);
            return available > 0 ? pipe.read(buffer, 0, available) : 0;
        }
    }

    private void keep(int length) {
        for (int i = 0; i < length && !lineEnded; i++) {
            lineEnded = buffer[i] == '\n' || line.size() == LONGEST_LINE;
            if (!lineEnded) {
                line.write(buffer[i]);
            }
        }
    }

    /** The first line so far, at most 200 bytes of it, without control characters. */
    String firstLine() {
        return line.toString(StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}", " ")
                .trim();
    }
}
