package io.tandemsip.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.HealthProbeContract;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpConnectProbeContractTest extends HealthProbeContract {
    private final TcpConnectProbe probe = TcpConnectProbe.create();
    private final List<AutoCloseable> sockets = new ArrayList<>();

    @Override
    protected HealthProbe probe() {
        return probe;
    }

    @Override
    protected Node aliveNode() throws Exception {
        return node(listen(200).getLocalPort());
    }

    /** Its queue is full and nobody takes from it, so the kernel drops what comes. */
    @Override
    protected Node silentNode() throws Exception {
        ServerSocket full = listen(1);
        for (int i = 0; i < 3; i++) {
            Socket waiting = new Socket();
            sockets.add(waiting);
            try {
                waiting.connect(full.getLocalSocketAddress(), 100);
            } catch (java.net.SocketTimeoutException queueIsFull) {
                break;
            }
        }
        return node(full.getLocalPort());
    }

    @Override
    protected Node deadNode() throws Exception {
        try (ServerSocket server = listen(1)) {
            return node(server.getLocalPort());
        }
    }

    @Override
    protected Class<? extends ProbeResult> deadResult() {
        return ProbeResult.Refused.class;
    }

    @AfterEach
    void close() throws Exception {
        probe.close();
        for (AutoCloseable socket : sockets) {
            socket.close();
        }
    }

    /** Fails when the port given is not the one that is asked. */
    @Test
    void anotherPort_isAskedInstead() throws Exception {
        ServerSocket server = listen(5);
        try (TcpConnectProbe other = TcpConnectProbe.toPort(server.getLocalPort())) {
            assertThat(other.probe(deadNode(), LONG).toCompletableFuture().get())
                    .isInstanceOf(ProbeResult.Alive.class);
        }
        assertThatThrownBy(() -> TcpConnectProbe.toPort(0)).hasMessage("port: 0; expected 1 to 65535");
    }

    @Test
    void anUnknownHost_isALocalError() throws Exception {
        assertThat(ask(Node.of("n", "sip:no-such-host.invalid"), LONG)).isInstanceOf(ProbeResult.LocalError.class);
    }

    private ServerSocket listen(int backlog) throws Exception {
        ServerSocket server = new ServerSocket(0, backlog, InetAddress.getByName("127.0.0.1"));
        sockets.add(server);
        return server;
    }

    private static Node node(int port) {
        return Node.of("n", "sip:127.0.0.1:" + port + ";transport=tcp");
    }
}
