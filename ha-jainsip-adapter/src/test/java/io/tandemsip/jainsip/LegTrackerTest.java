package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LegTrackerTest {
    private final AtomicLong now = new AtomicLong(1_000_000_000L);
    private final ScriptedRouter router =
            new ScriptedRouter(Node.of("fs1", "sip:127.0.0.11:5080"), Node.of("fs2", "sip:127.0.0.12:5080")) {
                @Override
                public Optional<CallAttempt> originated(NodeId node, CallRequest call) {
                    return place(call).<Optional<CallAttempt>>fold(Optional::of, refused -> Optional.empty());
                }
            };
    private final LegHost host = new LegHost(router, now::get);

    private CallAttempt.State state(int index) {
        return host.ended.all().get(index).attempt.state();
    }

    private void answered() throws Exception {
        host.invited();
        host.dials();
        assertThat(host.nodeAnswers(0, 200, "callee", "")).as("the host's").isFalse();
        assertThat(state(0)).isEqualTo(CallAttempt.State.ANSWERED);
    }

    private void pass(long seconds) throws Exception {
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        host.somethingElse();
        host.somethingElse();
    }

    @Test
    void call_thatIsAnsweredAndHungUpByTheCaller_endsOnceTheNodeHasAnsweredTheBye() throws Exception {
        answered();
        host.callerSends("BYE");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ANSWERED);
        host.nodeAnswers("BYE", "callee", 200, "");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ENDED);
        pass(50);
        assertThat(host.forgotten).isEmpty();
        assertThat(host.tracker.isEmpty()).isTrue();
    }

    @Test
    void call_thatTheNodeHangsUp_ends() throws Exception {
        answered();
        host.nodeSends("BYE", "callee", "");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ENDED);
    }

    @Test
    void call_whoseByeIsChallenged_isStillUp() throws Exception {
        answered();
        host.nodeAnswers("BYE", "callee", 407, "");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ANSWERED);
        host.byeTimedOut("callee");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ENDED);
    }

    @Test
    void failure_givesTheNextLeg_andOfTheLastOneTheRefusal() throws Exception {
        host.invited();
        host.dials();
        assertThat(host.nodeAnswers(0, 503, "x", "")).as("dealt with").isTrue();
        assertThat(host.legs).hasSize(2);
        host.dials();
        host.timedOut(1);
        assertThat(host.refused).extracting(SipWay::statusCode).containsExactly(503);
        assertThat(host.nodeAnswers(0, 180, "x", "")).as("of a leg given up").isTrue();
        assertThat(host.ended.all()).allMatch(each -> each.ends.get() == 1);
    }

    @Test
    void busy_isTheHostsToRelay() throws Exception {
        host.invited();
        host.dials();
        assertThat(host.nodeAnswers(0, 486, "x", "")).isFalse();
        assertThat(host.refused).isEmpty();
        assertThat(host.legs).hasSize(1);
    }

    @Test
    void fork_thatAnswersSecond_isAcknowledgedAndEnded() throws Exception {
        answered();
        assertThat(host.nodeAnswers(0, 200, "second", "")).isTrue();
        assertThat(host.nodeAnswers(0, 200, "second", "")).as("again").isTrue();
        assertThat(host.stack.count("ACK")).isEqualTo(2);
        assertThat(host.stack.count("BYE")).isEqualTo(1);
        assertThat(host.nodeAnswers("BYE", "second", 200, ""))
                .as("the answer to a BYE that is none of the host's")
                .isTrue();
        assertThat(state(0)).isEqualTo(CallAttempt.State.ANSWERED);
        assertThat(host.nodeAnswers(0, 200, "callee", ""))
                .as("the first one's copy is the host's")
                .isFalse();
    }

    /** Fails when the copy of an answer that was acknowledged and ended here is handed to the host, who would take it for the first. */
    @Test
    void answer_ofALegThatTheRouterGaveUp_isEndedHere_andSoIsItsCopy() throws Exception {
        host.invited();
        host.dials();
        router.beforeAnswered = () -> host.ended.all().get(0).attempt.abandoned();
        assertThat(host.nodeAnswers(0, 200, "callee", "")).isTrue();
        assertThat(host.nodeAnswers(0, 200, "callee", "")).as("again").isTrue();
        assertThat(host.stack.count("ACK")).isEqualTo(2);
        assertThat(host.stack.count("BYE")).isEqualTo(1);
    }

    @Test
    void answer_thatCrossesACancel_isAcknowledgedAndEnded() throws Exception {
        host.invited();
        host.dials();
        host.nodeAnswers(0, 180, "callee", "");
        host.cancelled();
        assertThat(state(0)).isEqualTo(CallAttempt.State.ABANDONED);
        assertThat(host.nodeAnswers(0, 200, "callee", "")).isTrue();
        assertThat(host.stack.count("ACK")).isEqualTo(1);
        assertThat(host.stack.count("BYE")).isEqualTo(1);
        assertThat(state(0)).isEqualTo(CallAttempt.State.ABANDONED);
    }

    @Test
    void cancel_thatCrossesTheAnswer_changesNothing() throws Exception {
        answered();
        host.cancelled();
        assertThat(state(0)).isEqualTo(CallAttempt.State.ANSWERED);
    }

    @Test
    void cancel_beforeTheHostDials_keepsItFromDialling() throws Exception {
        host.invited();
        host.cancelled();
        assertThat(host.dials()).isFalse();
    }

    @Test
    void whatPassesInAnEarlyDialog_saysNothingOfTheInvite() throws Exception {
        host.invited();
        host.dials();
        host.nodeAnswers(0, 183, "callee", "");
        host.nodeAnswers("PRACK", "callee", 200, "");
        host.nodeAnswers("UPDATE", "callee", 200, "");
        host.nodeAnswers("PRACK", "callee", 481, "");
        assertThat(state(0)).isEqualTo(CallAttempt.State.PROGRESSED);
        assertThat(host.stack.sent).isEmpty();
    }

    @Test
    void anAnswerThatSaysThatTheNodeHasNoSuchCall_endsIt_butNotThatOfASubscription() throws Exception {
        answered();
        host.nodeAnswers("NOTIFY", "callee", 481, "");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ANSWERED);
        host.nodeAnswers("INVITE", "callee", 491, "");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ANSWERED);
        host.nodeAnswers("INVITE", "callee", 481, "");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ENDED);
    }

    @Test
    void session_thatIsRefreshed_lasts_andExpiresWhenItIsNot() throws Exception {
        host.invited();
        host.dials();
        host.nodeAnswers(0, 200, "callee", "90");
        for (int i = 0; i < 3; i++) {
            pass(80);
            host.nodeAnswers("UPDATE", "callee", 200, "90;refresher=uac");
        }
        pass(80);
        host.nodeSends("INVITE", "callee", "Session-Expires: 90\r\n");
        assertThat(router.refreshed).hasSize(4).containsOnly("PT1M30S");
        pass(80);
        assertThat(state(0)).isEqualTo(CallAttempt.State.ANSWERED);
        pass(60);
        assertThat(state(0)).isEqualTo(CallAttempt.State.ENDED);
        assertThat(host.forgotten)
                .containsExactly(
                        new ForgottenLeg(LegHost.CALLER, NodeId.of("fs1"), ForgottenLeg.Cause.SESSION_EXPIRED));
    }

    @Test
    void hostThatForgets_isTold_andHoldsNothing() throws Exception {
        host.invited();
        pass(211);
        assertThat(host.forgotten).extracting(ForgottenLeg::cause).containsExactly(ForgottenLeg.Cause.NOT_DIALLED);
        assertThat(state(0)).isEqualTo(CallAttempt.State.ABANDONED);
        pass(41);
        assertThat(host.tracker.isEmpty()).isTrue();
    }

    @Test
    void hostThatForgetsToHangUp_isTold() throws Exception {
        answered();
        host.dialogOver(LegHost.CALLER, "host", LegHost.CALLER_TAG);
        pass(39);
        assertThat(host.forgotten).isEmpty();
        pass(2);
        assertThat(host.forgotten).extracting(ForgottenLeg::cause).containsExactly(ForgottenLeg.Cause.LEFT_BEHIND);
        assertThat(state(0)).isEqualTo(CallAttempt.State.ENDED);
    }

    @Test
    void ringing_mayLast() throws Exception {
        host.invited();
        host.dials();
        for (int i = 0; i < 5; i++) {
            pass(200);
            host.nodeAnswers(0, 180, "callee", "");
        }
        assertThat(host.forgotten).isEmpty();
        pass(211);
        assertThat(host.forgotten).extracting(ForgottenLeg::cause).containsExactly(ForgottenLeg.Cause.NO_FINAL_ANSWER);
    }

    @Test
    void callWithReplaces_goesToTheNodeThatHasTheOther_byItsOwnIdsThere() throws Exception {
        answered();
        host.tracker.place(other(LegHost.CALLER_TAG), host.legs::add, host.refused::add);
        OutgoingLeg taking = host.legs.get(1);
        assertThat(taking.node().id()).isEqualTo(NodeId.of("fs1"));
        assertThat(taking.replaces()).contains("leg-1;to-tag=callee;from-tag=own");
    }

    @Test
    void callerWhoTakesAnothersPlace_isTheCallerFromThenOn() throws Exception {
        answered();
        assertThat(host.tracker.replacesCaller(other(LegHost.CALLER_TAG))).isTrue();
        host.callerSends("BYE");
        pass(50);
        assertThat(host.forgotten).isEmpty();
        host.dialogOver("phone-2", "host", "second");
        pass(41);
        assertThat(host.forgotten).extracting(ForgottenLeg::cause).containsExactly(ForgottenLeg.Cause.LEFT_BEHIND);
        assertThat(host.tracker.replacesCaller(other("nobody"))).isFalse();
    }

    private static javax.sip.message.Request refer(String referTo) throws Exception {
        return Messages.MESSAGES.createRequest("REFER sip:b@example.org SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.8:5099;branch=z9hG4bKrefer\r\n"
                + "From: <sip:c@example.org>;tag=c\r\nTo: <sip:b@example.org>;tag=host2\r\nCall-ID: phone-3\r\n"
                + "CSeq: 2 REFER\r\nRefer-To: <" + referTo + ">\r\nContent-Length: 0\r\n\r\n");
    }

    /** An attended transfer: the one who refers names the leg that it has, which the node does not know. */
    @Test
    void refer_withReplaces_goesToTheNodeThatHasTheCall_byItsIdsThere() throws Exception {
        answered();
        var refer = refer("sip:d@example.org?replaces=phone-1%3Bto-tag%3Dhost%3Bfrom-tag%3Dcaller");
        assertThat(host.tracker.replacesReferred(refer)).contains("leg-1;to-tag=callee;from-tag=own");
        host.tracker.placeReferred(
                refer, CallRequest.builder("transfer", "t").build(), host.legs::add, host.refused::add);
        OutgoingLeg taking = host.legs.get(1);
        assertThat(taking.node().id()).isEqualTo(NodeId.of("fs1"));
        assertThat(taking.replaces()).contains("leg-1;to-tag=callee;from-tag=own");
        assertThat(host.ended.all()).hasSize(2);
    }

    @Test
    void refer_thatNamesNoCallOfOurs_isPlacedAsAnyOther() throws Exception {
        answered();
        for (String to : new String[] {
            "sip:d@example.org", "sip:d@example.org?Replaces=unknown%3Bto-tag%3Dx%3Bfrom-tag%3Dy",
            "sip:d@example.org?Replaces=phone-1%3", "tel:+4930"
        }) {
            assertThat(host.tracker.replacesReferred(refer(to))).as(to).isEmpty();
        }
        host.tracker.placeReferred(
                refer("sip:d@example.org"),
                CallRequest.builder("transfer", "t").build(),
                host.legs::add,
                host.refused::add);
        assertThat(host.legs).hasSize(2);
        assertThat(host.legs.get(1).replaces()).isEmpty();
    }

    /** The transferor hangs up its two calls afterwards; what the node says of the transfer by NOTIFY ends nothing. */
    @Test
    void transfer_endsEachCallOnce() throws Exception {
        answered();
        host.nodeSends("REFER", "callee", "");
        host.nodeAnswers("REFER", "callee", 202, "");
        host.nodeSends("NOTIFY", "callee", "Subscription-State: terminated;reason=noresource\r\n");
        host.nodeAnswers("REFER", "callee", 603, "");
        host.nodeAnswers("NOTIFY", "callee", 481, "");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ANSWERED);
        host.nodeSends("BYE", "callee", "");
        host.callerSends("BYE");
        host.nodeAnswers("BYE", "callee", 481, "");
        assertThat(state(0)).isEqualTo(CallAttempt.State.ENDED);
        assertThat(host.ended.all()).allMatch(each -> each.ends.get() == 1);
    }

    private static javax.sip.message.Request other(String replacedTag) throws Exception {
        return Messages.MESSAGES.createRequest("INVITE sip:b@example.org SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.8:5099;branch=z9hG4bKother\r\n"
                + "From: <sip:c@example.org>;tag=second\r\nTo: <sip:b@example.org>\r\nCall-ID: phone-2\r\n"
                + "CSeq: 1 INVITE\r\nReplaces: phone-1;from-tag=" + replacedTag
                + ";to-tag=host\r\nContent-Length: 0\r\n\r\n");
    }
}
