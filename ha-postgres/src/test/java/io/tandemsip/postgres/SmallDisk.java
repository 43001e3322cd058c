package io.tandemsip.postgres;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file system of 8 MiB in memory, for which a process needs the right to mount. Confined to one thread. */
final class SmallDisk implements AutoCloseable {
    private static final int BLOCK = 4096;

    private final Path root;

    private SmallDisk(Path root) {
        this.root = root;
    }

    /** Mounts it; where that is not allowed the test is skipped and says so. */
    static SmallDisk mount() throws IOException {
        Path root = Files.createTempDirectory("tandem-small-disk");
        assumeThat(succeeds(List.of("mount", "-t", "tmpfs", "-o", "size=8m", "tandem", root.toString())))
                .as("skipped: this process may not mount a small file system")
                .isTrue();
        SmallDisk disk = new SmallDisk(root);
        Files.createDirectory(disk.directory());
        return disk;
    }

    private static boolean succeeds(List<String> command) throws IOException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    Path directory() {
        return root.resolve("space");
    }

    /** Takes all that is left. */
    void fill() throws IOException {
        byte[] block = new byte[BLOCK];
        try (OutputStream filler = Files.newOutputStream(root.resolve("filler"))) {
            while (true) {
                filler.write(block);
            }
        } catch (IOException full) {
            if (Files.getFileStore(root).getUsableSpace() > BLOCK) {
                throw full;
            }
        }
    }

    /** Gives it back. */
    void empty() throws IOException {
        Files.delete(root.resolve("filler"));
    }

    @Override
    public void close() throws IOException {
        if (!succeeds(List.of("umount", root.toString()))) {
            throw new IllegalStateException(root + " can't be unmounted");
        }
    }
}
