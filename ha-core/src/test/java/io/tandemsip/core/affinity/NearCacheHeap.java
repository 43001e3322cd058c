package io.tandemsip.core.affinity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import javax.management.JMException;
import javax.management.ObjectName;

/** How much heap a near cache takes, measured in a process of its own, where nothing else comes and goes. */
final class NearCacheHeap {
    private NearCacheHeap() {}

    /** Bytes for each of so many dialogs. */
    static long measure(int dialogs) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseG1GC", // the serial collector lets some of the dead lie among the living
                        "-cp",
                        System.getProperty("java.class.path"),
                        NearCacheHeap.class.getName(),
                        String.valueOf(dialogs))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader says = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            String line = says.readLine();
            if (process.waitFor() != 0 || line == null) {
                throw new IOException("the other process ended with " + process.exitValue() + " and said " + line);
            }
            return Long.parseLong(line);
        }
    }

    /** In the other process: says how many bytes it is. */
    public static void main(String... args) throws JMException {
        int dialogs = Integer.parseInt(args[0]);
        NearCache cache = new NearCache(dialogs, () -> 0, new SplittableRandom(1));
        put(cache, 0);
        long before = usedBytes();
        for (int i = 1; i < dialogs; i++) {
            put(cache, i);
        }
        long after = usedBytes();
        if (cache.size() != dialogs) {
            throw new IllegalStateException("of " + dialogs + " dialogs, it holds " + cache.size());
        }
        System.out.println((after - before) / dialogs);
    }

    private static void put(NearCache cache, int dialog) {
        cache.put(
                NearCacheTest.binding(NearCacheTest.dialog(dialog), "fs" + dialog % 10, 0),
                Duration.ofHours(1).toNanos());
    }

    /**
     * What is reachable, by the machine's own histogram: free memory is told by regions, too coarse for this. With what later
     * JDKs fill the gaps between live objects with left out.
     */
    private static long usedBytes() throws JMException {
        Object histogram = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        return String.valueOf(histogram)
                .lines()
                .filter(line -> line.matches("\\s*\\d+:.*") && !line.contains("jdk.internal.vm.Filler"))
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+", 4)[2]))
                .sum();
    }
}
