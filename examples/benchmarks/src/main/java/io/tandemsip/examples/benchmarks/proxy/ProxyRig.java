package io.tandemsip.examples.benchmarks.proxy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The processes of a benchmark of proxies: nodes, proxies, callers, and what a process used. Linux only: that is read from
 * {@code /proc}. Ends all that it began. Thread-safe.
 */
final class ProxyRig implements AutoCloseable {
    private static final long LOOK_NANOS = 20_000_000;

    private final Path folder;
    private final Path scenarios;
    private final boolean pinned;
    private final List<String> jvm;
    private final List<Process> started = new ArrayList<>();

    /** Which core a process has where each has one. */
    enum Core {
        /** The proxy's. */
        PROXY,
        /** Of all that the proxy is to be measured with. */
        OTHERS
    }

    /**
     * With nothing begun.
     *
     * @param scenarios the folder of SIPp's
     * @param pinned whether proxies have the first core to themselves, and all others the second
     * @param jvm options of the proxies' JVMs
     */
    ProxyRig(Path scenarios, boolean pinned, List<String> jvm) throws IOException {
        this.scenarios = scenarios;
        this.pinned = pinned;
        this.jvm = List.copyOf(jvm);
        folder = Files.createTempDirectory("proxy-rig");
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** The options in the property {@code jvm}, with spaces between. */
    static List<String> jvmOptions() {
        return Arrays.stream(System.getProperty("jvm", "").split(" "))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    /** A proxy that runs. */
    record Proxy(ProxyKind kind, int port, Process process) {}

    /** Where the processes leave their files. */
    Path folder() {
        return folder;
    }

    /** A node of SIPp's; its port. */
    int node() throws IOException {
        int port = freePort();
        begin(
                Core.OTHERS,
                List.of("sipp", "-sf", file("uas.xml"), "-i", "127.0.0.1", "-p", "" + port, "-nostdin", "-aa"));
        awaitBound(port);
        return port;
    }

    /** A proxy before a node. */
    Proxy proxy(ProxyKind kind, int node) throws IOException {
        int port = freePort();
        Process process = kind == ProxyKind.KAMAILIO ? kamailio(port, node) : java(kind, port, node);
        awaitBound(port);
        return new Proxy(kind, port, process);
    }

    private Process java(ProxyKind kind, int port, int node) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of(
                "-Xmx1g",
                "-Xlog:gc,gc+phases:file=" + pauseLog(port),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                Path.of(System.getProperty("java.class.path")).toAbsolutePath().toString(),
                ProxyUnderTest.class.getName(),
                kind.text(),
                "" + port,
                "" + node));
        return begin(Core.PROXY, command);
    }

    /** What the collector of a proxy's JVM wrote. */
    Path pauseLog(int port) {
        return folder.resolve("pauses-" + port + ".log");
    }

    private Process kamailio(int port, int node) throws IOException {
        int redis = freePort();
        begin(Core.OTHERS, List.of("redis-server", "--port", "" + redis, "--bind", "127.0.0.1", "--save", ""));
        Path list = Files.writeString(folder.resolve("dispatcher.list"), "1 sip:127.0.0.1:" + node + "\n");
        String config = Files.readString(scenarios.resolve("kamailio.cfg"))
                .replace("REDIS_PORT", "" + redis)
                .replace("DISPATCHER_LIST", list.toString());
        Path file = Files.writeString(folder.resolve("kamailio.cfg"), config);
        while (!isServed(redis)) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return begin(
                Core.PROXY,
                List.of(
                        "kamailio",
                        "-f",
                        file.toString(),
                        "-l",
                        "udp:127.0.0.1:" + port,
                        "-DD",
                        "-E",
                        "-m",
                        "256",
                        "-Y",
                        folder.toString(),
                        "-P",
                        folder.resolve("kamailio.pid").toString()));
    }

    /**
     * Calls of SIPp's to a port, which ends those that are not over some seconds after the last one began, and writes down how long
     * callers waited.
     *
     * @param overtimeSeconds how many
     * @return how many calls failed
     */
    int load(int port, int perSecond, int forSeconds, int overtimeSeconds) throws IOException, InterruptedException {
        List<String> command = List.of(
                "sipp",
                "-sf",
                file("uac.xml"),
                "127.0.0.1:" + port,
                "-i",
                "127.0.0.1",
                "-p",
                "" + freePort(),
                "-r",
                "" + perSecond,
                "-l",
                "" + perSecond * (forSeconds + overtimeSeconds), // else it is three seconds' worth
                "-m",
                "" + perSecond * forSeconds,
                "-nostdin",
                "-timeout",
                (forSeconds + overtimeSeconds) + "s",
                "-trace_stat",
                "-stf",
                folder.resolve("stat.csv").toString(),
                "-fd",
                "1",
                "-trace_rtt",
                "-rtt_freq",
                "1");
        Process caller = begin(Core.OTHERS, command);
        if (!caller.waitFor(forSeconds + overtimeSeconds + 30L, TimeUnit.SECONDS)) {
            caller.destroyForcibly();
        }
        return perSecond * forSeconds - succeeded();
    }

    private int succeeded() throws IOException {
        Path file = folder.resolve("stat.csv");
        List<String> lines = Files.readAllLines(file);
        Files.delete(file);
        List<String> names = List.of(lines.get(0).split(";", -1));
        String[] last = lines.get(lines.size() - 1).split(";", -1);
        return Integer.parseInt(last[names.indexOf("SuccessfulCall(C)")]);
    }

    private String file(String name) {
        return scenarios.resolve(name).toAbsolutePath().toString();
    }

    /** Begins a process on its core. */
    Process begin(Core core, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>();
        if (pinned) {
            whole.addAll(List.of("taskset", "-c", "" + core.ordinal()));
        }
        whole.addAll(command);
        Process process = new ProcessBuilder(whole)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output.txt").toFile()))
                .start();
        synchronized (started) {
            started.add(process);
        }
        return process;
    }

    /** User and system time of a process and its children that live, without what a JVM's compiler used; in ticks. */
    static long ticks(Process process) throws IOException {
        long sum = 0;
        for (ProcessHandle each : Stream.concat(
                        Stream.of(process.toHandle()), process.toHandle().descendants())
                .toList()) {
            try (Stream<Path> threads = Files.list(Path.of("/proc/" + each.pid() + "/task"))) {
                for (Path thread : threads.toList()) {
                    sum += ticks(thread);
                }
            }
        }
        return sum;
    }

    private static long ticks(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            int name = stat.lastIndexOf(')');
            String[] fields = stat.substring(name + 2).split(" ");
            return stat.substring(0, name).contains("CompilerThre")
                    ? 0
                    : Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException ended) {
            return 0; // a thread that ended meanwhile: those that carry calls do not
        }
    }

    /** A port of UDP on loopback that nobody has. */
    static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        }
    }

    private static void awaitBound(int port) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (isUdpFree(port)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("nobody serves port " + port);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** As the kernel lists them: to try and bind would take the port from whom it is meant for. */
    private static boolean isUdpFree(int port) throws IOException {
        String local = String.format(Locale.ROOT, ":%04X", port);
        for (String table : List.of("/proc/net/udp", "/proc/net/udp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                if (line.strip().split("\\s+")[1].endsWith(local)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isServed(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException nobody) {
            return false;
        }
    }

    /** The one in the middle, or the mean of the two there. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Ends all that was begun; idempotent. */
    @Override
    public void close() {
        synchronized (started) {
            started.forEach(process -> {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
            });
            started.clear();
        }
    }
}
