package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.loop.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A link to event sockets that behave, and to those that do not. */
class EslLinkTest {
    private static final EslTimings QUICK = new EslTimings(
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Duration.ofMillis(100),
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofMinutes(10));
    private static final EslTimings PATIENT = new EslTimings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofMinutes(10));

    private final SocketLoop loop = new SocketLoop(Ticker.system());
    private final ScriptedSwitch node = new ScriptedSwitch();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    private EslLink link(EventSocketAddress address, EslTimings timings, String events) {
        EslLink link = new EslLink(loop, address, timings, events, new Random(7), new EslConnection.Listener() {
            @Override
            public void up() {
                heard.add("up");
            }

            @Override
            public void event(EslEvent event) {
                heard.add("event " + event.name() + " " + event.header("Event-Info"));
            }

            @Override
            public void ended(EslEnd end) {
                heard.add("ended " + end.kind());
            }
        });
        loop.execute(link::start);
        return link;
    }

    private EslReply ask(EslLink link, String command) throws Exception {
        CompletableFuture<EslReply> answer = new CompletableFuture<>();
        loop.execute(() -> link.send(command, answer::complete));
        return answer.get(10, TimeUnit.SECONDS);
    }

    /** Where the time that a node has is short, a slow machine makes it late too, and the link begins anew. */
    private void awaitUp() throws InterruptedException {
        long begun = System.nanoTime();
        while (!next().equals("up")) {
            assertThat(System.nanoTime() - begun).as("nanoseconds waited").isLessThan(20_000_000_000L);
        }
    }

    private String next() throws InterruptedException {
        return String.valueOf(heard.poll(10, TimeUnit.SECONDS));
    }

    @AfterEach
    void close() throws IOException {
        loop.close();
        node.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, Integer.MAX_VALUE})
    void send_whateverTheSplitsAndLineEnds_hasTheAnswer(int chunk) throws Exception {
        node.chunk = chunk;
        node.lineEnd = chunk == 7 ? "\r\n" : "\n";
        EslLink link = link(node.address(), PATIENT, "HEARTBEAT");
        assertThat(next()).isEqualTo("up");

        assertThat(ask(link, "api global_getvar core_uuid")).isEqualTo(new EslReply.Said(ScriptedSwitch.LIFE));
        EslReply unknown = ask(link, "api nosuch");
        assertThat(unknown).isEqualTo(new EslReply.Said("-ERR nosuch Command not found!\n"));
        assertThat(unknown.isGood()).isFalse();
    }

    @Test
    void events_arePercentDecoded() throws Exception {
        link(node.address(), PATIENT, "HEARTBEAT");
        assertThat(next()).isEqualTo("up");

        node.emitHeartbeat();

        assertThat(next()).isEqualTo("event HEARTBEAT System Ready");
    }

    @Test
    void frozenNode_acceptsAndNeverGreets_isSilent() throws Exception {
        node.greeting = ScriptedSwitch.Greeting.SILENT;
        link(node.address(), QUICK, "");

        assertThat(next()).isEqualTo("ended SILENT");
    }

    @Test
    void nodeThatFreezesLater_isSilentWhenAReplyIsDue_andWhoAskedIsTold() throws Exception {
        EslLink link = link(node.address(), QUICK, "");
        awaitUp();
        node.mute = true;

        assertThat(ask(link, "api status")).isInstanceOf(EslReply.Unanswered.class);
        assertThat(next()).isEqualTo("ended SILENT");
    }

    @Test
    void accessListThatRefuses_isDenied_andIsNotTriedAgainSoon() throws Exception {
        node.greeting = ScriptedSwitch.Greeting.RUDE;
        link(node.address(), PATIENT, "");

        assertThat(next()).isEqualTo("ended DENIED");
        assertThat(heard.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void wrongPassword_isSaidToBeThat_andIsInNoText() throws Exception {
        EventSocketAddress address = EventSocketAddress.of("127.0.0.1", node.port(), "wr0ng-s3cret");
        link(address, PATIENT, "");

        assertThat(next()).isEqualTo("ended WRONG_PASSWORD");
        assertThat(address.toString()).doesNotContain("wr0ng-s3cret");
    }

    @Test
    void somethingElseThatListensThere_isForeign() throws Exception {
        node.greeting = ScriptedSwitch.Greeting.FOREIGN;
        link(node.address(), PATIENT, "");

        assertThat(next()).isEqualTo("ended FOREIGN");
    }

    @Test
    void connectionThatIsCut_isClosed_andAnotherComesUp() throws Exception {
        EslLink link = link(node.address(), PATIENT, "");
        assertThat(next()).isEqualTo("up");

        node.cut();

        assertThat(next()).isEqualTo("ended CLOSED");
        assertThat(next()).isEqualTo("up");
        assertThat(ask(link, "api switchname").words()).isEqualTo("fs1");
    }

    @Test
    void nodeThatShutsDown_saysSo() throws Exception {
        link(node.address(), PATIENT, "SHUTDOWN");
        assertThat(next()).isEqualTo("up");

        node.emitShutdown();

        assertThat(next()).isEqualTo("event SHUTDOWN System Shutting Down");
        assertThat(next()).isEqualTo("ended SHUTDOWN");
    }

    @Test
    void nobodyThere_isRefused() throws Exception {
        int free;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = gone.getLocalPort();
        }
        link(EventSocketAddress.of("127.0.0.1", free, "x"), PATIENT, "");

        assertThat(next()).isEqualTo("ended REFUSED");
    }

    @Test
    void send_whenNotConnected_saysThat() throws Exception {
        node.greeting = ScriptedSwitch.Greeting.SILENT;
        EslLink link = link(node.address(), PATIENT, "");

        assertThat(ask(link, "api status").words()).contains("not connected");
    }

    @Test
    void close_endsWithoutAWord() throws Exception {
        EslLink link = link(node.address(), PATIENT, "");
        assertThat(next()).isEqualTo("up");

        loop.execute(link::close);
        loop.execute(() -> heard.add("closed"));

        assertThat(next()).isEqualTo("closed");
        assertThat(heard.poll(30, TimeUnit.MILLISECONDS)).isNull();
    }
}
