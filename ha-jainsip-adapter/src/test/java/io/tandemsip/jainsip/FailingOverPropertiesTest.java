package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.Failure;
import io.tandemsip.node.Node;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sip.ClientTransaction;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.SipException;
import javax.sip.SipListener;
import javax.sip.SipProvider;
import javax.sip.Timeout;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.header.ToHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Fail-over in a host's stead, whatever its nodes say and whenever they die: what the host sees of it. */
class FailingOverPropertiesTest {
    private static final int[] STATUSES = {100, 180, 183, 200, 404, 487, 500, 503, 503, 503};
    private static final String HOST_BRANCH = "z9hg4bkhost";

    /** A host with one call by transactions, on a stack that sends nothing. Confined to one thread. */
    private static final class World implements SipListener {
        final Map<ClientTransaction, Request> invites = new LinkedHashMap<>();
        final Set<ClientTransaction> terminated = new HashSet<>();
        final Set<ClientTransaction> finished = new HashSet<>();
        final List<Request> alone = new ArrayList<>();
        final List<String> hungUp = new ArrayList<>();
        final List<Integer> finals = new ArrayList<>();
        final ScriptedRouter router = new ScriptedRouter(
                Node.of("fs1", "sip:127.0.0.11:5080"),
                Node.of("fs2", "sip:127.0.0.12:5080"),
                Node.of("fs3", "sip:127.0.0.13:5080"));
        final FailingOver fallback;
        final DoorRequests requests;
        final ListenerAround around;
        final Mishaps mishaps = new Mishaps();
        final SipProvider provider = provider();
        ClientTransaction hosts;
        ClientTransaction latest;
        boolean unsendable;
        boolean late;
        int ends;

        World() throws Exception {
            OpenRequests open = new OpenRequests();
            OwnAddresses own = new OwnAddresses(Set.of(ListeningSides.key("127.0.0.1", 5060)));
            DoorMessages messages = new DoorMessages(own);
            DoorAnswers answers = new DoorAnswers(router, open, messages, () -> 1);
            requests = new DoorRequests(router, open, messages, answers, own, (request, call) -> call, () -> 1);
            fallback = new FailingOver(open, answers, messages, own, 1, mishaps);
            answers.watchBy((mine, attempt, branch, failure) -> by(branch).ifPresent(transaction -> {
                fallback.lost(mine, attempt, branch, transaction, provider, failure);
            }));
            Observer none = new Observer(answers, requests, mishaps, Duration.ofSeconds(1));
            none.close(); // what it would tell the router is told by this property itself
            around = WatchingListener.around(this, none, mishaps, fallback);
            invited();
        }

        private java.util.Optional<ClientTransaction> by(String branch) {
            return invites.keySet().stream()
                    .filter(each -> !terminated.contains(each))
                    .filter(each -> SipText.branch(each.getRequest()).equals(branch))
                    .findFirst();
        }

        private void invited() throws Exception {
            Request request = received("INVITE");
            SipWay way = requests.route(request, RequestKey.received(request))
                    .toCompletableFuture()
                    .join();
            Request copy = (Request) request.clone();
            copy.addFirst(Messages.HEADERS.createHeader("Record-Route", "<sip:127.0.0.1:5060;lr>"));
            copy.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", 5060, "udp", HOST_BRANCH));
            hosts = provider.getNewClientTransaction(way.prepare(copy));
            hosts.sendRequest();
        }

        private static Request received(String method) throws Exception {
            return Messages.MESSAGES.createRequest(
                    method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bKin\r\n"
                            + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>\r\nCall-ID: call-1\r\n"
                            + "CSeq: 1 " + method + "\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
        }

        // --- the stack ---

        private SipProvider provider() {
            return (SipProvider) Proxy.newProxyInstance(
                    SipProvider.class.getClassLoader(),
                    new Class<?>[] {SipProvider.class},
                    (self, method, arguments) -> {
                        Request request = (Request) arguments[0];
                        if (method.getName().equals("getNewClientTransaction")) {
                            return transaction(request);
                        }
                        alone.add(request);
                        return null;
                    });
        }

        private ClientTransaction transaction(Request request) {
            return (ClientTransaction) Proxy.newProxyInstance(
                    ClientTransaction.class.getClassLoader(),
                    new Class<?>[] {ClientTransaction.class},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "getRequest" -> request;
                        case "getDialog" -> null;
                        case "createCancel" -> cancel(request);
                        case "terminate" -> finished.add((ClientTransaction) self);
                        case "sendRequest" -> sends((ClientTransaction) self, request);
                        case "equals" -> self == arguments[0];
                        case "hashCode" -> System.identityHashCode(self);
                        default -> throw new UnsupportedOperationException(method.getName());
                    });
        }

        private static Request cancel(Request invite) throws Exception {
            Request cancel = (Request) invite.clone();
            cancel.setMethod(Request.CANCEL);
            cancel.setHeader(Messages.HEADERS.createCSeqHeader(1L, Request.CANCEL));
            return cancel;
        }

        private Object sends(ClientTransaction by, Request request) throws SipException {
            if (!request.getMethod().equals(Request.INVITE)) {
                if (request.getMethod().equals(Request.BYE)) {
                    hungUp.add(SipText.toTag(request));
                }
                return this;
            }
            if (unsendable) {
                unsendable = false;
                throw new SipException("planted");
            }
            invites.put(by, request);
            latest = by;
            return this;
        }

        // --- what comes ---

        void answer(ClientTransaction by, int status) throws Exception {
            Response response = Messages.MESSAGES.createResponse(status, invites.get(by));
            if (status > 100) {
                ((ToHeader) response.getHeader(ToHeader.NAME)).setTag('t' + SipText.branch(response));
            }
            if (status >= 200) {
                finished.add(by);
            }
            late = by != latest;
            around.processResponse(new ResponseEvent(provider, terminated.contains(by) ? null : by, null, response));
            late = false;
        }

        void timesOut(ClientTransaction by, Timeout how) {
            if (!finished.contains(by)) {
                if (how == Timeout.TRANSACTION) {
                    finished.add(by);
                }
                around.processTimeout(new TimeoutEvent(provider, by, how));
            }
        }

        void terminates(ClientTransaction by) {
            if (finished.contains(by) && terminated.add(by)) {
                around.processTransactionTerminated(new TransactionTerminatedEvent(provider, by));
            }
        }

        void nodeIsLost() {
            ScriptedAttempt last =
                    router.attempts.stream().reduce((first, second) -> second).orElseThrow();
            var advice = last.lost.getAndSet(null);
            if (advice != null && !terminated.contains(latest)) {
                advice.accept(new Failure.NodeLost("planted"));
            }
        }

        void isCancelled() throws Exception {
            Request cancel = received(Request.CANCEL);
            requests.cancelled(RequestKey.received(cancel));
            around.processRequest(new RequestEvent(provider, null, null, cancel));
        }

        // --- the host ---

        @Override
        public void processRequest(RequestEvent event) {}

        @Override
        public void processResponse(ResponseEvent event) {
            assertThat(event.getClientTransaction()).as("its own").isIn(hosts, null);
            if (event.getClientTransaction() == null) {
                return; // hosts take it for a repetition, and relay it by its Via
            }
            assertThat(SipText.branch(event.getResponse())).isEqualTo(HOST_BRANCH);
            assertThat(late).as("of a node that was given up").isFalse();
            if (event.getResponse().getStatusCode() >= 200) {
                finals.add(event.getResponse().getStatusCode());
            }
        }

        @Override
        public void processTimeout(TimeoutEvent event) {
            assertThat(event.getClientTransaction()).as("its own").isSameAs(hosts);
            if (event.getTimeout() == Timeout.TRANSACTION) {
                finals.add(0);
            }
        }

        @Override
        public void processIOException(IOExceptionEvent event) {}

        @Override
        public void processTransactionTerminated(TransactionTerminatedEvent event) {
            assertThat(event.getClientTransaction()).as("its own").isSameAs(hosts);
            ends++;
        }

        @Override
        public void processDialogTerminated(DialogTerminatedEvent event) {}

        // --- steps ---

        void step(int number) throws Exception {
            ClientTransaction each = List.copyOf(invites.keySet()).get(number / 16 % invites.size());
            unsendable = number % 5 == 0;
            switch (number % 8) {
                case 0 -> timesOut(each, number % 3 == 0 ? Timeout.RETRANSMIT : Timeout.TRANSACTION);
                case 1, 2 -> terminates(each);
                case 3 -> nodeIsLost();
                case 4 -> {
                    if (number % 64 == 4) {
                        isCancelled();
                    }
                }
                default -> answer(each, STATUSES[number / 64 % STATUSES.length]);
            }
            unsendable = false;
        }

        /** Everything that waits gets no answer, and every transaction ends. */
        void end() {
            for (ClientTransaction last = null; last != latest; ) {
                last = latest;
                timesOut(last, Timeout.TRANSACTION);
            }
            List.copyOf(invites.keySet()).forEach(each -> {
                finished.add(each);
                terminates(each);
            });
        }
    }

    /**
     * The host sees its own transaction alone, hears how it ended, is told of its end once, and no node is asked twice. Fails
     * when the host is told nothing of its transaction's failure or end after no further node could be sent to, when an answer of a node
     * that was given up is shown, or when it is hung up twice.
     */
    @Property
    void p3_theHostSeesOneTransaction_andItsEndOnce(@ForAll @Size(max = 30) List<@IntRange(max = 10_000) Integer> steps)
            throws Exception {
        World world = new World();
        for (int step : steps) {
            world.step(step);
        }
        world.end();
        assertThat(world.finals).as("hears how it ended").isNotEmpty();
        assertThat(world.ends).as("told of its end").isEqualTo(1);
        assertThat(world.invites.values().stream()
                        .map(each -> each.getHeader("Record-Route").toString()))
                .as("P3: never twice")
                .doesNotHaveDuplicates();
        assertThat(world.hungUp).doesNotHaveDuplicates();
    }
}
