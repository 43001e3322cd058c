package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandemsip.node.Node;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.sip.ListeningPoint;
import javax.sip.SipProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A call over IPv6, and one between both kinds of addresses; skipped where there is no IPv6. */
class HaProxyIpv6IT {
    @BeforeEach
    void assumeIpv6() {
        assumeTrue(hasIpv6(), "skipped: no address ::1");
    }

    private static boolean hasIpv6() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::1", 0))) {
            return socket.isBound();
        } catch (IOException none) {
            return false;
        }
    }

    private static String request(UdpPeer from, String method, String uri, String tags, String route) {
        String[] fromAndTo = tags.split(">", -1);
        return method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + from.address() + ";branch=z9hG4bK" + method
                + fromAndTo[0] + "\r\nFrom: <sip:a@example.org>;tag=" + fromAndTo[0] + "\r\nTo: <sip:b@example.org>"
                + (fromAndTo[1].isEmpty() ? "" : ";tag=" + fromAndTo[1]) + "\r\nCall-ID: v6\r\nCSeq: 1 " + method
                + "\r\nMax-Forwards: 70\r\nContact: <sip:" + from.address() + ">\r\n"
                + (route.isEmpty() ? "" : "Route: " + route + "\r\n") + "Content-Length: 0\r\n\r\n";
    }

    /** A call from one to the other, and a request from either side of it. */
    private static String call(UdpPeer caller, UdpPeer node, int callerSide, int nodeSide) throws Exception {
        caller.send(request(caller, "INVITE", "sip:b@example.org", "caller>", ""), callerSide);
        String invite = node.nextRequest("INVITE");
        String recordRoute = UdpPeer.header(invite, "Record-Route");
        node.send(UdpNode.response(invite, 200, "Record-Route: " + recordRoute), nodeSide);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
        String[] routes = recordRoute.split(",", -1);
        String reversed = routes.length == 2 ? routes[1] + ", " + routes[0] : recordRoute;
        caller.send(request(caller, "INFO", "sip:" + node.address(), "caller>node", reversed), callerSide);
        String info = node.nextRequest("INFO");
        assertThat(info).contains("Call-ID: v6");
        node.send(UdpNode.response(info, 200), nodeSide);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
        node.send(request(node, "BYE", "sip:" + caller.address(), "node>caller", recordRoute), nodeSide);
        String bye = caller.nextRequest("BYE");
        caller.send(UdpNode.response(bye, 200), callerSide);
        assertThat(node.nextFinal()).startsWith("SIP/2.0 200");
        return recordRoute;
    }

    @Test
    void call_overIpv6_goesBothWays() throws Exception {
        try (SipHost host = new SipHost("::1");
                UdpPeer caller = new UdpPeer("::1");
                UdpPeer node = new UdpPeer("::1");
                HaProxy proxy = new HaProxy(host.provider, new ScriptedRouter(Node.of("fs1", "sip:" + node.address())))
                        .start()) {
            assertThat(call(caller, node, host.port, host.port)).contains("[", "]:" + host.port);
            assertThat(proxy.mishaps()).isZero();
        }
    }

    /** Fails when the transport alone says by which listening point a request leaves. */
    @Test
    void call_fromIpv4ToANodeWithIpv6_leavesByTheOtherSide() throws Exception {
        try (SipHost host = new SipHost();
                UdpPeer caller = new UdpPeer();
                UdpPeer node = new UdpPeer("::1")) {
            int port = SippPorts.free();
            SipProvider second =
                    host.stack.createSipProvider(host.stack.createListeningPoint("::1", port, ListeningPoint.UDP));
            try (HaProxy proxy = HaProxy.builder(new ScriptedRouter(Node.of("fs1", "sip:" + node.address())))
                    .provider(host.provider)
                    .provider(second)
                    .build()
                    .start()) {
                assertThat(call(caller, node, host.port, port).split(",", -1))
                        .as("a Record-Route for each side")
                        .hasSize(2);
                assertThat(proxy.mishaps()).isZero();
            }
        }
    }

    /** Fails when an address loses its brackets on the way into Via or Record-Route, or out of a Route. */
    @Test
    void call_overIpv6FromUdpToTcp_reachesTheNode() throws Exception {
        try (SipHost host = new SipHost("::1");
                UdpPeer caller = new UdpPeer("::1");
                ConnectedPeer node = new ConnectedPeer("::1", Optional.empty())) {
            host.provider.addListeningPoint(host.stack.createListeningPoint("::1", host.port, ListeningPoint.TCP));
            try (HaProxy proxy = new HaProxy(
                            host.provider,
                            new ScriptedRouter(Node.of("fs1", "sip:" + node.address() + ";transport=tcp")))
                    .start()) {
                caller.send(request(caller, "INVITE", "sip:b@example.org", "caller>", ""), host.port);
                String invite = node.next();
                assertThat(invite).startsWith("INVITE ").contains("SIP/2.0/TCP [");
                String recordRoute = UdpPeer.header(invite, "Record-Route");
                node.reply(UdpNode.response(invite, 200, "Record-Route: " + recordRoute));
                assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
                String[] routes = recordRoute.split(",", -1);
                assertThat(routes).as("a Record-Route for each side").hasSize(2);
                caller.send(
                        request(caller, "BYE", "sip:" + node.address(), "caller>node", routes[1] + ", " + routes[0]),
                        host.port);
                assertThat(node.next()).startsWith("BYE ");
                assertThat(proxy.mishaps()).isZero();
            }
        }
    }
}
