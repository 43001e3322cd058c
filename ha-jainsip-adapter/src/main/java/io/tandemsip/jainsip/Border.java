package io.tandemsip.jainsip;

import io.tandemsip.node.Node;
import io.tandemsip.node.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.RouteHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Tells nodes from strangers, by where a packet came from or whose certificate it came with, and what a stranger may not do. Thread-safe.
 */
final class Border {
    /** Where what comes from no network is said to come from. */
    static final InetAddress NOWHERE = new InetSocketAddress(0).getAddress();

    private final EdgePolicy policy;
    private final ListeningSides sides;
    private final Peers peers;
    private final NodeAddresses nodes;
    private final RequestLimits limits;
    private final LongSupplier nanoTime;

    Border(EdgePolicy policy, ListeningSides sides, Peers peers, NodeAddresses nodes, LongSupplier nanoTime) {
        this.policy = policy;
        this.sides = sides;
        this.peers = peers;
        this.nodes = nodes;
        this.nanoTime = nanoTime;
        this.limits = new RequestLimits(policy.perSourcePerSecond(), policy.totalPerSecond(), nanoTime.getAsLong());
    }

    /** Where a message came from. */
    Source sourceOf(Message message) {
        ViaHeader via = (ViaHeader) message.getHeader(ViaHeader.NAME);
        Optional<InetSocketAddress> packet = StackSupport.source(message);
        if (packet.isEmpty()) {
            return new Source(NOWHERE, 0, Optional.empty(), false);
        }
        InetAddress address = packet.get().getAddress();
        int port = packet.get().getPort();
        Optional<Node> node = nodes.at(ListeningSides.key(text(address), port));
        if (node.isEmpty() && message instanceof Request && via != null && isConnected(via)) {
            int named = via.getPort() > 0 ? via.getPort() : defaultPort(via);
            node = nodes.at(ListeningSides.key(text(address), named));
            port = node.isPresent() ? named : port;
        }
        boolean trusted = isTrusted(address, port);
        if (!nodes.haveCertificates()) {
            return new Source(address, port, node, trusted);
        }
        Set<String> certified = message instanceof Request request ? StackSupport.certified(request) : Set.of();
        return new Source(address, port, nodes.speaking(node, certified), trusted, certified);
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }

    private static boolean isConnected(ViaHeader via) {
        return !via.getTransport().equalsIgnoreCase(Transport.UDP.name());
    }

    private static int defaultPort(ViaHeader via) {
        return via.getTransport().equalsIgnoreCase(Transport.TLS.name()) ? 5061 : 5060;
    }

    private boolean isTrusted(InetAddress address, int port) {
        for (Network network : policy.trusted()) {
            if (network.contains(address)) {
                return true;
            }
        }
        return !peers.isEmpty()
                && peers.others().stream()
                        .anyMatch(each -> each.port() == port && each.host().equals(text(address)));
    }

    /**
     * Checks a request of a stranger.
     *
     * @return what to answer it with, and with what for Retry-After; empty to go on
     */
    Optional<Step.Answer> refusal(Arrival arrival) {
        boolean inDialog = !arrival.toTag().isEmpty();
        if (inDialog && (limits.isOff() || !arrival.mark().isNone())) {
            return Optional.empty();
        }
        Source source = sourceOf(arrival.request());
        if (!source.isStranger()) {
            return Optional.empty();
        }
        Optional<Duration> later = limits.isOff()
                ? Optional.empty()
                : limits.refusal(source.address(), SipMessages.isPriority(arrival.request()), nanoTime.getAsLong());
        if (later.isPresent()) {
            return Optional.of(new Step.Answer(Response.SERVICE_UNAVAILABLE, later.get()));
        }
        return inDialog ? Optional.empty() : refusalOfNew(arrival);
    }

    private Optional<Step.Answer> refusalOfNew(Arrival arrival) {
        List<RouteHeader> routes = Arrival.routes(arrival.request());
        int left = arrival.strict() ? routes.size() - 1 : routes.size();
        if (arrival.ownRoutes() < left
                && !isNode(routes.get(arrival.ownRoutes()).getAddress().getURI())) {
            return Optional.of(Step.Answer.of(Response.FORBIDDEN));
        }
        URI target = arrival.strict()
                ? routes.get(left).getAddress().getURI()
                : arrival.request().getRequestURI();
        return isServed(target) ? Optional.empty() : Optional.of(Step.Answer.of(Response.NOT_FOUND));
    }

    /** Whether a URI is a node's address. */
    boolean isNode(URI uri) {
        return uri instanceof SipURI sip
                && sip.getHost() != null
                && nodes.at(ListeningSides.key(sip.getHost(), sip.getPort() > 0 ? sip.getPort() : 5060))
                        .isPresent();
    }

    /** Whether a URI leads to another proxy of the group, or to who is trusted: not where its maddr leads elsewhere. */
    boolean isTrusted(URI uri) {
        if (!(uri instanceof SipURI sip)
                || sip.getMAddrParam() != null
                || !Network.isLiteral(ListeningSides.bare(SipText.orEmpty(sip.getHost())))) {
            return false;
        }
        try {
            InetAddress address = InetAddress.getByName(ListeningSides.bare(sip.getHost()));
            return isTrusted(address, sip.getPort() > 0 ? sip.getPort() : 5060);
        } catch (UnknownHostException noAddress) {
            return false;
        }
    }

    private boolean isServed(URI uri) {
        return policy.domains().isEmpty()
                || !(uri instanceof SipURI sip)
                || sip.getHost() == null
                || policy.domains().contains(sip.getHost().toLowerCase(java.util.Locale.ROOT))
                || sides.isOwn(uri);
    }

    /** Takes out of a stranger's request what only those may say that are trusted. */
    void clean(Request forwarded, Request received) {
        boolean checked = false;
        for (String name : policy.strippedHeaders()) {
            if (forwarded.getHeader(name) != null) {
                if (!checked && !sourceOf(received).isStranger()) {
                    return;
                }
                checked = true;
                forwarded.removeHeader(name);
            }
        }
    }

    /** Whether a response that belongs to nothing may go on by its Via: only from or to whom is known. */
    boolean mayPass(Response stray, ViaHeader next) {
        return !sourceOf(stray).isStranger()
                || nodes.at(SipText.source(next)).isPresent()
                || sides.isOwn(next.getHost(), next.getPort());
    }

    NodeAddresses nodes() {
        return nodes;
    }

    void sweep(long nowNanos) {
        limits.sweep(nowNanos);
    }
}
