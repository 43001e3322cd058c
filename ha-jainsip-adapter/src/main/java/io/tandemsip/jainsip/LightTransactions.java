package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.jainsip.TransactionRules.ClientPhase;
import io.tandemsip.jainsip.TransactionRules.Given;
import io.tandemsip.jainsip.TransactionRules.Received;
import io.tandemsip.jainsip.TransactionRules.ServerPhase;
import io.tandemsip.jainsip.TransactionRules.Turn;
import io.tandemsip.node.Transport;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.sip.RequestEvent;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions over UDP of the proxy's own (RFC 3261 section 17, RFC 6026), which cost a proxy less than the stack's: a
 * map look-up and a place in a timer wheel each, no thread, no lock. What comes by other transports is left to the stack's.
 * Thread-safe.
 */
final class LightTransactions implements Transactions, Datagrams.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(LightTransactions.class);
    private static final String MAGIC_COOKIE = "z9hg4bk";

    private final Datagrams datagrams;
    private final Transactions others;
    private final TimerWheel wheel;
    private final Map<String, Server> servers = new ConcurrentHashMap<>();
    private final Map<String, Client> clients = new ConcurrentHashMap<>();
    private final AtomicReference<TransactionUser> user = new AtomicReference<>();

    /**
     * Begins with nothing under way.
     *
     * @param datagrams sends and receives
     * @param others for what does not go by UDP
     * @param wheel turned by somebody
     */
    LightTransactions(Datagrams datagrams, Transactions others, TimerWheel wheel) {
        this.datagrams = datagrams;
        this.others = others;
        this.wheel = wheel;
    }

    /** Begins to receive for a user. */
    void start(TransactionUser of) {
        user.set(of);
        datagrams.attach(this);
    }

    /** Receives no more. */
    void stop() {
        datagrams.detach();
        servers.clear();
        clients.clear();
    }

    /** How many transactions are kept, those that only absorb retransmissions among them. */
    int size() {
        return servers.size() + clients.size();
    }

    @Override
    public Optional<ServerLeg> accept(RequestEvent event) throws SipException {
        return others.accept(event);
    }

    @Override
    public boolean wasAnswered(Request cancel) {
        ViaHeader via = (ViaHeader) cancel.getHeader(ViaHeader.NAME);
        Server invite = via == null ? null : servers.get(key(branch(cancel, via), via, Request.INVITE));
        return invite != null && invite.current() != ServerPhase.PROCEEDING;
    }

    @Override
    public ClientLeg open(Request request, Target target) throws SipException {
        return isLight(target)
                ? new Client(request, datagrams.resolved(request, target))
                : others.open(request, target);
    }

    @Override
    public void send(Request request, Target target) throws SipException {
        if (isLight(target) && request.getMethod().equals(Request.CANCEL)) {
            open(request, target).send(); // which is repeated until it is answered, unlike an ACK
        } else if (isLight(target)) {
            transmit(request, target);
        } else {
            others.send(request, target);
        }
    }

    @Override
    public void send(Response response, ListeningSide side) throws SipException {
        others.send(response, side);
    }

    private static boolean isLight(Target target) {
        return target.side().transport() == Transport.UDP;
    }

    private void transmit(Request request, Target target) throws SipException {
        try {
            datagrams.send(request, target);
        } catch (IOException unreachable) {
            throw new SipException("can't be sent to " + target.destination(), unreachable);
        }
    }

    @Override
    public boolean onRequest(Request request, SipProvider provider) {
        TransactionUser to = user.get();
        ViaHeader via = (ViaHeader) request.getHeader(ViaHeader.NAME);
        if (to == null || via == null) {
            return false;
        }
        if (!via.getTransport().equalsIgnoreCase(Transport.UDP.name())) {
            return true; // it came by UDP and wants its answer by another transport: a lie
        }
        via.removeParameter("maddr"); // else the sender has us look up names, and answer whom he likes
        if (via.getReceived() != null && via.getRPort() <= 0) {
            StackSupport.receivedFromSource(request, via); // with rport the stack has written over what the sender said
        }
        String branch = branch(request, via);
        String method = request.getMethod();
        if (method.equals(Request.ACK)) {
            Server refused = servers.get(key(branch, via, Request.INVITE));
            if (refused == null || !refused.onAck()) {
                to.onAck(request, provider);
            }
            return true;
        }
        Server fresh = new Server(key(branch, via, method), method.equals(Request.INVITE), provider);
        Server known = servers.putIfAbsent(fresh.key, fresh);
        if (known == null) {
            to.onRequest(request, provider, fresh);
        } else {
            known.onRepeated();
        }
        return true;
    }

    private static String branch(Request request, ViaHeader via) {
        String branch = SipText.branch(via);
        return branch.startsWith(MAGIC_COOKIE) && branch.length() > MAGIC_COOKIE.length()
                ? branch
                : withoutBranch(request, branch);
    }

    /** What names a transaction whose branch does not, as in RFC 2543; equal for an INVITE and the ACK to its refusal. */
    private static String withoutBranch(Request request, String branch) {
        return branch
                + ' '
                + SipText.callId(request)
                + ' '
                + SipText.cseqNumber(request)
                + ' '
                + SipText.fromTag(request)
                + ' '
                + request.getRequestURI();
    }

    /** RFC 3261 section 17.2.3. */
    private static String key(String branch, ViaHeader via, String method) {
        return key(branch, via.getHost(), via.getPort(), method);
    }

    private static String key(String branch, String host, int port, String method) {
        return branch + ' ' + host.toLowerCase(Locale.ROOT) + ' ' + port + ' ' + method;
    }

    /**
     * Whether a request came before, and is dealt with or was a while ago.
     *
     * @param branch of its topmost Via, in lower case, with a magic cookie
     * @param host of that Via's sent-by
     * @param port the same; -1 for none
     */
    boolean knows(String branch, String host, int port, String method) {
        return servers.containsKey(key(branch, host, port, method));
    }

    @Override
    public boolean onResponse(Response response, SipProvider provider) {
        TransactionUser to = user.get();
        String branch = SipText.branch(response);
        if (to == null || !Branches.isOurs(branch)) {
            return false;
        }
        boolean cancels = SipText.cseqMethod(response).equals(Request.CANCEL);
        Client client = clients.get(cancels ? cancelling(branch) : branch);
        if (client != null) {
            client.onResponse(response, provider, to);
        } else {
            to.onResponse(response, provider);
        }
        return true;
    }

    private static String cancelling(String branch) {
        return branch + ' ' + Request.CANCEL;
    }

    /** One request that came. */
    private final class Server implements ServerLeg {
        private final String key;
        private final boolean invite;
        private final SipProvider provider;
        private final AtomicReference<ServerPhase> phase = new AtomicReference<>(ServerPhase.PROCEEDING);
        private volatile @Nullable Response provisional;
        private volatile byte @Nullable [] refusal;

        Server(String key, boolean invite, SipProvider provider) {
            this.key = key;
            this.invite = invite;
            this.provider = provider;
        }

        @Override
        public void send(Response response) throws SipException {
            int status = response.getStatusCode();
            ServerPhase before = current();
            Given given = TransactionRules.onAnswer(before, invite, status);
            while (!phase.compareAndSet(before, given.next())) {
                before = current();
                given = TransactionRules.onAnswer(before, invite, status);
            }
            if (!given.sent()) {
                return;
            }
            if (given.next() == ServerPhase.PROCEEDING) {
                provisional = response;
            } else if (before == ServerPhase.PROCEEDING) {
                complete(response, given.next());
            }
            datagrams.send(response, provider);
        }

        @Override
        public void refuse(Response response) throws SipException {
            end();
            datagrams.send(response, provider);
        }

        private void complete(Response response, ServerPhase next) {
            provisional = null;
            if (next == ServerPhase.ACCEPTED) {
                wheel.arm(TransactionRules.LIFE, this::end);
                return;
            }
            refusal = datagrams.encode(response);
            if (invite) {
                wheel.arm(TransactionRules.T1, () -> onTimer(TransactionRules.T1, TransactionRules.T1));
            } else {
                wheel.arm(TransactionRules.LIFE, this::end);
            }
        }

        private ServerPhase current() {
            return Objects.requireNonNull(phase.get());
        }

        /** The request came again. */
        void onRepeated() {
            if (TransactionRules.repeatsAnswer(current())) {
                repeat();
            }
        }

        private void repeat() {
            try {
                byte[] last = refusal;
                Response ringing = provisional;
                if (last != null) {
                    datagrams.send(datagrams.decode(last), provider);
                } else if (ringing != null) {
                    datagrams.send(ringing, provider);
                }
            } catch (SipException | RuntimeException unreachable) {
                LOG.debug("an answer could not be repeated", unreachable);
            }
        }

        /** An ACK came; false if it goes on to the far end. */
        boolean onAck() {
            ServerPhase before = current();
            if (!TransactionRules.absorbsAck(before)) {
                return false;
            }
            if (phase.compareAndSet(ServerPhase.COMPLETED, ServerPhase.CONFIRMED)) {
                refusal = null;
                wheel.arm(TransactionRules.T4, this::end);
            }
            return true;
        }

        private void onTimer(int waitedMillis, int elapsedMillis) {
            Turn turn = TransactionRules.onServerTimer(current(), waitedMillis, elapsedMillis);
            if (turn.over()) {
                end();
            }
            if (turn.repeated()) {
                repeat();
                int next = turn.nextMillis();
                wheel.arm(next, () -> onTimer(next, elapsedMillis + next));
            }
        }

        private void end() {
            servers.remove(key, this);
        }
    }

    /** One request that is sent. */
    private final class Client implements ClientLeg {
        private final String key;
        private final String method;
        private final Target target;
        private final AtomicReference<ClientPhase> phase = new AtomicReference<>(ClientPhase.TRYING);
        private volatile @Nullable Request request;
        private volatile @Nullable Request ack;

        Client(Request request, Target target) {
            String branch = SipText.branch(request);
            this.method = request.getMethod();
            this.key = method.equals(Request.CANCEL) ? cancelling(branch) : branch;
            this.target = target;
            this.request = request;
        }

        private boolean isInvite() {
            return method.equals(Request.INVITE);
        }

        private ClientPhase current() {
            return Objects.requireNonNull(phase.get());
        }

        @Override
        public void send() throws SipException {
            Request sent = request;
            if (sent == null) {
                return;
            }
            clients.put(key, this);
            try {
                transmit(sent, target);
            } catch (SipException | RuntimeException notSent) {
                giveUp();
                throw notSent;
            }
            wheel.arm(TransactionRules.T1, () -> onTimer(TransactionRules.T1, TransactionRules.T1));
        }

        @Override
        public void giveUp() {
            phase.set(ClientPhase.TERMINATED);
            end();
        }

        private void end() {
            request = null;
            ack = null;
            clients.remove(key, this);
        }

        @Override
        public void cancel() throws SipException {
            Request invite = request;
            if (invite != null) {
                new Client(datagrams.cancel(invite), target).send();
            }
        }

        void onResponse(Response response, SipProvider provider, TransactionUser to) {
            int status = response.getStatusCode();
            ClientPhase before = current();
            Received received = TransactionRules.onResponse(before, isInvite(), status);
            while (!phase.compareAndSet(before, received.next())) {
                before = current();
                received = TransactionRules.onResponse(before, isInvite(), status);
            }
            if (received.acknowledged()) {
                acknowledge(response);
            }
            if (before != received.next()) {
                if (received.next() == ClientPhase.COMPLETED) {
                    request = null;
                    wheel.arm(TransactionRules.clientLinger(isInvite()), this::end);
                } else if (received.next() == ClientPhase.TERMINATED) {
                    end();
                }
            }
            if (received.passed()) {
                to.onResponse(response, provider);
            }
        }

        private void acknowledge(Response refusal) {
            try {
                Request invite = request;
                if (ack == null && invite != null) {
                    ack = datagrams.acknowledge(invite, refusal);
                }
                Request made = ack;
                if (made != null) {
                    transmit(made, target);
                }
            } catch (SipException | RuntimeException notSent) {
                LOG.debug("a refusal could not be acknowledged", notSent);
            }
        }

        private void onTimer(int waitedMillis, int elapsedMillis) {
            Turn turn = TransactionRules.onClientTimer(current(), isInvite(), waitedMillis, elapsedMillis);
            if (turn.over()) {
                giveUp();
                lost(Failure.timeout());
                return;
            }
            Request again = request;
            if (!turn.repeated() || again == null) {
                return;
            }
            try {
                transmit(again, target);
            } catch (SipException | RuntimeException notSent) {
                giveUp();
                lost(Failure.transport(notSent));
                return;
            }
            int next = turn.nextMillis();
            wheel.arm(next, () -> onTimer(next, elapsedMillis + next));
        }

        private void lost(Failure failure) {
            TransactionUser to = user.get();
            if (to != null && !method.equals(Request.CANCEL)) {
                to.onLost(key, failure);
            }
        }
    }
}
