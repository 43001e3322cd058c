package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.Placement;
import io.tandemsip.node.Node;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that are given by name, while DNS hangs or knows nothing: nobody else's call waits for it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HaProxyNamesIT {
    /** A proxy with one UDP thread; calls go to the node by name, and those called "quick" to the other. */
    private static final class World implements AutoCloseable {
        final UdpPeer named = new UdpPeer();
        final UdpPeer other = new UdpPeer();
        final UdpPeer caller = new UdpPeer();
        final SipHost host;
        final HaProxy proxy;

        World(boolean stackTransactions, Names.Lookup lookup) throws Exception {
            Properties properties = HaProxyStack.properties("names-" + System.nanoTime());
            properties.setProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", "1");
            host = new SipHost(properties);
            ScriptedRouter router =
                    new ScriptedRouter(
                            Node.of("fs1", "sip:node.example:" + named.port()),
                            Node.of("fs2", "sip:" + other.address())) {
                        @Override
                        public Placement place(CallRequest call) {
                            return next(call, call.callId().equals("quick") ? 1 : 0, 503);
                        }
                    };
            HaProxy.Builder builder =
                    HaProxy.builder(router).provider(host.provider).lookup(lookup);
            proxy = (stackTransactions ? builder.stackTransactions() : builder)
                    .build()
                    .start();
        }

        void invites(String callId) throws Exception {
            caller.send(
                    "INVITE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address() + ";branch=z9hG4bK"
                            + callId + "\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>\r\nCall-ID: " + callId
                            + "\r\nCSeq: 1 INVITE\r\nContact: <sip:a@" + caller.address()
                            + ">\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                    host.port);
        }

        @Override
        public void close() {
            proxy.close();
            host.close();
            named.close();
            other.close();
            caller.close();
        }
    }

    /** Fails when a name is looked up on the stack's thread, or on the one that repeats requests. */
    @Test
    void dnsThatHangs_holdsUpNobodyElse() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (World world = new World(false, name -> {
            asked.countDown();
            try {
                released.await();
            } catch (InterruptedException over) {
                throw new UnknownHostException(name);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        })) {
            world.invites("slow");
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            world.invites("quick");
            assertThat(world.other.nextRequest("INVITE")).contains("Call-ID: quick");
            assertThat(world.other.nextRequest("INVITE")).as("repeated").contains("Call-ID: quick");
            released.countDown();
            assertThat(world.named.nextRequest("INVITE")).contains("Call-ID: slow");
        } finally {
            released.countDown();
        }
    }

    @Test
    void name_thatNobodyKnows_sendsTheCallToTheNextNode() throws Exception {
        try (World world = new World(false, name -> {
            throw new UnknownHostException(name);
        })) {
            world.invites("lost");
            assertThat(world.other.nextRequest("INVITE")).contains("Call-ID: lost");
        }
    }

    /** The stack looks names up itself then, where it sends: on a thread for that. */
    @Test
    void withTheStacksTransactions_aNameIsNoStrangersBusiness() throws Exception {
        try (World world = new World(true, InetAddress::getAllByName)) {
            world.invites("lost");
            assertThat(world.other.nextRequest("INVITE")).contains("Call-ID: lost");
        }
    }
}
