package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.Failure;
import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.util.List;
import java.util.Optional;
import javax.sip.SipException;
import javax.sip.SipFactory;
import javax.sip.message.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForkedBranchesTest {
    private static final long TIMER_C_NANOS = ResponseContext.TIMER_C_NANOS;
    private static final long CANCEL_NANOS = ResponseContext.CANCEL_NANOS;

    /** A transaction that counts its CANCELs. */
    private static final class Leg implements ClientLeg {
        private int cancels;

        @Override
        public void send() {
            // nobody is there
        }

        @Override
        public void giveUp() {
            // nothing is kept
        }

        @Override
        public void cancel() {
            cancels++;
        }
    }

    private final ForkedBranches branches = new ForkedBranches();
    private final Leg leg = new Leg();
    private SipHost host;

    @BeforeEach
    void open() throws Exception {
        host = new SipHost();
        branches.open(0, branch("z9hG4bK0"), TIMER_C_NANOS);
        branches.open(1, branch("z9hG4bK1"), TIMER_C_NANOS);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Branch branch(String id) throws Exception {
        ListeningSide side = ListeningSides.of(List.of(host.provider), "")
                .by(Transport.UDP, host.provider)
                .orElseThrow();
        return new Branch(
                id,
                leg,
                new Target(side, Optional.of(SipDestination.parse("sip:192.0.2.1"))),
                SipFactory.getInstance().createAddressFactory().createURI("sip:a@192.0.2.1"),
                Optional.empty());
    }

    private static Response response(int status, String... lines) throws Exception {
        return SipFactory.getInstance()
                .createMessageFactory()
                .createResponse("SIP/2.0 " + status + " Whatever\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n"
                        + "From: <sip:n@example.org>;tag=n\r\nTo: <sip:a@example.org>;tag=" + status
                        + "\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n" + String.join("\r\n", lines)
                        + "\r\nContent-Length: 0\r\n\r\n");
    }

    /** RFC 3261 section 16.6 step 11: one Timer C for each branch. */
    @Test
    void timerC_beginsAnew_forTheBranchThatRings_andNoOther() {
        branches.hear(0, true, 2 * TIMER_C_NANOS);
        branches.hear(1, false, 2 * TIMER_C_NANOS);
        assertThat(branches.anyLate(TIMER_C_NANOS - 1)).isFalse();
        assertThat(branches.anyLate(TIMER_C_NANOS)).isTrue();
        assertThat(branches.late(TIMER_C_NANOS)).containsExactly(1);
        branches.close(1);
        assertThat(branches.anyLate(TIMER_C_NANOS)).isFalse();
        assertThat(branches.late(2 * TIMER_C_NANOS)).containsExactly(0);
    }

    /** Fails when a phone that was cancelled and rings on is waited for without end. */
    @Test
    void whatIsAboutToEnd_getsNoMoreTime() {
        branches.end(CANCEL_NANOS);
        branches.hear(0, true, 2 * TIMER_C_NANOS);
        branches.end(TIMER_C_NANOS);
        assertThat(branches.late(CANCEL_NANOS)).containsExactly(0, 1);
    }

    @Test
    void branches_areKnownWhileTheyAreOpen() {
        assertThat(branches.numberOf("Z9HG4bk1")).contains(1);
        branches.close(1);
        assertThat(branches.numberOf("z9hG4bK1")).isEmpty();
        assertThat(branches.open()).containsExactly(0);
        assertThatThrownBy(() -> branches.branch(2)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatNobodySaid_standsForAStatus() {
        branches.failed(0, Failure.timeout(), true);
        branches.failed(1, new Failure.Transport("reset"), true);
        assertThat(branches.statusOf(0)).isEqualTo(Response.REQUEST_TIMEOUT);
        assertThat(branches.statusOf(1)).isEqualTo(Flows.FLOW_FAILED);
        branches.failed(1, new Failure.Transport("no route"), false);
        assertThat(branches.statusOf(1)).isEqualTo(Response.SERVER_INTERNAL_ERROR);
        assertThat(branches.response(1)).isEmpty();
    }

    @Test
    void challenges_ofAllBranches_areInTheOneThatGoesOn() throws Exception {
        branches.failed(0, response(401, "WWW-Authenticate: Digest realm=\"one\",nonce=\"b\""));
        branches.failed(1, response(407, "Proxy-Authenticate: Digest realm=\"other\",nonce=\"b\""));
        assertThat(branches.response(0).orElseThrow().toString())
                .contains("WWW-Authenticate: Digest realm=\"one\"")
                .contains("Proxy-Authenticate: Digest realm=\"other\"");
        branches.failed(1, response(486));
        assertThat(branches.response(1).orElseThrow().toString()).doesNotContain("realm");
    }

    @Test
    void cancel_isSentOnce() throws SipException {
        branches.branch(0).cancel();
        branches.branch(0).cancel();
        assertThat(leg.cancels).isEqualTo(1);
    }
}
