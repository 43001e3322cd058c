package io.tandemsip.core.source;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits until something happened in a folder or a time is over. Where the system can't tell (no inotify left, a network
 * file system), only the time counts. Thread-safe.
 */
final class FolderWatch implements AutoCloseable {
    private final @Nullable WatchService service;
    private final CountDownLatch closing = new CountDownLatch(1);

    private FolderWatch(@Nullable WatchService service) {
        this.service = service;
    }

    static FolderWatch of(Path folder) {
        WatchService service = null;
        try {
            service = folder.getFileSystem().newWatchService();
            folder.register(service, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
        } catch (IOException | UnsupportedOperationException cannotTell) {
            quietly(service);
            service = null;
        }
        return new FolderWatch(service);
    }

    /** False when it was closed. */
    boolean await(long nanos) throws InterruptedException {
        if (service == null) {
            return pause(nanos);
        }
        try {
            WatchKey key = service.poll(nanos, TimeUnit.NANOSECONDS);
            if (key != null) {
                key.pollEvents();
                key.reset();
            }
        } catch (ClosedWatchServiceException closed) {
            return false;
        }
        return closing.getCount() > 0;
    }

    /** Waits in any case; false when it was closed. */
    boolean pause(long nanos) throws InterruptedException {
        return !closing.await(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        closing.countDown();
        quietly(service);
    }

    private static void quietly(@Nullable WatchService service) {
        if (service == null) {
            return;
        }
        try {
            service.close();
        } catch (IOException nothingToSave) {
            // a watch holds nothing that could be lost
        }
    }
}
