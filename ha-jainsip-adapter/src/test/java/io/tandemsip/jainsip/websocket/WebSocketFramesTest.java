package io.tandemsip.jainsip.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames as they are on the wire; the first are those of RFC 6455 section 5.7. */
class WebSocketFramesTest {
    private static final String HELLO = "818537fa213d7f9f4d5158";
    private static final String MASK = "00000000";

    private static List<String> read(WebSocketFrames frames, String hex) throws Exception {
        List<String> found = new ArrayList<>();
        for (WebSocketFrames.Incoming each : frames.read(HexFormat.of().parseHex(hex))) {
            found.add(each.kind() + " " + new String(each.payload(), StandardCharsets.ISO_8859_1));
        }
        return found;
    }

    @Test
    void read_hello_unmasksIt() throws Exception {
        assertThat(read(new WebSocketFrames(5), HELLO)).containsExactly("MESSAGE Hello");
    }

    /** Two frames of a message with a ping between them, and then a message and a close frame, cut at each place there is. */
    @Test
    void read_wherever_theStreamIsCut_findsTheSame() throws Exception {
        String stream =
                "0181" + MASK + "48" + "8981" + MASK + "70" + "8081" + MASK + "69" + HELLO + "8882" + MASK + "03e8";
        for (int cut = 0; cut <= stream.length(); cut += 2) {
            WebSocketFrames frames = new WebSocketFrames(100);
            List<String> found = new ArrayList<>(read(frames, stream.substring(0, cut)));
            found.addAll(read(frames, stream.substring(cut)));
            assertThat(found)
                    .as("cut at " + cut)
                    .containsExactly("PING p", "MESSAGE Hi", "MESSAGE Hello", "CLOSE \u0003\u00e8");
        }
    }

    @Test
    void read_lengthsOfTwoAndEightBytes() throws Exception {
        WebSocketFrames frames = new WebSocketFrames(70_000);
        assertThat(read(frames, "82fe0100" + MASK + "61".repeat(256))).containsExactly("MESSAGE " + "a".repeat(256));
        assertThat(read(frames, "81ff0000000000010000" + MASK + "62".repeat(65_536)))
                .containsExactly("MESSAGE " + "b".repeat(65_536));
    }

    /** Fails when the frames of one message are not counted together, or what is too large is waited for. */
    @ParameterizedTest
    @CsvSource({
        "810548656c6c6f, without a mask",
        "c18537fa213d7f9f4d5158, an extension",
        "838537fa213d7f9f4d5158, an opcode",
        "808537fa213d7f9f4d5158, the rest of no message",
        "01810000000048018100000000, a message within a message",
        "098000000000, a control frame in pieces",
        "89fe007e00000000, a control frame in pieces",
        "81fe0065, more than 100 bytes",
        "81ff8000000000000000, more than 100 bytes",
        "01fe0064, ''",
        "01e400000000, ''"
    })
    void read_whatIsNotAllowed_throws(String hex, String why) throws Exception {
        WebSocketFrames frames = new WebSocketFrames(100);
        if (why.isEmpty()) {
            assertThat(read(frames, hex)).isEmpty();
        } else {
            assertThatThrownBy(() -> read(frames, hex))
                    .isInstanceOf(WebSocketFrames.ViolationException.class)
                    .hasMessageContaining(why);
        }
    }

    @Test
    void read_piecesThatAreTooMuchTogether_throws() throws Exception {
        WebSocketFrames frames = new WebSocketFrames(100);
        assertThat(read(frames, "01e4" + MASK + "61".repeat(100))).isEmpty();
        assertThatThrownBy(() -> read(frames, "8081" + MASK)).hasMessageContaining("more than 100 bytes");
    }

    @Test
    void answers_areAsTheRfcHasThem() {
        byte[] hello = "Hello".getBytes(StandardCharsets.UTF_8);
        assertThat(WebSocketFrames.pong(hello)).asHexString().isEqualTo("8A0548656C6C6F");
        assertThat(WebSocketFrames.text(hello)).asHexString().isEqualTo("810548656C6C6F");
        assertThat(WebSocketFrames.closing(new byte[] {3, (byte) 0xE8, 'x'}))
                .asHexString()
                .isEqualTo("880203E8");
        assertThat(WebSocketFrames.closing(new byte[0])).asHexString().isEqualTo("8800");
    }
}
