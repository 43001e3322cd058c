package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.sip.RequestEvent;
import javax.sip.SipException;
import javax.sip.address.SipURI;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the threads that bring messages from waiting for connections: by TCP, TLS and WebSocket the stack connects and writes on the
 * thread that sends, and waits up to 8 s for a dead peer, or for ever for one that does not read. What fails there is told later,
 * as if the branch had been lost. UDP goes straight on, but to a host that is given by name, which the stack looks up. Thread-safe.
 */
final class ConnectedTransactions implements Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectedTransactions.class);

    private final Transactions stacks;
    private final PeerLanes lanes;
    private final AtomicReference<@Nullable TransactionUser> user = new AtomicReference<>();

    ConnectedTransactions(Transactions stacks, PeerLanes lanes) {
        this.stacks = stacks;
        this.lanes = lanes;
    }

    /** Tells a user from now on of what is lost. */
    void start(TransactionUser of) {
        user.set(of);
    }

    void stop() {
        user.set(null);
        lanes.close();
    }

    @Override
    public Optional<ServerLeg> accept(RequestEvent event) throws SipException {
        Optional<ServerLeg> leg = stacks.accept(event);
        Request request = event.getRequest();
        return isDatagram(request) ? leg : leg.map(each -> new Answering(each, peer(request)));
    }

    @Override
    public ClientLeg open(Request request, Target target) throws SipException {
        return isStraight(request, target)
                ? stacks.open(request, target)
                : new Asking(request, target, peer(request, target));
    }

    @Override
    public void send(Request request, Target target) throws SipException {
        if (isStraight(request, target)) {
            stacks.send(request, target);
        } else {
            post(peer(request, target), () -> stacks.send(request, target));
        }
    }

    @Override
    public void send(Response response, ListeningSide side) throws SipException {
        if (side.transport() == Transport.UDP) {
            stacks.send(response, side);
        } else {
            post(SipText.source(response), () -> stacks.send(response, side));
        }
    }

    /** By UDP to an address: for a name the stack would wait for DNS. */
    private static boolean isStraight(Request request, Target target) {
        return target.side().transport() == Transport.UDP && isAddress(request, target);
    }

    private static boolean isAddress(Request request, Target target) {
        if (target.destination().isPresent()) {
            return Network.isLiteral(target.destination().get().host());
        }
        return Arrival.nextUri(request) instanceof SipURI sip
                && sip.getMAddrParam() == null
                && Network.isLiteral(ListeningSides.bare(SipText.orEmpty(sip.getHost())));
    }

    private static boolean isDatagram(Request request) {
        return !(request.getHeader(ViaHeader.NAME) instanceof ViaHeader via)
                || via.getTransport().equalsIgnoreCase(Transport.UDP.name());
    }

    /** Where a connection is from; what came by no network is told by its Via. */
    private static String peer(Message message) {
        Optional<InetSocketAddress> source = StackSupport.source(message);
        return source.isPresent()
                ? ListeningSides.key(
                        source.get().getAddress().getHostAddress(), source.get().getPort())
                : SipText.source(message);
    }

    private static String peer(Request request, Target target) {
        if (target.destination().isPresent()) {
            SipDestination to = target.destination().get();
            return ListeningSides.key(to.host(), to.port());
        }
        return Arrival.nextUri(request) instanceof SipURI sip
                ? ListeningSides.key(SipText.orEmpty(sip.getHost()), sip.getPort())
                : "";
    }

    /** What the stack does when it sends. */
    @FunctionalInterface
    private interface Sending {
        void send() throws SipException;
    }

    /** Something whose failure changes nothing. */
    private void post(String peer, Sending sending) {
        lanes.post(
                peer,
                () -> {
                    try {
                        sending.send();
                    } catch (SipException | RuntimeException notSent) {
                        LOG.debug("nothing could be sent to {}", peer, notSent);
                    }
                },
                () -> LOG.debug("nothing was sent to {}, which takes nothing", peer));
    }

    /** The answers to one request. */
    private final class Answering implements ServerLeg {
        private final ServerLeg leg;
        private final String peer;

        Answering(ServerLeg leg, String peer) {
            this.leg = leg;
            this.peer = peer;
        }

        @Override
        public void send(Response response) {
            post(peer, () -> leg.send(response));
        }

        @Override
        public void refuse(Response response) {
            post(peer, () -> leg.refuse(response));
        }
    }

    /** One branch: a client transaction of the stack, once its turn has come. */
    private final class Asking implements ClientLeg {
        private final Request request;
        private final Target target;
        private final String peer;
        private final String branch;
        private volatile @Nullable ClientLeg made;
        private volatile boolean over;

        Asking(Request request, Target target, String peer) {
            this.request = request;
            this.target = target;
            this.peer = peer;
            this.branch = SipText.branch(request).toLowerCase(Locale.ROOT);
        }

        @Override
        public void send() {
            lanes.post(
                    peer,
                    this::sendNow,
                    () -> lost(new Failure.Transport(peer + " takes nothing, or too many peers do")));
        }

        private void sendNow() {
            if (over) {
                return;
            }
            ClientLeg leg = null;
            try {
                leg = stacks.open(request, target);
                made = leg;
                if (over) {
                    leg.giveUp();
                } else {
                    leg.send();
                }
            } catch (SipException | RuntimeException notSent) {
                LOG.debug("{} could not be sent to {}", request.getMethod(), peer, notSent);
                if (leg != null) {
                    leg.giveUp(); // else the stack keeps it for ever
                }
                lost(Failure.transport(notSent));
            }
        }

        private void lost(Failure failure) {
            TransactionUser told = user.get();
            if (told != null && !over) {
                told.onLost(branch, failure);
            }
        }

        @Override
        public void giveUp() {
            over = true;
            ClientLeg leg = made;
            if (leg != null) {
                leg.giveUp();
            }
        }

        @Override
        public void cancel() {
            post(peer, () -> {
                ClientLeg leg = made;
                if (leg != null) {
                    leg.cancel();
                }
            });
        }
    }
}
