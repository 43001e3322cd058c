package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import java.util.Collections;
import java.util.ListIterator;
import javax.sip.SipException;
import javax.sip.SipStack;
import javax.sip.address.Hop;
import javax.sip.address.Router;
import javax.sip.message.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The router that a stack asks for the next hop, for hosts that leave it open: name this class in the stack's property
 * {@code javax.sip.ROUTER_PATH}, then {@link SipDoor#attachTo} the stack. One per stack; found by {@link
 * SipStack#getRouter}, without anything static. Requests that are none of Tandem's, and all before it is attached, go
 * where JAIN-SIP's own router sends them.
 *
 * <p>Chooses a node for what begins something, and finds the owner of a dialog. The stack asks once per request and tells
 * nothing of what becomes of it; so this cannot
 *
 * <ul>
 *   <li>fail over by itself: {@link SipDoor#aroundFailingOver} can, or else {@link SipDoor#route} and {@link SipDoor#next};
 *   <li>answer: a refusal is a {@link CallRefusedException}, which the host finds as the cause of what the stack throws;
 *   <li>write the cookie: dialogs are found by memory and store only;
 *   <li>learn how nodes and calls fare, unless {@link SipDoor#around} is there too: without it a call that fails holds its
 *       place for minutes.
 * </ul>
 *
 * Loaded by the class loader of JAIN-SIP, which must see this class. Thread-safe.
 */
public final class TandemRouter implements Router {
    private static final Logger LOG = LoggerFactory.getLogger(TandemRouter.class);

    private final Router without;
    private volatile @Nullable SipDoor door;

    /**
     * Called by the stack.
     *
     * @param stack that it is of
     * @param outboundProxy the property {@code javax.sip.OUTBOUND_PROXY}; null if it is not set
     */
    public TandemRouter(SipStack stack, @Nullable String outboundProxy) {
        this(StackSupport.defaultRouter(stack, outboundProxy));
    }

    TandemRouter(Router without) {
        this.without = without;
    }

    static TandemRouter of(SipStack stack) {
        if (stack.getRouter() instanceof TandemRouter router) {
            return router;
        }
        throw new IllegalStateException("stack \"" + stack.getStackName()
                + "\" has another router; expected the property javax.sip.ROUTER_PATH=" + TandemRouter.class.getName());
    }

    void attach(SipDoor to) {
        door = to;
        LOG.info(limits(to.isWatching(), to.isFailingOver()));
    }

    /** What is said at start. */
    static String limits(boolean isWatching, boolean isFailingOver) {
        String limits = "Tandem chooses the next hop; as the stack's router it can't "
                + (isFailingOver ? "" : "fail over, ")
                + "answer refusals, or write the affinity cookie";
        return isWatching
                ? limits
                : limits + "; and without around(listener) it does not learn how nodes and calls fare";
    }

    @Override
    public @Nullable Hop getNextHop(Request request) throws SipException {
        SipDoor attached = door;
        if (attached == null) {
            return without.getNextHop(request);
        }
        SipWay way = attached.routeLeaving(request);
        if (way instanceof NodeWay node) {
            return NodeHop.of(node.destination());
        }
        if (way instanceof SipWay.Refused refused) {
            throw new CallRefusedException(refused);
        }
        if (way instanceof SipWay.Drop) {
            throw new SipException("the owner of the ACK's dialog is gone");
        }
        return without.getNextHop(request);
    }

    @Override
    public @Nullable Hop getOutboundProxy() {
        return without.getOutboundProxy();
    }

    /** Deprecated in JAIN-SIP, and not called by it. */
    @Override
    @Deprecated
    @SuppressWarnings({"rawtypes", "InlineMeSuggester"})
    public ListIterator getNextHops(Request request) {
        return Collections.emptyListIterator();
    }

    /**
     * A node as the stack wants it. Immutable.
     *
     * @param host an address or a name
     * @param port the port
     * @param transport in lower case
     */
    private record NodeHop(String host, int port, String transport) implements Hop {
        static NodeHop of(SipDestination to) {
            String host = to.host().indexOf(':') >= 0 ? '[' + to.host() + ']' : to.host();
            return new NodeHop(host, to.port(), to.transport().token());
        }

        @Override
        public String getHost() {
            return host;
        }

        @Override
        public int getPort() {
            return port;
        }

        @Override
        public String getTransport() {
            return transport;
        }

        @Override
        public String toString() {
            return host + ':' + port + '/' + transport;
        }
    }
}
