package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sip.ListeningPoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that is known by its certificate: wherever it sends from it is that node, and nobody else is, wherever that one is. */
@Timeout(120)
class HaProxyCertificateIT {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static Certificates certificates;
    private static SipHost host;
    private static int tlsPort;

    private UdpPeer caller;
    private ConnectedPeer node;
    private HaProxy proxy;

    @BeforeAll
    static void open() throws Exception {
        certificates = new Certificates(folder)
                .add("fs1", "CN=anything", "uri:sip:fs1.example.org")
                .add("fs2", "CN=fs2.example.org", "");
        Properties properties = certificates.addTo(HaProxyStack.properties("certificates"));
        properties.setProperty("gov.nist.javax.sip.TLS_CLIENT_AUTH_TYPE", "Want");
        host = new SipHost(properties);
        tlsPort = SippPorts.free();
        host.provider.addListeningPoint(host.stack.createListeningPoint("127.0.0.1", tlsPort, ListeningPoint.TLS));
    }

    @AfterAll
    static void close() {
        host.close();
    }

    @BeforeEach
    void start() throws Exception {
        caller = new UdpPeer();
        node = peer("fs1");
        ScriptedRouter router = new ScriptedRouter(node("fs1", node.address()), node("fs2", "127.0.0.1:5"));
        proxy = HaProxy.builder(router).provider(host.provider).build().start();
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        node.close();
        caller.close();
    }

    private static ConnectedPeer peer(String certificate) throws Exception {
        return new ConnectedPeer("127.0.0.1", Optional.of(certificates.of(certificate)));
    }

    private static Node node(String id, String address) {
        return Node.builder(NodeId.of(id), SipDestination.parse("sip:" + address + ";transport=tls"))
                .attribute(EdgePolicy.CERTIFICATE, id + ".Example.org")
                .build();
    }

    private static String request(String method, String via, String tags, String... lines) {
        String[] fromAndTo = tags.split(">", -1);
        String to = fromAndTo[1].isEmpty() ? "" : ";tag=" + fromAndTo[1];
        return method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/" + via + ";branch=z9hG4bK"
                + NUMBERS.incrementAndGet() + "\r\nFrom: <sip:a@example.org>;tag=" + fromAndTo[0]
                + "\r\nTo: <sip:b@example.org>" + to + "\r\nCall-ID: certified\r\nCSeq: " + NUMBERS.incrementAndGet()
                + ' ' + method + "\r\nMax-Forwards: 70\r\n" + String.join("\r\n", lines)
                + "\r\nContent-Length: 0\r\n\r\n";
    }

    /** A call that the node answered; gives the Route of the node's later requests. */
    private String establish() throws Exception {
        String contact = "Contact: <sip:" + caller.address() + '>';
        caller.send(request("INVITE", "UDP " + caller.address(), "caller>", contact), host.port);
        String invite = node.next();
        assertThat(invite).startsWith("INVITE");
        String route = String.join(", ", new WireMessage(invite).routes());
        node.reply(UdpNode.response(invite, 200, "Record-Route: " + route, "Contact: <sip:" + node.address() + '>'));
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
        return route;
    }

    private String bye(String via, String route) {
        return request("BYE", via, "node>caller", "Route: " + route)
                .replaceFirst("sip:b@example.org", "sip:" + caller.address());
    }

    @Test
    void bye_withTheNodesCertificateFromAnotherAddress_isTheNodes() throws Exception {
        String route = establish();
        try (ConnectedPeer moved = peer("fs1")) {
            moved.send(bye("TLS " + moved.address(), route), tlsPort);
            String bye = caller.nextRequest("BYE");
            caller.send(UdpNode.response(bye, 200), host.port);
            assertThat(moved.next()).startsWith("SIP/2.0 200");
        }
    }

    /** Fails when the address that a Via names says who is a node although that node has a certificate. */
    @Test
    void bye_withAnothersCertificate_isNotTheNodesWhereverItComesFrom() throws Exception {
        String route = establish();
        try (ConnectedPeer impostor = peer("peer")) {
            impostor.send(bye("TLS " + node.address(), route), tlsPort);
            assertThat(impostor.next()).startsWith("SIP/2.0 403");
        }
    }

    @Test
    void bye_withTheCertificateOfAnotherNode_isOfTheOtherNode() throws Exception {
        String route = establish();
        try (ConnectedPeer other = peer("fs2")) {
            other.send(bye("TLS " + node.address(), route), tlsPort);
            assertThat(other.next()).as("fs2 does not speak for fs1's dialogs").startsWith("SIP/2.0 481");
        }
    }

    @Test
    void bye_withoutAnyCertificate_isNotTheNodes() throws Exception {
        String route = establish();
        try (UdpPeer plain = new UdpPeer("127.0.0.1", node.port())) {
            plain.send(bye("UDP " + plain.address(), route), host.port);
            assertThat(plain.nextFinal()).as("from the node's own address").startsWith("SIP/2.0 403");
        }
    }
}
