package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import gov.nist.javax.sip.header.SIPHeaderNamesCache;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.parser.MessageParser;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What strangers make up is not remembered for good (S2). */
class HeaderNamesTest {
    private static final int MESSAGES = 40;
    private static final int NAMES = 300;

    @Test
    void namesOfHeaders_areNotRememberedWithoutBound() throws Exception {
        MessageParser parser = new CarefulParserFactory().createMessageParser(null);
        for (int i = 0; i < MESSAGES; i++) {
            StringBuilder message = new StringBuilder("OPTIONS sip:a@b SIP/2.0\r\n");
            for (int k = 0; k < NAMES; k++) {
                message.append("Made-Up-").append(i).append('-').append(k).append(": x\r\n");
            }
            SIPMessage read = parser.parseSIPMessage(
                    message.append("\r\n").toString().getBytes(StandardCharsets.UTF_8), true, false, null);
            assertThat(read.getHeader("made-up-" + i + "-7")).isNotNull();
            assertThat(HeaderNames.remembers()).isBetween(1, HeaderNames.MOST + 2);
        }
        assertThat(SIPHeaderNamesCache.toLowerCase("Max-Forwards")).isEqualTo("max-forwards");
    }
}
