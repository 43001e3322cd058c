package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Side by side with a Kamailio: what its {@code ndb_redis} sends is sent here, byte by byte, over a connection of its own.
 */
class KamailioKeysIT {
    private static final List<Node> NODES =
            List.of(Node.of("fs1", "sip:127.0.0.11:5080"), Node.of("fs2", "sip:127.0.0.12:5080;transport=tcp"));
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final String prefix = TestRedis.newPrefix();
    private final String call = "call-" + prefix + "@10.0.0.1";
    private final DialogId dialog = new DialogId(call, "a", "b");
    private final RedisStores stores = TestRedis.ONE_SERVER
            .stores(prefix)
            .kamailio(KamailioKeys.of(() -> NODES))
            .connect();
    private final DialogStore dialogs = stores.dialogs();

    @AfterEach
    void end() {
        stores.close();
        TestRedis.ONE_SERVER.drop(prefix);
        TestRedis.ONE_SERVER.raw().del("call:" + call);
    }

    /**
     * As {@code redis_cmd} does it: the command as an array of strings, the reply's first line and, if it has one, its text.
     */
    private static String kamailio(String... words) {
        URI server = URI.create(TestRedis.ONE_SERVER.url());
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
            for (String word : words) {
                command.append('$')
                        .append(word.getBytes(StandardCharsets.UTF_8).length)
                        .append("\r\n");
                command.append(word).append("\r\n");
            }
            socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            String first = line(in);
            return first.startsWith("$") && !first.equals("$-1") ? line(in) : first;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            line.append((char) c);
        }
        assertThat(in.read()).isEqualTo('\n');
        return line.toString();
    }

    private BindResult bind(DialogId id, String owner, DialogPhase phase) {
        return Stages.await(
                dialogs.bind(new DialogBinding(id, NodeId.of(owner), Incarnation.UNKNOWN, 0, phase), MINUTE));
    }

    @Test
    void aCallOfTandem_isFoundByKamailio_asItsOwn() {
        bind(DialogId.early(call, "a"), "fs1", DialogPhase.EARLY);
        assertThat(kamailio("GET", "call:" + call))
                .as("the recipe writes with the 200")
                .isEqualTo("$-1");
        bind(dialog, "fs1", DialogPhase.CONFIRMED);
        assertThat(kamailio("GET", "call:" + call)).isEqualTo("sip:127.0.0.11:5080");
        assertThat(kamailio("TTL", "call:" + call)).matches(":(7200|719\\d)");
        bind(new DialogId(call + "-tcp", "a", "b"), "fs2", DialogPhase.CONFIRMED);
        assertThat(kamailio("GET", "call:" + call + "-tcp")).isEqualTo("sip:127.0.0.12:5080;transport=tcp");
        kamailio("DEL", "call:" + call + "-tcp");
    }

    @Test
    void aCallOfKamailio_isFoundByTandem_inBothDirections() {
        assertThat(Stages.await(dialogs.find(dialog))).isInstanceOf(DialogLookup.Absent.class);
        assertThat(kamailio("SET", "call:" + call, "sip:127.0.0.12:5080;transport=tcp", "EX", "7200"))
                .isEqualTo("+OK");
        for (DialogId each : List.of(dialog, dialog.reversed())) {
            assertThat(Stages.await(dialogs.find(each)))
                    .isEqualTo(new DialogLookup.Found(new DialogBinding(
                            dialog, NodeId.of("fs2"), Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED)));
        }
        assertThat(Stages.await(dialogs.find(DialogId.early(call, "a"))))
                .as("a new INVITE is nobody's")
                .isInstanceOf(DialogLookup.Absent.class);
    }

    /** What Tandem knows itself comes first. */
    @Test
    void whatTandemBoundOrEnded_outranksWhatKamailioWrote() {
        kamailio("SET", "call:" + call, "sip:127.0.0.12:5080;transport=tcp", "EX", "7200");
        assertThat(bind(dialog, "fs1", DialogPhase.CONFIRMED)).isInstanceOf(BindResult.Bound.class);
        assertThat(kamailio("GET", "call:" + call)).isEqualTo("sip:127.0.0.11:5080");
        assertThat(Stages.await(dialogs.end(dialog, MINUTE))).isTrue();
        assertThat(Stages.await(dialogs.find(dialog))).isInstanceOf(DialogLookup.Ended.class);
        assertThat(kamailio("GET", "call:" + call))
                .as("left to expire, as the recipe leaves it: a fork may still have it")
                .isEqualTo("sip:127.0.0.11:5080");
    }

    @Test
    void aRefresh_letsKamailiosKeyLiveOn() {
        kamailio("SET", "call:" + call, "sip:127.0.0.11:5080", "EX", "100");
        assertThat(Stages.await(dialogs.refresh(dialog, MINUTE))).isTrue();
        assertThat(kamailio("TTL", "call:" + call)).matches(":(7200|719\\d)");
        assertThat(Stages.await(dialogs.refresh(new DialogId("nobody's", "a", "b"), MINUTE)))
                .isFalse();
    }

    @Test
    void aNodeThatIsNotKnown_isNoOwner() {
        for (String uri : List.of("sip:127.0.0.99:5080", "nonsense")) {
            kamailio("SET", "call:" + call, uri, "EX", "7200");
            assertThat(Stages.await(dialogs.find(dialog))).isInstanceOf(DialogLookup.Absent.class);
        }
        assertThat(stores.statistics().unreadable()).isEqualTo(2);
    }

    @Test
    void prefixAndLife_areAsKamailiosScriptHasThem() {
        KamailioKeys keys =
                KamailioKeys.of(() -> NODES).withPrefix(prefix + ":pin:").withLife(Duration.ofSeconds(600));
        try (RedisStores others =
                TestRedis.ONE_SERVER.stores(prefix).kamailio(keys).connect()) {
            Stages.await(others.dialogs()
                    .bind(
                            new DialogBinding(dialog, NodeId.of("fs1"), Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED),
                            MINUTE));
            assertThat(kamailio("TTL", prefix + ":pin:" + call)).matches(":(600|59\\d)");
        }
        assertThatThrownBy(() -> keys.withLife(Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.999");
    }
}
