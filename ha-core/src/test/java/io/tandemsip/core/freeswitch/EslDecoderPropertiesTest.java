package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What the decoder makes of bytes, wherever they are split, and whatever they are. */
class EslDecoderPropertiesTest {
    private static final String SESSION = "Content-Type: auth/request\n\n"
            + "Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
            + "Content-Type: api/response\nContent-Length: 5\n\ntrue\n"
            + "Content-Length: 44\nContent-Type: text/event-plain\n\nEvent-Name: API\nAPI-Command-Argument: a%20b\n"
            + "\n"
            + "Content-Type: text/disconnect-notice\nContent-Length: 31\n\nThe system is being shut down.\n";

    private static List<EslMessage> decode(byte[] bytes, List<Integer> splits) throws EslFormatException {
        EslDecoder decoder = new EslDecoder();
        List<EslMessage> messages = new ArrayList<>();
        int from = 0;
        for (int split : splits) {
            int to = Math.min(bytes.length, from + split);
            messages.addAll(decoder.feed(ByteBuffer.wrap(bytes, from, to - from)));
            from = to;
        }
        messages.addAll(decoder.feed(ByteBuffer.wrap(bytes, from, bytes.length - from)));
        return messages;
    }

    @Property(tries = 300)
    void splits_changeNothing(@ForAll @Size(max = 60) List<@IntRange(min = 0, max = 40) Integer> splits)
            throws Exception {
        byte[] bytes = SESSION.getBytes(StandardCharsets.UTF_8);

        List<EslMessage> found = decode(bytes, splits);

        assertThat(found).isEqualTo(decode(bytes, List.of()));
        assertThat(found)
                .extracting(EslMessage::contentType)
                .containsExactly(
                        "auth/request", "command/reply", "api/response", "text/event-plain", "text/disconnect-notice");
        assertThat(EslEvent.plain(found.get(3).body()).header("API-Command-Argument"))
                .isEqualTo("a b");
    }

    @Property(tries = 300)
    void whatIsWritten_isRead(
            @ForAll("bodies") List<String> bodies,
            @ForAll boolean crlf,
            @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 9) Integer> splits)
            throws Exception {
        StringBuilder wire = new StringBuilder();
        for (String body : bodies) {
            int length = body.getBytes(StandardCharsets.UTF_8).length;
            String head = "Content-Type: api/response\nContent-Length: " + length + "\n\n";
            wire.append(crlf ? head.replace("\n", "\r\n") : head).append(body);
        }

        List<EslMessage> found = decode(wire.toString().getBytes(StandardCharsets.UTF_8), splits);

        assertThat(found).extracting(EslMessage::body).isEqualTo(bodies);
    }

    @Provide
    Arbitrary<List<String>> bodies() {
        return Arbitraries.strings().ofMaxLength(60).list().ofMaxSize(8);
    }

    /** Bytes of any kind, and those that nearly are a message. */
    @Provide
    Arbitrary<byte[]> anything() {
        Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
        Arbitrary<byte[]> nearly = Combinators.combine(
                        Arbitraries.integers().between(0, SESSION.length() - 1), Arbitraries.bytes())
                .as((at, value) -> {
                    byte[] bytes = SESSION.getBytes(StandardCharsets.UTF_8);
                    bytes[at] = value;
                    return bytes;
                });
        return Arbitraries.oneOf(noise, nearly);
    }

    @Property(tries = 1000)
    void noBytes_makeItDoMoreThanRefuse(
            @ForAll("anything") byte[] bytes,
            @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 50) Integer> splits) {
        try {
            for (EslMessage message : decode(bytes, splits)) {
                EslEvent.plain(message.body());
                EslEvent.decoded(message.body());
            }
        } catch (EslFormatException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    @Property(tries = 300)
    void decoded_undoesEncoding(@ForAll String text) {
        // what is no Unicode text is not carried by UTF-8 either
        String carried = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        StringBuilder encoded = new StringBuilder();
        for (byte each : carried.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(String.format("%%%02x", each & 0xff));
        }

        assertThat(EslEvent.decoded(encoded.toString())).isEqualTo(carried);
    }

    @Example
    void headersWithoutEnd_areRefused() {
        byte[] endless = new byte[EslDecoder.MOST_HEADER_BYTES + 2];
        Arrays.fill(endless, (byte) 'a');
        assertThatCode(() -> new EslDecoder().feed(ByteBuffer.wrap(endless))).isInstanceOf(EslFormatException.class);
    }

    @Example
    void bodyTooLong_isRefusedBeforeItIsRead() {
        byte[] head = "Content-Length: 99999999\n\n".getBytes(StandardCharsets.UTF_8);
        assertThatCode(() -> new EslDecoder().feed(ByteBuffer.wrap(head))).isInstanceOf(EslFormatException.class);
    }

    @Example
    void message_holdsWhatWasSaid() throws Exception {
        List<EslMessage> found = decode("\r\n\nA: 1\r\na: 2\r\n\r\n".getBytes(StandardCharsets.UTF_8), List.of());
        assertThat(found).containsExactly(new EslMessage(Map.of("a", "1"), ""));
    }
}
