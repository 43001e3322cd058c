package io.tandemsip.examples.benchmarks.proxy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
 * Processor time of a call through proxies, side by side: all run, each gets its share of load in turn, several rounds. Linux only:
 * what a process used is read from {@code /proc}. What the JVM's compiler uses is left out: it is done after some minutes, which would be
 * long to wait for.
 */
final class ProxyCpu {
    private static final int SLOW_SECONDS = 10;
    private static final int WARM_UP_SECONDS = 30;
    private static final double MICROS_PER_TICK = 10_000; // of 100 Hz, as the kernel reports to users

    private final Path folder;
    private final Path scenarios;
    private final int rate;
    private final int seconds;
    private final List<String> jvm;
    private final List<Process> started = new ArrayList<>();

    private ProxyCpu(Path scenarios, int rate, int seconds, List<String> jvm) throws IOException {
        this.scenarios = scenarios;
        this.rate = rate;
        this.seconds = seconds;
        this.jvm = jvm;
        folder = Files.createTempDirectory("proxy-cpu");
    }

    /** One proxy that runs, and what it used for a call in each round. */
    private record Side(
            ProxyKind kind,
            int port,
            Process process,
            List<Double> micros,
            List<Integer> failed,
            Times setUps,
            Times pauses) {}

    /** {@code SCENARIOS RATE SECONDS ROUNDS KIND...}; the property {@code jvm} has options of the JVMs, with spaces between. */
    public static void main(String[] args) throws Exception {
        ProxyCpu cpu = new ProxyCpu(
                Path.of(args[0]),
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                Arrays.stream(System.getProperty("jvm", "").split(" "))
                        .filter(option -> !option.isEmpty())
                        .toList());
        Runtime.getRuntime().addShutdownHook(new Thread(cpu::end));
        List<ProxyKind> kinds = Arrays.stream(args).skip(4).map(ProxyKind::of).toList();
        try {
            cpu.run(Integer.parseInt(args[3]), kinds);
        } finally {
            cpu.end();
        }
    }

    private void run(int rounds, List<ProxyKind> kinds) throws Exception {
        List<Side> sides = new ArrayList<>();
        for (ProxyKind kind : kinds) {
            int server = freePort();
            begin(List.of("sipp", "-sf", file("uas.xml"), "-i", "127.0.0.1", "-p", "" + server, "-nostdin", "-aa"));
            int port = freePort();
            Process process = kind == ProxyKind.KAMAILIO ? kamailio(port, server) : java(kind, port, server);
            sides.add(new Side(kind, port, process, new ArrayList<>(), new ArrayList<>(), new Times(), new Times()));
        }
        for (Side side : sides) {
            load(side, rate / 4, SLOW_SECONDS); // a JVM that compiles has little left for calls
            load(side, rate, WARM_UP_SECONDS);
            side.setUps().clear();
        }
        for (int round = 0; round < rounds; round++) {
            for (Side side : sides) {
                long before = ticks(side.process());
                int failures = load(side, rate, seconds);
                long used = ticks(side.process()) - before;
                side.micros().add(used * MICROS_PER_TICK / ((double) rate * seconds));
                side.failed().add(failures);
            }
        }
        for (Side side : sides) {
            side.pauses().addPauses(pauseLog(side.port()));
        }
        print(sides);
    }

    private Process java(ProxyKind kind, int port, int server) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of(
                "-Xmx1g",
                "-Xlog:gc:file=" + pauseLog(port),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                Path.of(System.getProperty("java.class.path")).toAbsolutePath().toString(),
                ProxyUnderTest.class.getName(),
                kind.text(),
                "" + port,
                "" + server));
        Process process = begin(command);
        awaitBound(port);
        return process;
    }

    private Path pauseLog(int port) {
        return folder.resolve("pauses-" + port + ".log");
    }

    private Process kamailio(int port, int server) throws IOException {
        int redis = freePort();
        begin(List.of("redis-server", "--port", "" + redis, "--bind", "127.0.0.1", "--save", ""));
        Path list = Files.writeString(folder.resolve("dispatcher.list"), "1 sip:127.0.0.1:" + server + "\n");
        String config = Files.readString(scenarios.resolve("kamailio.cfg"))
                .replace("REDIS_PORT", "" + redis)
                .replace("DISPATCHER_LIST", list.toString());
        Path file = Files.writeString(folder.resolve("kamailio.cfg"), config);
        while (isFree(redis)) {
            LockSupport.parkNanos(20_000_000);
        }
        Process process = begin(List.of(
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
        awaitBound(port);
        return process;
    }

    /** Calls through one proxy; how many failed. */
    private int load(Side side, int perSecond, int forSeconds) throws Exception {
        int calls = perSecond * forSeconds;
        Process caller = begin(List.of(
                "sipp",
                "-sf",
                file("uac.xml"),
                "127.0.0.1:" + side.port(),
                "-i",
                "127.0.0.1",
                "-p",
                "" + freePort(),
                "-r",
                "" + perSecond,
                "-m",
                "" + calls,
                "-nostdin",
                "-timeout",
                (forSeconds + 60) + "s",
                "-trace_stat",
                "-stf",
                folder.resolve("stat.csv").toString(),
                "-fd",
                "1",
                "-trace_rtt",
                "-rtt_freq",
                "1"));
        if (!caller.waitFor(forSeconds + 90L, TimeUnit.SECONDS)) {
            caller.destroyForcibly();
        }
        side.setUps().addSetUps(folder);
        return calls - succeeded();
    }

    private int succeeded() throws IOException {
        Path file = folder.resolve("stat.csv");
        List<String> lines = Files.readAllLines(file);
        Files.delete(file);
        List<String> names = List.of(lines.get(0).split(";", -1));
        String[] last = lines.get(lines.size() - 1).split(";", -1);
        return Integer.parseInt(last[names.indexOf("SuccessfulCall(C)")]);
    }

    private void print(List<Side> sides) {
        double base = median(sides.get(0).micros());
        System.out.printf(
                Locale.ROOT,
                "%d calls a second (INVITE 180 200 ACK, re-INVITE 200 ACK, BYE 200), %d s a round, %d rounds%n%n",
                rate,
                seconds,
                sides.get(0).micros().size());
        System.out.println(
                "| proxy | processor time a call, µs: median (least, most) | over the first | calls failed | set-ups, ms: p50, p99 | pauses of the collector, ms: p50, p99.9 |");
        System.out.println("|---|---|---|---|---|---|");
        for (Side side : sides) {
            List<Double> micros = side.micros();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.0f (%.0f, %.0f) | %.2f | %d | %s | %s |%n",
                    side.kind().text(),
                    median(micros),
                    micros.stream().mapToDouble(m -> m).min().orElseThrow(),
                    micros.stream().mapToDouble(m -> m).max().orElseThrow(),
                    median(micros) / base,
                    side.failed().stream().mapToInt(failed -> failed).sum(),
                    side.setUps().summary(0.99),
                    side.pauses().summary(0.999));
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** User and system time of a process and its children that live, without what a JVM's compiler used. */
    private static long ticks(Process process) throws IOException {
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

    private String file(String name) {
        return scenarios.resolve(name).toAbsolutePath().toString();
    }

    private Process begin(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
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

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        }
    }

    private static void awaitBound(int port) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (isUdpFree(port)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("nobody serves port " + port);
            }
            LockSupport.parkNanos(20_000_000);
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

    private static boolean isFree(int port) {
        try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (IOException nobody) {
            return true;
        }
    }

    private void end() {
        synchronized (started) {
            started.forEach(process -> {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
            });
            started.clear();
        }
    }
}
