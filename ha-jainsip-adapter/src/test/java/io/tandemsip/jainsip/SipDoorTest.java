package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt.State;
import io.tandemsip.node.Node;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sip.ResponseEvent;
import javax.sip.SipException;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.junit.jupiter.api.Test;

/** The door for hosts with a next hop of their own. The host here is 127.0.0.1:5060. */
class SipDoorTest {
    private final ScriptedRouter router =
            new ScriptedRouter(Node.of("fs1", "sip:127.0.0.11:5080"), Node.of("fs2", "sip:127.0.0.12:5080"));
    private final AtomicLong nanos = new AtomicLong();
    private final SipDoor door = SipDoor.builder(router)
            .address("127.0.0.1", 5060)
            .nanoTime(nanos::get)
            .build();

    // --- what comes and goes ---

    private static Request invite() throws Exception {
        return begin("INVITE", "z9hG4bK-in", 1);
    }

    private static Request begin(String method, String branch, int cseq) throws Exception {
        return Messages.MESSAGES.createRequest(method + " sip:b@example.org SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.9:5099;branch=" + branch + "\r\n"
                + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>"
                + (method.equals("ACK") ? ";tag=refused" : "") + "\r\nCall-ID: call-1\r\nCSeq: " + cseq + ' ' + method
                + "\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
    }

    /** The host's copy: a Via and a Record-Route of its own. */
    private static Request copy(Request request, String branch) throws Exception {
        Request copy = (Request) request.clone();
        copy.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", 5060, "UDP", branch));
        copy.addFirst(Messages.HEADERS.createHeader("Record-Route", "<sip:127.0.0.1:5060;lr>"));
        return copy;
    }

    private static ResponseEvent answer(Request sent, int status, String toTag, String... lines) throws Exception {
        Response response = Messages.MESSAGES.createResponse(status, sent);
        ((javax.sip.header.ToHeader) response.getHeader("To")).setTag(toTag);
        for (String line : lines) {
            response.addHeader(Messages.HEADERS.createHeader(
                    line.substring(0, line.indexOf(':')),
                    line.substring(line.indexOf(':') + 1).trim()));
        }
        return new ResponseEvent(SipDoorTest.class, null, null, response);
    }

    private NodeWay node(SipWay way) {
        assertThat(way).isInstanceOf(NodeWay.class);
        return (NodeWay) way;
    }

    private ScriptedAttempt attempt(int index) {
        return List.copyOf(router.attempts).get(index);
    }

    // --- requests ---

    @Test
    void route_ofANewCall_namesANodeAndChangesNothing() throws Exception {
        Request invite = invite();
        String before = invite.toString();
        NodeWay way = node(door.route(invite));
        assertThat(way.destination().port()).isEqualTo(5080);
        assertThat(way.uri("bob")).hasToString("sip:bob@127.0.0.11:5080");
        assertThat(invite).hasToString(before);
    }

    /** Fails when a repeated INVITE is placed anew. */
    @Test
    void route_ofARepetition_goesWhereTheFirstWent() throws Exception {
        NodeWay first = node(door.route(invite()));
        NodeWay again = node(door.route(invite()));
        assertThat(again.attempt()).isEqualTo(first.attempt());
        assertThat(router.attempts).hasSize(1);
    }

    /** The same call by another way, a spiral or a fork upstream. Fails when branches are not looked at. */
    @Test
    void route_ofTheSameCallByAnotherBranch_isACallOfItsOwn() throws Exception {
        node(door.route(invite()));
        node(door.route(begin("INVITE", "z9hG4bK-other", 1)));
        assertThat(router.attempts).hasSize(2);
    }

    @Test
    void route_ofACancel_goesWhereTheInviteWentAndGivesItUp() throws Exception {
        node(door.route(invite()));
        assertThat(node(door.route(begin("CANCEL", "z9hG4bK-in", 1)))
                        .node()
                        .id()
                        .value())
                .isEqualTo("fs1");
        assertThat(attempt(0).state()).isEqualTo(State.ABANDONED);
    }

    /** Fails when a call that rings, or waits in a queue, for longer than five minutes is forgotten: nobody would cancel or count it. */
    @Test
    void route_ofACancel_afterTheNodeSaidForTenMinutesThatItRings_goesThereStill() throws Exception {
        Request sent = node(door.route(invite())).prepare(copy(invite(), "z9hG4bK-out"));
        for (int minute = 0; minute < 10; minute++) {
            door.outcome(answer(sent, 182, "queue"));
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
            node(door.route(begin("MESSAGE", "z9hG4bK-m" + minute, 10 + minute)));
        }
        assertThat(node(door.route(begin("CANCEL", "z9hG4bK-in", 1))).attempt()).contains(attempt(0));
        assertThat(attempt(0).state()).isEqualTo(State.ABANDONED);
    }

    @Test
    void route_ofTheAckToARefusal_goesWhereTheInviteWent() throws Exception {
        node(door.route(invite()));
        assertThat(node(door.route(begin("ACK", "z9hG4bK-in", 1))).node().id().value())
                .isEqualTo("fs1");
    }

    @Test
    void route_ofACancelThatIsNoneOfTandems_isAsBefore() throws Exception {
        assertThat(door.route(begin("CANCEL", "z9hG4bK-in", 1))).isEqualTo(new SipWay.AsBefore());
    }

    @Test
    void route_withinADialog_goesToTheOwnerByTheCookie() throws Exception {
        Request bye = Messages.request(
                "BYE",
                "sip:b@127.0.0.12:5080",
                "Route: <sip:127.0.0.1:5060;lr;td=fs2;tc=" + RouteMark.markOf("caller") + ">");
        NodeWay way = node(door.route(bye));
        assertThat(way.node().id().value()).isEqualTo("fs2");
        assertThat(way.attempt()).isEmpty();
    }

    @Test
    void route_ofTheCalleesRequest_isAsBefore() throws Exception {
        Request bye = Messages.request(
                "BYE",
                "sip:a@127.0.0.9",
                "Route: <sip:127.0.0.1:5060;lr;td=fs2;tc=" + RouteMark.markOf("callee") + ">");
        assertThat(door.route(bye)).isEqualTo(new SipWay.AsBefore());
    }

    /** A dialog from before Tandem was put in. Fails when it is refused. */
    @Test
    void route_withinAnUnknownDialogWithoutMark_isAsBefore() throws Exception {
        assertThat(door.route(Messages.request("BYE", "sip:b@127.0.0.12:5080"))).isEqualTo(new SipWay.AsBefore());
    }

    @Test
    void route_withinAnUnknownDialogWithMark_isRefused() throws Exception {
        String mark = "Route: <sip:127.0.0.1:5060;lr;td=gone;tc=" + RouteMark.markOf("caller") + ">";
        SipWay bye = door.route(Messages.request("BYE", "sip:b@127.0.0.12:5080", mark));
        assertThat(bye)
                .isInstanceOfSatisfying(
                        SipWay.Refused.class, no -> assertThat(no.statusCode()).isEqualTo(481));
        assertThat(door.route(Messages.request("ACK", "sip:b@127.0.0.12:5080", mark)))
                .isEqualTo(new SipWay.Drop());
    }

    @Test
    void route_ofANodesOwnCall_isAsBefore() throws Exception {
        Request outward = invite();
        ((javax.sip.header.ViaHeader) outward.getHeader("Via")).setHost("127.0.0.11");
        ((javax.sip.header.ViaHeader) outward.getHeader("Via")).setPort(5080);
        assertThat(door.route(outward)).isEqualTo(new SipWay.AsBefore());
        assertThat(router.attempts).isEmpty();
    }

    @Test
    void route_whenTheHostsDescriptionBreaks_refusesAndDoesNotThrow() throws Exception {
        SipDoor broken = SipDoor.builder(router)
                .describe((request, call) -> {
                    throw new StackOverflowError();
                })
                .build();
        assertThat(broken.route(invite())).isInstanceOf(SipWay.Refused.class);
    }

    // --- the copy ---

    @Test
    void prepare_aimsMarksAndTellsThatItLeaves() throws Exception {
        Request outgoing = node(door.route(invite())).prepare(copy(invite(), "z9hG4bKout1"));
        assertThat(outgoing.getHeader("Route")).asString().contains("<sip:127.0.0.11:5080;lr>");
        assertThat(outgoing.getHeader("Record-Route"))
                .asString()
                .contains("td=fs1")
                .contains("tc=" + RouteMark.markOf("caller"));
        assertThat(router.memory).containsKey("call-1");
    }

    /** Fails when a host that set the Request-URI gets a Route besides. */
    @Test
    void prepare_whenTheCopyLeadsThere_addsNoRoute() throws Exception {
        NodeWay way = node(door.route(invite()));
        Request outgoing = copy(invite(), "z9hG4bKout1");
        outgoing.setRequestURI(way.uri("b"));
        assertThat(way.prepare(outgoing).getHeader("Route")).isNull();
    }

    @Test
    void prepare_whenAnotherProxyIsOnTheWay_leavesTheRouteAlone() throws Exception {
        String mark = "<sip:127.0.0.1:5060;lr;td=fs2;tc=" + RouteMark.markOf("caller") + ">";
        Request bye = Messages.request("BYE", "sip:b@127.0.0.12:5080", "Route: " + mark + ", <sip:10.7.7.7;lr>");
        NodeWay way = node(door.route(bye));
        bye.removeFirst("Route");
        assertThat(way.prepare(copy(bye, "z9hG4bKout1")).getHeader("Route"))
                .asString()
                .contains("10.7.7.7");
    }

    // --- what comes back ---

    @Test
    void outcome_ofAnAnswer_isToldToTheAttempt() throws Exception {
        Request sent = node(door.route(invite())).prepare(copy(invite(), "z9hG4bKout1"));
        assertThat(door.outcome(answer(sent, 180, "t"))).isFalse();
        assertThat(attempt(0).state()).isEqualTo(State.PROGRESSED);
        door.outcome(answer(sent, 200, "t"));
        assertThat(attempt(0).state()).isEqualTo(State.ANSWERED);
    }

    @Test
    void outcome_ofARefusal_endsTheAttemptForGood() throws Exception {
        Request sent = node(door.route(invite())).prepare(copy(invite(), "z9hG4bKout1"));
        door.outcome(answer(sent, 486, "t"));
        assertThat(attempt(0).state()).isEqualTo(State.FAILED);
    }

    @Test
    void outcome_ofAByeThatWasAnswered_endsTheDialogAndReportsTheNode() throws Exception {
        Request bye = Messages.request(
                "BYE",
                "sip:b@127.0.0.12:5080",
                "Route: <sip:127.0.0.1:5060;lr;td=fs2;tc=" + RouteMark.markOf("caller") + ">");
        Request sent = node(door.route(bye)).prepare(copy(bye, "z9hG4bKout2"));
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(3));
        door.outcome(answer(sent, 200, "callee"));
        assertThat(router.ended).containsExactly("BYE");
        assertThat(router.reports).containsExactly("fs2 Responded[statusCode=200, timeToFirstResponse=PT0.003S]");
        assertThat(door.pending()).isZero();
    }

    @Test
    void next_afterARefusalOfTheNodes_isTheNextNode() throws Exception {
        Request sent = node(door.route(invite())).prepare(copy(invite(), "z9hG4bKout1"));
        NodeWay second = node(door.next(answer(sent, 503, "t", "Retry-After: 3")));
        assertThat(second.node().id().value()).isEqualTo("fs2");
        Request again = second.prepare(copy(invite(), "z9hG4bKout2"));
        assertThat(door.next(answer(again, 500, "t")))
                .isInstanceOfSatisfying(
                        SipWay.Refused.class, no -> assertThat(no.statusCode()).isEqualTo(503));
    }

    /** Fails when the event of a branch that was given up sends the call a second time to the same node. */
    @Test
    void next_toldTwiceOfOneFailure_answersOnce() throws Exception {
        Request sent = node(door.route(invite())).prepare(copy(invite(), "z9hG4bKout1"));
        NodeWay second = node(door.next(answer(sent, 503, "t")));
        second.prepare(copy(invite(), "z9hG4bKout2"));
        assertThat(door.next(answer(sent, 503, "t"))).isEqualTo(new SipWay.Drop());
        assertThat(door.next(answer(sent, 180, "t"))).isEqualTo(new SipWay.Drop());
        assertThat(attempt(1).state()).isEqualTo(State.TRYING);
    }

    @Test
    void next_afterAFinalAnswerOfTheUsers_isAsBefore() throws Exception {
        Request sent = node(door.route(invite())).prepare(copy(invite(), "z9hG4bKout1"));
        assertThat(door.next(answer(sent, 486, "t"))).isEqualTo(new SipWay.AsBefore());
    }

    @Test
    void next_whenTheRequestCouldNotBeSent_isTheNextNode() throws Exception {
        Request unsent = node(door.route(invite())).prepare(copy(invite(), "z9hG4bKout1"));
        assertThat(node(door.next(unsent, new SipException("refused")))
                        .node()
                        .id()
                        .value())
                .isEqualTo("fs2");
    }

    /** A listener around the host's told first. Fails when a failure that was noted can't be followed any more. */
    @Test
    void next_afterTheFailureWasNoted_isTheNextNode() throws Exception {
        Request sent = node(door.route(invite())).prepare(copy(invite(), "z9hG4bKout1"));
        door.outcome(answer(sent, 503, "t"));
        assertThat(door.next(answer(sent, 503, "t"))).isInstanceOf(NodeWay.class);
    }

    @Test
    void whenLost_givesTheNextNode() throws Exception {
        CompletableFuture<SipWay> next = new CompletableFuture<>();
        node(door.route(invite())).whenLost(next::complete).prepare(copy(invite(), "z9hG4bKout1"));
        router.advice().accept(new io.tandemsip.Failure.NodeLost("silent"));
        assertThat(node(next.get(5, TimeUnit.SECONDS)).node().id().value()).isEqualTo("fs2");
    }

    /** Fails when what is over is kept, or when what may still be repeated is dropped. */
    @Test
    void pending_forgetsWhatIsOver_asOthersCome() throws Exception {
        for (int call = 0; call < 100; call++) {
            Request invite = begin("INVITE", "z9hG4bK" + call, 1);
            Request sent = node(door.route(invite)).prepare(copy(invite, "z9hG4bKout" + call));
            door.outcome(answer(sent, 486, "t"));
        }
        assertThat(door.pending()).as("names of transactions").isEqualTo(1);
        node(door.route(begin("INVITE", "z9hG4bK7", 1)));
        assertThat(router.attempts).hasSize(100);
        nanos.addAndGet(OpenRequests.COPIES_NANOS + 1);
        for (int other = 0; other < 200; other++) {
            node(door.route(begin("INVITE", "z9hG4bKother", 1000 + other)));
        }
        assertThat(door.pending()).isEqualTo(200);
        nanos.addAndGet(OpenRequests.UNANSWERED_NANOS + 1);
        for (int last = 0; last < 200; last++) {
            node(door.route(begin("INVITE", "z9hG4bKlast", 5000 + last)));
        }
        assertThat(door.pending()).isEqualTo(200);
    }

    /** Fails when what was answered later waits for one that went on after its answer. */
    @Test
    void pending_oneThatWentOn_holdsUpNoOthers() throws Exception {
        Request first = node(door.route(invite())).prepare(copy(invite(), "z9hG4bKout1"));
        door.outcome(answer(first, 503, "t"));
        for (int call = 0; call < 100; call++) {
            Request invite = begin("INVITE", "z9hG4bK" + call, 100 + call);
            Request sent = node(door.route(invite)).prepare(copy(invite, "z9hG4bKout" + call));
            door.outcome(answer(sent, 486, "t"));
        }
        assertThat(door.next(answer(first, 503, "t"))).isInstanceOf(NodeWay.class);
        nanos.addAndGet(OpenRequests.COPIES_NANOS + 1);
        for (int other = 0; other < 200; other++) {
            node(door.route(begin("INVITE", "z9hG4bKother", 1000 + other)));
        }
        assertThat(door.pending()).isEqualTo(201);
    }

    @Test
    void fold_takesTheBranchThatApplies() {
        assertThat(List.<SipWay>of(
                                new SipWay.Drop(),
                                new SipWay.AsBefore(),
                                new SipWay.Refused(503, java.time.Duration.ZERO, "full"))
                        .stream()
                        .map(way -> way.<Optional<Integer>>fold(
                                node -> Optional.of(1),
                                refused -> Optional.of(refused.statusCode()),
                                () -> Optional.of(2),
                                Optional::empty)))
                .containsExactly(Optional.empty(), Optional.of(2), Optional.of(503));
    }
}
