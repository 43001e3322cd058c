package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import io.tandemsip.node.Transport;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.header.ViaHeader;
import javax.sip.message.Response;

/**
 * What all response contexts of one proxy share. Thread-safe.
 *
 * @param router decides
 * @param sides the listening points
 * @param transactions sends
 * @param branches names branches
 * @param outgoing makes requests
 * @param replies makes responses
 * @param contexts the contexts that live
 * @param givenUp the branches that nobody waits for
 * @param upstream tells who sends too much
 * @param peers the other proxies of the group
 * @param border tells nodes from strangers
 * @param load tells what has to be refused for the proxy's own sake
 * @param draw tells which requests those are
 * @param flows knows the way to users
 * @param hidden hides nodes
 * @param registrar keeps registrations; empty if they are no business of this proxy's
 * @param registrations what becomes of REGISTER
 * @param nanoTime the clock for timers
 */
record ProxyCore(
        HaRouter router,
        ListeningSides sides,
        Transactions transactions,
        Branches branches,
        Outgoing outgoing,
        Replies replies,
        Contexts contexts,
        GivenUpBranches givenUp,
        UpstreamControl upstream,
        Peers peers,
        Border border,
        OwnLoad load,
        RequestDraw draw,
        Flows flows,
        HiddenTopology hidden,
        Optional<Registrar> registrar,
        Registrations registrations,
        LongSupplier nanoTime) {

    /**
     * Sends a response without transaction.
     *
     * @param response as the next hop is to have it
     * @param next its topmost Via
     * @param provider where its request came in
     */
    void sendByVia(Response response, ViaHeader next, SipProvider provider) throws SipException {
        Optional<ListeningSide> side = sides.by(Transport.of(next.getTransport()), provider);
        if (side.isPresent()) {
            transactions.send(response, side.get());
        }
    }
}
