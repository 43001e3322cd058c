package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gov.nist.javax.sip.TransactionExt;
import gov.nist.javax.sip.stack.SIPTransaction;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sip.ClientTransaction;
import javax.sip.TimeoutEvent;
import javax.sip.message.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Alarms by the stack's own timers. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class SipDoorAlarmTest {
    private static final Duration SOON = Duration.ofMillis(100);

    private final BlockingQueue<TimeoutEvent> timeouts = new LinkedBlockingQueue<>();
    private SipHost host;
    private UdpPeer node;
    private SipDoor door;

    @BeforeEach
    void open() throws Exception {
        host = new SipHost();
        node = new UdpPeer();
        host.provider.addSipListener(new QuietListener() {
            @Override
            public void processTimeout(TimeoutEvent event) {
                timeouts.add(event);
            }
        });
        door = SipDoor.of(
                new ScriptedRouter(Node.of("fs1", "sip:" + node.address()), Node.of("fs2", "sip:127.0.0.12:5080")),
                host.provider);
    }

    @AfterEach
    void close() {
        host.close();
        node.close();
    }

    private ClientTransaction transaction(String callId) throws Exception {
        Request invite = Messages.MESSAGES.createRequest("INVITE sip:b@" + node.address()
                + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bKcaller" + callId
                + "\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>\r\nCall-ID: " + callId
                + "\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:a@127.0.0.9:5099>\r\n"
                + "Content-Length: 0\r\n\r\n");
        SipWay way = door.route(invite);
        Request copy = (Request) invite.clone();
        copy.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", host.port, "udp", "z9hG4bK" + callId));
        return host.provider.getNewClientTransaction(way.prepare(copy));
    }

    /** Fails when the time that is asked for is not the stack's: then who was sent first is given up first. */
    @Test
    void alarm_comesWhenItIsAskedFor_andLeadsToTheNextNode() throws Exception {
        ClientTransaction late = transaction("late");
        ClientTransaction soon = transaction("soon");
        assumeTrue(door.alarm(late, Duration.ofSeconds(4)), "this release of JAIN-SIP has no alarm");
        assertThat(door.alarm(soon, SOON)).isTrue();
        late.sendRequest();
        soon.sendRequest();
        TimeoutEvent first = timeouts.poll(30, TimeUnit.SECONDS);
        assertThat(first).as("an alarm").isNotNull();
        assertThat(first.getClientTransaction()).isSameAs(soon);
        assertThat(first.getTimeout()).isEqualTo(javax.sip.Timeout.RETRANSMIT);
        assertThat(door.next(first)).isInstanceOfSatisfying(NodeWay.class, next -> {
            assertThat(next.node().id().value()).isEqualTo("fs2");
            assertThat(next.attempt().orElseThrow().ordinal()).isEqualTo(2);
        });
        soon.terminate();
        late.terminate();
    }

    /** Fails when T2, T4 and Timer D, which the stack counts by T1, shrink with it. */
    @Test
    void theOtherTimers_stayAsLongAsTheyWere() throws Exception {
        ClientTransaction transaction = transaction("timers");
        assumeTrue(door.alarm(transaction, SOON), "this release of JAIN-SIP has no alarm");
        TransactionExt timers = (TransactionExt) transaction;
        assertThat(((SIPTransaction) transaction).getBaseTimerInterval()).isEqualTo((int) SOON.toMillis());
        assertThat(timers.getTimerT2() * SOON.toMillis()).isEqualTo(4_000);
        assertThat(timers.getTimerT4() * SOON.toMillis()).isEqualTo(5_000);
        assertThat(timers.getTimerD() * SOON.toMillis()).isEqualTo(32_000);
        transaction.terminate();
    }

    @Test
    void alarm_ofARequestThatIsNoneOfTheDoors_changesNothing() throws Exception {
        Request foreign = Messages.MESSAGES.createRequest("INVITE sip:b@" + node.address()
                + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + host.port
                + ";branch=z9hG4bKforeign\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>\r\nCall-ID: foreign\r\n"
                + "CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:a@127.0.0.9>\r\nContent-Length: 0\r\n\r\n");
        ClientTransaction transaction = host.provider.getNewClientTransaction(foreign);
        assertThat(door.alarm(transaction, SOON)).isFalse();
        assertThat(((SIPTransaction) transaction).getBaseTimerInterval()).isEqualTo(500);
        transaction.terminate();
    }

    @Test
    void alarm_afterATimeThatCantBe_isRefused() throws Exception {
        ClientTransaction transaction = transaction("never");
        assertThatThrownBy(() -> door.alarm(transaction, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("after")
                .hasMessageContaining("PT0S");
        assertThatThrownBy(() -> door.alarm(transaction, Duration.ofMinutes(1)))
                .isInstanceOf(IllegalArgumentException.class);
        transaction.terminate();
    }
}
