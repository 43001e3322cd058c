package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import gov.nist.javax.sip.ListeningPointImpl;
import gov.nist.javax.sip.stack.UDPMessageProcessor;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sip.ListeningPoint;
import javax.sip.RequestEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DirectUdpProcessorTest {
    /** Hears requests, and breaks as long as it is told to. Thread-safe. */
    private static final class Listener extends QuietListener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public void processRequest(RequestEvent event) {
            String subject = event.getRequest().getHeader("Subject").toString();
            heard.add(subject);
            if (subject.contains("break")) {
                throw new AssertionError("a listener's own");
            }
        }

        String next() throws InterruptedException {
            return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
        }
    }

    /** Takes only what the listening point's own port sends. */
    private static DatagramSocket connected(int port) throws Exception {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.connect(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(DatagramSocket socket, String message) throws Exception {
        byte[] bytes = message.getBytes(StandardCharsets.US_ASCII);
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    private static String message(DatagramSocket from, String subject, String fromHeader) {
        String own = "127.0.0.1:" + from.getLocalPort();
        return "MESSAGE sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP " + own + ";branch=z9hG4bK" + subject
                + "\r\nFrom: " + fromHeader + "\r\nTo: <sip:a@127.0.0.1>\r\nCall-ID: " + subject
                + "\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nSubject: " + subject
                + "\r\nContent-Length: 0\r\n\r\n";
    }

    /** Fails when an Error of a listener ends one of the threads, as it does in the stack's own UDP. */
    @Test
    void error_endsNoThread() throws Exception {
        Listener listener = new Listener();
        try (SipHost host = new SipHost();
                DatagramSocket peer = connected(host.port)) {
            host.provider.addSipListener(listener);
            for (int i = 0; i < 10; i++) {
                send(peer, message(peer, "break" + i, "<sip:b@127.0.0.1>;tag=1"));
                assertThat(listener.next()).contains("break" + i);
            }
            send(peer, message(peer, "whole", "<sip:b@127.0.0.1>;tag=1"));
            assertThat(listener.next()).contains("whole");
            assertThat(host.brokenDatagrams()).isEqualTo(10);
        }
    }

    /** Fails when what the stack answers by itself leaves by another socket: no NAT would let it through. */
    @Test
    void theStacksOwnAnswer_comesFromTheListeningPoint() throws Exception {
        try (SipHost host = new SipHost();
                DatagramSocket peer = connected(host.port)) {
            send(peer, message(peer, "odd", "<<<"));
            DatagramPacket answer = new DatagramPacket(new byte[2_000], 2_000);
            peer.receive(answer);
            assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII))
                    .startsWith("SIP/2.0 400 ");
        }
    }

    /** Fails when a host that wants one thread, for the order of its messages, gets more. */
    @Test
    void oneThread_isTheStacksOwnUdp() throws Exception {
        Properties properties = HaProxyStack.properties("udp-of-one-thread");
        properties.setProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", "1");
        try (SipHost one = new SipHost(properties);
                SipHost several = new SipHost()) {
            assertThat(processor(one)).isExactlyInstanceOf(UDPMessageProcessor.class);
            assertThat(processor(several)).isInstanceOf(DirectUdpProcessor.class);
        }
    }

    private static Object processor(SipHost host) {
        return ((ListeningPointImpl) host.provider.getListeningPoint(ListeningPoint.UDP)).getMessageProcessor();
    }
}
