package io.tandemsip.examples.haproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandemsip.core.source.LiveNodes;
import io.tandemsip.examples.haproxy.ProxyProgram;
import io.tandemsip.examples.haproxy.config.ConfigReader;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.examples.haproxy.config.Secrets;
import io.tandemsip.node.Node;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/**
 * A real Kamailio and the program side by side over one real Redis, during a migration: a call that came in through one is
 * found by the other. The requests within a dialog name neither route nor node, so that only Redis knows where they belong.
 */
class KamailioSideBySideIT {
    private static final Path BINARY = Path.of("/usr/sbin/kamailio");
    private static final Path REDIS_MODULE = Path.of("/usr/lib/x86_64-linux-gnu/kamailio/modules/ndb_redis.so");
    private static final String SCRIPT = """
            #!KAMAILIO
            debug=1
            log_stderror=yes
            children=2
            auto_aliases=no
            disable_tcp=yes
            listen=udp:127.0.0.1:%1$d
            loadmodule "tm.so"
            loadmodule "sl.so"
            loadmodule "rr.so"
            loadmodule "pv.so"
            loadmodule "textops.so"
            loadmodule "siputils.so"
            loadmodule "ndb_redis.so"
            loadmodule "dispatcher.so"
            loadmodule "ctl.so"
            modparam("ndb_redis", "server", "name=calls;addr=127.0.0.1;port=%2$d;db=0")
            modparam("dispatcher", "list_file", "%4$s/dispatcher.list")
            modparam("dispatcher", "reload_delta", 0)
            modparam("ctl", "binrpc", "unix:%4$s/ctl")
            request_route {
                if (is_method("ACK")) { if (t_check_trans()) { t_relay(); exit; } }
                if (has_totag()) {
                    if (loose_route()) { t_relay(); exit; }
                    redis_cmd("calls", "GET call:$ci", "r");
                    if ($redis(r=>value) == $null) { sl_send_reply("481", "Call Does Not Exist"); exit; }
                    $du = $redis(r=>value);
                    t_relay();
                    exit;
                }
                record_route();
                if (!ds_select_dst("1", "11")) { sl_send_reply("503", "No Node"); exit; }
                if ($du != "%3$s") {
                    $avp(node) = $du;
                    t_on_reply("PIN");
                }
                t_relay();
            }
            onreply_route[PIN] {
                if ($rs == 200 && $rm == "INVITE") { redis_cmd("calls", "SET call:$ci $avp(node) EX 7200", "w"); }
            }
            """;

    private final BlockingQueue<SipMessage> answers = new LinkedBlockingQueue<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int redisPort = freePort();
    private RedisServer redis;
    private DemoNode fs1;
    private DemoNode fs2;
    private Process kamailio;
    private ProxyProgram program;
    private UdpPort caller;
    private int kamailioPort;
    private int proxyPort;

    @TempDir
    private Path folder;

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @BeforeEach
    void begin() throws Exception {
        assumeTrue(Files.isExecutable(BINARY), "skipped: no Kamailio at " + BINARY);
        assumeTrue(Files.exists(REDIS_MODULE), "skipped: no " + REDIS_MODULE);
        redis = RedisServer.newRedisServer()
                .port(redisPort)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        redis.start();
        fs1 = new DemoNode("fs1", timer, System::nanoTime);
        fs2 = new DemoNode("fs2", timer, System::nanoTime);
        kamailioPort = UdpPort.free();
        proxyPort = UdpPort.free();
        Path script = Files.writeString(
                folder.resolve("kamailio.cfg"), SCRIPT.formatted(kamailioPort, redisPort, proxyUri(), folder));
        destinations(100, 0);
        kamailio = new ProcessBuilder(List.of(
                        BINARY.toString(),
                        "-DD",
                        "-E",
                        "-m",
                        "32",
                        "-M",
                        "4",
                        "-f",
                        script.toString(),
                        "-w",
                        folder.toString(),
                        "-Y",
                        folder.toString(),
                        "-P",
                        folder.resolve("pid").toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        caller = UdpPort.open("caller", 0, (message, from) -> answers.add(message));
        program = program();
        awaitHealthy();
    }

    private String proxyUri() {
        return "sip:127.0.0.1:" + proxyPort;
    }

    /** Writes Kamailio's list: its own node fs2, and the proxy as one more destination; one without weight is left out. */
    private void destinations(int ofKamailio, int ofProxy) throws IOException {
        String list = "";
        if (ofKamailio > 0) {
            list += "1 " + fs2.uri() + " 0 0 rweight=" + ofKamailio + "\n";
        }
        if (ofProxy > 0) {
            list += "1 " + proxyUri() + " 0 0 rweight=" + ofProxy + "\n";
        }
        Files.writeString(folder.resolve("dispatcher.list"), list);
    }

    private void reload() throws Exception {
        Process command = new ProcessBuilder(
                        "/usr/sbin/kamcmd", "-s", "unix:" + folder.resolve("ctl"), "dispatcher.reload")
                .redirectErrorStream(true)
                .start();
        String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(command.waitFor()).as("kamcmd said " + said).isZero();
    }

    private ProxyProgram program() throws Exception {
        ProxyConfig config = ConfigReader.read(
                        "proxy.yaml",
                        """
                listen:
                  - {transport: udp, host: 127.0.0.1, port: %d}
                pools:
                  media:
                    strategy: round-robin
                    nodes:
                      - {id: fs1, uri: "%s"}
                      - {id: fs2, uri: "%s"}
                store:
                  redis: {url: "redis://127.0.0.1:%d/0", kamailioKeys: true}
                http: {port: 0}
                """.formatted(proxyPort, fs1.uri(), fs2.uri(), redisPort),
                        Secrets.ofProcess(folder))
                .fold(read -> read, mistakes -> fail(mistakes.toString()));
        return ProxyProgram.start(config, LiveNodes.of(config.nodes().toArray(Node[]::new)));
    }

    private void awaitHealthy() throws Exception {
        URI nodes = URI.create("http://127.0.0.1:" + program.httpPort() + "/nodes");
        String said = "";
        long begun = System.nanoTime();
        while (said.split("HEALTHY", -1).length < 3) {
            assertThat(System.nanoTime() - begun).as("waited for %s", said).isLessThan(20_000_000_000L);
            said = http.send(HttpRequest.newBuilder(nodes).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @AfterEach
    void end() throws Exception {
        if (program != null) {
            program.close();
        }
        if (kamailio != null) {
            List<ProcessHandle> children = kamailio.descendants().toList();
            kamailio.destroy();
            assertThat(kamailio.waitFor(10, TimeUnit.SECONDS)).isTrue();
            children.forEach(ProcessHandle::destroyForcibly);
        }
        if (caller != null) {
            caller.close();
            fs1.close();
            fs2.close();
        }
        if (redis != null) {
            redis.stop();
        }
        timer.shutdownNow();
    }

    // --- a caller

    /** Sends, and again each half second, until there is a final answer. */
    private SipMessage send(SipMessage request, int to) throws InterruptedException {
        InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), to);
        for (int tries = 0; tries < 20; tries++) {
            caller.send(request, target);
            SipMessage answer = answers.poll(500, TimeUnit.MILLISECONDS);
            while (answer != null
                    && (answer.status() < 200 || !answer.first("CSeq").equals(request.first("CSeq")))) {
                answer = answers.poll(500, TimeUnit.MILLISECONDS);
            }
            if (answer != null) {
                return answer;
            }
        }
        return fail("no answer to " + request.first("CSeq"));
    }

    /** A call that is answered; the second of the pair is the one that will be asked to end it. */
    private void callThrough(UacMessages messages, int first, int second, String id) throws Exception {
        CallerCall call = new CallerCall(id + "@caller", System.nanoTime());
        SipMessage answered = send(messages.invite(call), first);
        assertThat(answered.status()).isEqualTo(200);
        CallerCall.Peer peer = CallerCall.Peer.of(answered);
        caller.send(
                messages.within("ACK", 1, call, peer), new InetSocketAddress(InetAddress.getLoopbackAddress(), first));
        awaitKey("call:" + call.id());
        SipMessage bye = SipMessage.of("BYE sip:demo@127.0.0.1:" + second + " SIP/2.0")
                .with("Via", "SIP/2.0/UDP 127.0.0.1:" + caller.port() + ";branch=z9hG4bKbye" + id)
                .with("Max-Forwards", "70")
                .with("From", messages.invite(call).first("From"))
                .with("To", peer.to())
                .with("Call-ID", call.id())
                .with("CSeq", "2 BYE");
        assertThat(send(bye, second).status()).as("BYE of " + id).isEqualTo(200);
    }

    private void awaitKey(String key) throws IOException {
        long begun = System.nanoTime();
        while (get(key).equals("$-1")) {
            assertThat(System.nanoTime() - begun).as("waited for " + key).isLessThan(10_000_000_000L);
        }
    }

    private String get(String key) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redisPort)) {
            socket.getOutputStream()
                    .write(("*2\r\n$3\r\nGET\r\n$" + key.length() + "\r\n" + key + "\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
                line.append((char) c);
            }
            return line.toString();
        }
    }

    private static void allEndedWhereTheyBegan(DemoNode node) {
        assertThat(node.counts().up()).as(node.name()).isZero();
        assertThat(node.counts().misrouted()).as(node.name()).isZero();
    }

    @Test
    void callsOfKamailio_areEndedThroughTheProxy() throws Exception {
        UacMessages messages = new UacMessages(caller.port(), kamailioPort);
        for (int i = 0; i < 4; i++) {
            callThrough(messages, kamailioPort, proxyPort, "k" + i);
        }
        assertThat(fs2.counts().calls()).isEqualTo(4);
        allEndedWhereTheyBegan(fs1);
        allEndedWhereTheyBegan(fs2);
    }

    @Test
    void callsOfTheProxy_areEndedThroughKamailio() throws Exception {
        UacMessages messages = new UacMessages(caller.port(), proxyPort);
        for (int i = 0; i < 4; i++) {
            callThrough(messages, proxyPort, kamailioPort, "t" + i);
        }
        assertThat(fs1.counts().calls()).isEqualTo(2);
        assertThat(fs2.counts().calls()).isEqualTo(2);
        allEndedWhereTheyBegan(fs1);
        allEndedWhereTheyBegan(fs2);
    }

    /** A call that is up, with what is needed to end it. */
    private record Up(CallerCall call, CallerCall.Peer peer) {}

    /**
     * New calls through Kamailio.
     *
     * @return how many of them went through the proxy
     */
    private int callThroughKamailio(UacMessages messages, String phase, int calls, List<Up> up) throws Exception {
        int throughProxy = 0;
        for (int i = 0; i < calls; i++) {
            CallerCall call = new CallerCall(phase + i + "@caller", System.nanoTime());
            SipMessage answered = send(messages.invite(call), kamailioPort);
            assertThat(answered.status()).as(call.id()).isEqualTo(200);
            CallerCall.Peer peer = CallerCall.Peer.of(answered);
            caller.send(
                    messages.within("ACK", 1, call, peer),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), kamailioPort));
            up.add(new Up(call, peer));
            if (peer.routes().stream().anyMatch(route -> route.contains("127.0.0.1:" + proxyPort))) {
                throughProxy++;
            }
        }
        return throughProxy;
    }

    /**
     * Section 4 of docs/how-to/migrate-from-kamailio.md: a share, all, and back again, by the weight in Kamailio's list; every
     * call is ended after all that. Fails when a call is refused, does not follow the weight, or moves with it once it is up.
     */
    @Test
    void cutOverAndBack_byWeight_movesNewCallsOnly() throws Exception {
        UacMessages messages = new UacMessages(caller.port(), kamailioPort);
        List<Up> up = new ArrayList<>();
        assertThat(callThroughKamailio(messages, "before", 5, up)).isZero();
        destinations(50, 50);
        reload();
        assertThat(callThroughKamailio(messages, "share", 40, up)).isBetween(8, 32);
        destinations(0, 100);
        reload();
        assertThat(callThroughKamailio(messages, "all", 10, up)).isEqualTo(10);
        destinations(100, 0);
        reload();
        assertThat(callThroughKamailio(messages, "back", 5, up)).isZero();
        for (Up each : up) {
            assertThat(send(messages.within("BYE", 2, each.call(), each.peer()), kamailioPort)
                            .status())
                    .as("BYE of " + each.call().id())
                    .isEqualTo(200);
        }
        assertThat(fs1.counts().calls() + fs2.counts().calls()).isEqualTo(up.size());
        assertThat(fs1.counts().calls()).as("the proxy's share of fs1").isPositive();
        allEndedWhereTheyBegan(fs1);
        allEndedWhereTheyBegan(fs2);
    }
}
