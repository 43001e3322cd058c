package io.tandemsip.core.source;

import io.tandemsip.error.ConfigurationException;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the nodes of a file, and again after each change: written in place, replaced by a rename, or reached by a
 * symbolic link that was swapped, as Kubernetes does with a ConfigMap. A version with mistakes changes nothing and is
 * reported once; a file that vanished changes nothing either. Reads on a daemon thread of its own. Thread-safe.
 */
public final class NodeFile implements NodeSource {
    /** Files that are larger are refused. */
    public static final long MOST_BYTES = 64L << 20;

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final long SETTLE_NANOS = Duration.ofMillis(50).toNanos();
    private static final int MOST_SETTLES = 40;

    private final Path file;
    private final NodeFormat format;
    private final long lookNanos;
    private FileStamp read;
    private List<Node> nodes;
    private String complained = "";
    private boolean closed;
    private @Nullable FolderWatch watch;

    private NodeFile(Path file, NodeFormat format, long lookNanos, FileStamp read, List<Node> nodes) {
        this.file = file;
        this.format = format;
        this.lookNanos = lookNanos;
        this.read = read;
        this.nodes = nodes;
    }

    /**
     * Reads the file; it is watched from the router's start on. Looks every second where the system tells of no change.
     *
     * @param file its path, also that of a symbolic link
     * @param format how it is written, for example a Kamailio dispatcher list
     * @return the source
     * @throws ConfigurationException with all mistakes, or because it can't be read
     */
    public static NodeFile of(Path file, NodeFormat format) {
        return of(file, format, LOOK);
    }

    /**
     * Reads the file; it is watched from the router's start on.
     *
     * @param file its path, also that of a symbolic link
     * @param format how it is written
     * @param look how often to look where the system tells of no change, at least 10 ms
     * @return the source
     * @throws ConfigurationException with all mistakes, or because it can't be read
     */
    public static NodeFile of(Path file, NodeFormat format, Duration look) {
        Objects.requireNonNull(format, "format");
        if (look.toMillis() < 10) {
            throw new IllegalArgumentException("look: " + look + "; expected 10 ms or more");
        }
        Path path = file.toAbsolutePath();
        FileStamp stamp = FileStamp.of(path);
        return new NodeFile(path, format, look.toNanos(), stamp, read(path, format));
    }

    @Override
    public void start(Consumer<List<Node>> sink) {
        start(sink, trouble -> {});
    }

    @Override
    public synchronized void start(Consumer<List<Node>> sink, Consumer<String> trouble) {
        if (closed || watch != null) {
            throw new IllegalStateException("node file " + file + ": started or closed; expected a new one");
        }
        sink.accept(nodes);
        Path folder = file.getParent();
        FolderWatch begun = FolderWatch.of(folder == null ? file : folder);
        watch = begun;
        Thread thread = new Thread(() -> watch(begun, sink, trouble), "tandem-node-file");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(FolderWatch changes, Consumer<List<Node>> sink, Consumer<String> trouble) {
        try {
            while (changes.await(lookNanos)) {
                FileStamp now = settled(changes);
                if (!now.equals(read)) {
                    look(now, sink, trouble);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** A file that is being written is left alone until it rests, but not for ever. */
    private FileStamp settled(FolderWatch changes) throws InterruptedException {
        FileStamp now = FileStamp.of(file);
        for (int i = 0; i < MOST_SETTLES && !now.equals(read); i++) {
            changes.pause(SETTLE_NANOS);
            FileStamp later = FileStamp.of(file);
            if (later.equals(now)) {
                break;
            }
            now = later;
        }
        return now;
    }

    private void look(FileStamp now, Consumer<List<Node>> sink, Consumer<String> trouble) {
        List<Node> found;
        try {
            found = read(file, format);
        } catch (RuntimeException mistakes) {
            complain(now, String.valueOf(mistakes.getMessage()), trouble);
            return;
        }
        synchronized (this) {
            read = now;
            complained = "";
            if (!closed && !found.equals(nodes)) {
                nodes = found;
                sink.accept(found);
            }
        }
    }

    private synchronized void complain(FileStamp now, String message, Consumer<String> trouble) {
        read = now;
        if (!closed && !message.equals(complained)) {
            complained = message;
            trouble.accept(message + "; the last good list stays in force");
        }
    }

    private static List<Node> read(Path file, NodeFormat format) {
        return List.copyOf(format.read(file.toString(), text(file)));
    }

    private static String text(Path file) {
        try {
            long size = Files.size(file);
            if (size > MOST_BYTES) {
                throw unreadable(file, size + " bytes; expected at most " + MOST_BYTES);
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException notText) {
            throw unreadable(file, "not UTF-8; expected text");
        } catch (FileSystemException failure) {
            String reason = failure.getReason();
            throw unreadable(file, (reason == null ? "not there" : reason) + "; expected a file that can be read");
        } catch (IOException failure) {
            throw unreadable(file, failure.getMessage() + "; expected a file that can be read");
        }
    }

    private static ConfigurationException unreadable(Path file, String why) {
        return new ConfigurationException(List.of(file + ": " + why));
    }

    @Override
    public void close() {
        FolderWatch begun;
        synchronized (this) {
            closed = true;
            begun = watch;
        }
        if (begun != null) {
            begun.close();
        }
    }
}
