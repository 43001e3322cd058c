package io.tandemsip.jainsip;

import java.text.ParseException;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.sip.InvalidArgumentException;
import javax.sip.ListeningPoint;
import javax.sip.PeerUnavailableException;
import javax.sip.SipException;
import javax.sip.SipFactory;
import javax.sip.SipProvider;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.HeaderFactory;
import javax.sip.header.MaxForwardsHeader;
import javax.sip.header.RouteHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.MessageFactory;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Forwards, in its host's stead and without transactions (RFC 3261 section 16.11), requests within dialogs that began at
 * another router, and 2xx that no transaction waits for any more. Only what the router knows goes anywhere. Thread-safe.
 */
final class SharedDialogs implements StackValve.Passing {
    private final DoorRequests requests;
    private final DoorAnswers answers;
    private final OwnAddresses own;
    private final Mishaps mishaps;
    private final HeaderFactory headers;
    private final MessageFactory messages;

    SharedDialogs(DoorRequests requests, DoorAnswers answers, OwnAddresses own, Mishaps mishaps)
            throws PeerUnavailableException {
        this.requests = requests;
        this.answers = answers;
        this.own = own;
        this.mishaps = mishaps;
        this.headers = SipFactory.getInstance().createHeaderFactory();
        this.messages = SipFactory.getInstance().createMessageFactory();
    }

    // --- requests ---

    /** A store that has to be asked is not waited for: then it is answered later. */
    @Override
    public boolean onRequest(Request request, SipProvider provider) {
        CompletableFuture<Optional<SipWay>> known =
                requests.owned(request, RequestKey.received(request)).toCompletableFuture();
        if (known.isDone()) {
            Optional<SipWay> way = known.join();
            way.ifPresent(found -> go(request, provider, found));
            return way.isPresent();
        }
        CompletableFuture<Void> unused = known.thenAccept(way -> way.ifPresentOrElse(
                found -> go(request, provider, found),
                () -> answer(request, provider, Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST)));
        return true;
    }

    private void go(Request request, SipProvider provider, SipWay way) {
        try {
            if (way instanceof SipWay.Refused refused) {
                answer(request, provider, refused.statusCode());
            } else if (!(way instanceof SipWay.Drop)) {
                forward(request, provider, way);
            }
        } catch (SipException | ParseException | InvalidArgumentException | RuntimeException broken) {
            mishaps.report("a request of another router's dialog could not be forwarded", broken);
            answer(request, provider, Response.SERVER_INTERNAL_ERROR);
        }
    }

    private void forward(Request request, SipProvider provider, SipWay way)
            throws SipException, ParseException, InvalidArgumentException {
        Request copy = (Request) request.clone();
        MaxForwardsHeader hops = (MaxForwardsHeader) copy.getHeader(MaxForwardsHeader.NAME);
        if (hops != null && hops.getMaxForwards() <= 0) {
            answer(request, provider, Response.TOO_MANY_HOPS);
            return;
        }
        copy.setHeader(headers.createMaxForwardsHeader(hops == null ? 70 : hops.getMaxForwards() - 1));
        popOwnRoutes(copy);
        ListeningPoint point = pointTo(copy, provider, way);
        copy.addFirst(headers.createViaHeader(
                point.getIPAddress(), point.getPort(), point.getTransport(), Branches.repeatable(request)));
        provider.sendRequest(way.prepare(copy));
    }

    private void popOwnRoutes(Request copy) throws SipException {
        while (copy.getHeader(RouteHeader.NAME) instanceof RouteHeader top
                && own.isOwn(top.getAddress().getURI())) {
            copy.removeFirst(RouteHeader.NAME);
        }
    }

    private static ListeningPoint pointTo(Request copy, SipProvider provider, SipWay way) throws SipException {
        String transport = way instanceof NodeWay node
                ? node.destination().transport().token()
                : SipText.transport(leadsTo(copy)).token();
        ListeningPoint point = provider.getListeningPoint(transport);
        if (point == null) {
            throw new SipException("the provider has no listening point of " + transport);
        }
        return point;
    }

    private static URI leadsTo(Request copy) {
        return copy.getHeader(RouteHeader.NAME) instanceof RouteHeader top
                        && top.getAddress().getURI() instanceof SipURI sip
                ? sip
                : copy.getRequestURI();
    }

    private void answer(Request request, SipProvider provider, int status) {
        if (request.getMethod().equals(Request.ACK)) {
            return;
        }
        try {
            provider.sendResponse(messages.createResponse(status, request));
        } catch (SipException | ParseException | RuntimeException broken) {
            mishaps.report("a request of another router's dialog could not be answered", broken);
        }
    }

    // --- responses ---

    /** By Via alone (RFC 3261 section 16.7 step 10). What the host is the end of is the host's. */
    @Override
    public boolean onResponse(Response response, SipProvider provider) {
        Iterator<?> vias = response.getHeaders(ViaHeader.NAME);
        if (!vias.hasNext() || !(vias.next() instanceof ViaHeader top) || !vias.hasNext()) {
            return false;
        }
        boolean isForwarded = Branches.isOurs(SipText.branch(top));
        boolean isLate = response.getStatusCode() / 100 == 2;
        if (!own.isOwn(top.getHost(), top.getPort()) || !(isForwarded || isLate)) {
            return false;
        }
        answers.note(Heard.of(response));
        try {
            Response copy = (Response) response.clone();
            copy.removeFirst(ViaHeader.NAME);
            provider.sendResponse(copy);
        } catch (SipException | RuntimeException broken) {
            mishaps.report("a response could not be passed on", broken);
        }
        return true;
    }
}
