package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.parser.MessageParser;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of these fills the heap of whoever gives it to the stack's own parser. */
@Timeout(60)
class EndlessViaTest {
    private static SIPMessage parse(String via) throws ParseException {
        MessageParser parser = new CarefulParserFactory().createMessageParser(null);
        String message = "OPTIONS sip:a@b SIP/2.0\r\n" + via + "\r\nContent-Length: 0\r\n\r\n";
        return parser.parseSIPMessage(message.getBytes(StandardCharsets.UTF_8), true, false, null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Via: SIP/2.0/UDP h:5;branch=z9 (\\",
                "v: SIP/2.0/UDP h:5 (comment\\",
                "VIA \t: SIP/2.0/UDP h:5 (a\\b\\",
                "Via: SIP/2.0/UDP h:5;x=\"y\" (\r\n a\\",
                "Via: SIP/2.0/UDP h:5\r\n\t(\\",
                "Subject: x\rVia: SIP/2.0/UDP h:5 (\\",
                "Via: SIP/2.0/UDP h:5, SIP/2.0/UDP h:6 (\\",
                "Via: SIP/2.0/UDP h:5 (c), SIP/2.0/UDP h:6 (c\\"
            })
    void aBackslashInAComment_isRefusedAtOnce(String via) {
        assertThatThrownBy(() -> parse(via)).isInstanceOf(ParseException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Via: SIP/2.0/UDP h:5;branch=z9",
                "Via: SIP/2.0/UDP h:5 (a comment)",
                "Via: SIP/2.0/UDP h:5;x=\"a\\\"b\"",
                "Subject: (a \\ b)",
                "Via: SIP/2.0/UDP h:5 (c)\r\nSubject: \\",
                "User-Agent: via (x\\y)"
            })
    void whatEnds_isRead(String header) throws Exception {
        assertThat(parse(header)).isNotNull();
    }

    /** Fails when there is another comment that has no end; where a Via breaks is left to chance. */
    @Test
    void whateverAVia_itsParserEnds() {
        Random random = new Random(20261127);
        String letters = "(()\\\\\"\r\n \t;,=:/aZ9";
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder via = new StringBuilder("Via: SIP/2.0/UDP h:5");
            for (int k = random.nextInt(12); k > 0; k--) {
                via.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                parse(via.toString());
                read++;
            } catch (ParseException refused) {
                // as it may be
            }
        }
        assertThat(read).isGreaterThan(10_000);
    }
}
