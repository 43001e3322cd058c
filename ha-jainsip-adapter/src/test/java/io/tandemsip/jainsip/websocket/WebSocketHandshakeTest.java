package io.tandemsip.jainsip.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketHandshakeTest {
    /** RFC 7118 section 4.1, with the key of RFC 6455 section 1.3. */
    private static final String REQUEST = String.join(
            "\r\n",
            "GET / HTTP/1.1",
            "Host: sip-ws.example.com",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Origin: http://www.example.com",
            "Sec-WebSocket-Protocol: sip",
            "Sec-WebSocket-Version: 13",
            "",
            "");

    @ParameterizedTest
    @CsvSource({
        "Upgrade: websocket, upgrade:WebSocket",
        "Connection: Upgrade, 'Connection: keep-alive, Upgrade'",
        "Sec-WebSocket-Protocol: sip, 'sec-websocket-protocol: msrp, sip'",
        "Host, Host"
    })
    void answer_toTheRequestOfTheRfc_howeverWritten_accepts(String line, String other) {
        WebSocketHandshake answer = WebSocketHandshake.answer(REQUEST.replace(line, other));
        assertThat(answer.accepted()).isTrue();
        assertThat(answer.text())
                .startsWith("HTTP/1.1 101 ")
                .contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                .contains("\r\nSec-WebSocket-Protocol: sip\r\n")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, POST, 400",
        "HTTP/1.1, HTTP/1.0, 400",
        "Upgrade: websocket, X: y, 426",
        "Connection: Upgrade, Connection: close, 426",
        "Version: 13, Version: 8, 426",
        "Sec-WebSocket-Key, X, 400",
        "Protocol: sip, Protocol: msrp, 400"
    })
    void answer_toAnythingElse_refuses(String part, String other, int status) {
        WebSocketHandshake answer = WebSocketHandshake.answer(REQUEST.replace(part, other));
        assertThat(answer.accepted()).isFalse();
        assertThat(answer.text()).startsWith("HTTP/1.1 " + status + ' ').endsWith("\r\n\r\n");
    }

    @Test
    void answer_toNothing_refuses() {
        assertThat(WebSocketHandshake.answer("\r\n\r\n").accepted()).isFalse();
    }
}
