package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sip.ListeningPoint;
import javax.sip.PeerUnavailableException;
import javax.sip.SipFactory;
import javax.sip.address.AddressFactory;
import javax.sip.header.HeaderFactory;
import javax.sip.message.MessageFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which parts a proxy has, and which of them know which. */
final class ProxyAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyAssembly.class);
    private static final int FLOW_KEY_BYTES = 20;

    private final ProxySettings settings;
    private final ListeningSides sides;

    private ProxyAssembly(ProxySettings settings) {
        this.settings = settings;
        sides = ListeningSides.of(settings.providers(), settings.advertisedHost());
    }

    /** A proxy that does not listen yet. */
    static RunningProxy of(ProxySettings settings) {
        ProxyAssembly assembly = new ProxyAssembly(settings);
        try {
            return assembly.assemble(SipFactory.getInstance());
        } catch (PeerUnavailableException missing) {
            throw new IllegalStateException("no JAIN-SIP implementation; expected gov.nist", missing);
        }
    }

    private RunningProxy assemble(SipFactory factory) throws PeerUnavailableException {
        AddressFactory addresses = factory.createAddressFactory();
        HeaderFactory headers = factory.createHeaderFactory();
        MessageFactory messages = factory.createMessageFactory();
        TimerWheel wheel = new TimerWheel(System::nanoTime);
        Names names = new Names(settings.lookup(), new PeerLanes(System::nanoTime), System::nanoTime);
        ConnectedTransactions stacks =
                new ConnectedTransactions(new JainTransactions(addresses, headers), new PeerLanes(System::nanoTime));
        Optional<Datagrams> datagrams = datagrams(names);
        List<QueueProbe> probes = datagrams.isPresent() && settings.sheds() ? probes() : List.of();
        Optional<LightTransactions> light = datagrams
                .map(each -> probes.isEmpty() ? each : new MeasuredDatagrams(each, probes))
                .map(each -> new LightTransactions(each, stacks, wheel));
        OwnLoad load = new OwnLoad(settings.shedAfter(), System.nanoTime());
        RequestDraw draw = new RequestDraw(new SecureRandom().nextLong());
        if (!probes.isEmpty()) {
            datagrams.get().screen(new EarlyRefusal(load, draw, light.get()::knows, probes));
        }
        Transactions transactions = light.isPresent() ? light.get() : stacks;
        Peers group = group();
        Branches branches = new Branches(new SecureRandom().nextLong(), group.suffix());
        Border border = new Border(
                settings.edge(),
                sides,
                group,
                new NodeAddresses(settings.router(), System::nanoTime, Optional.of(names)),
                System::nanoTime);
        Registrations registrations = settings.registrations();
        Flows flows = new Flows(registrations.paths(), new FlowTokens(flowKey()), sides, border, group.own());
        HiddenTopology hidden = new HiddenTopology(
                settings.topology(),
                new SealedText(() -> settings.router().derivedKeys(ProxySettings.TOPOLOGY)),
                sides,
                border::isNode,
                addresses,
                headers);
        Outgoing outgoing = new Outgoing(
                sides,
                addresses,
                headers,
                border,
                flows,
                new LargeRequests(settings.datagramBytes(), System::nanoTime),
                hidden);
        DialogCloser closer = new DialogCloser(
                new AfterAnswer(messages, headers, addresses, sides::isOwn), transactions, outgoing, branches);
        ProxyCore core = new ProxyCore(
                settings.router(),
                sides,
                transactions,
                branches,
                outgoing,
                new Replies(messages, headers, branches),
                new Contexts(),
                new GivenUpBranches(transactions, closer, System::nanoTime),
                new UpstreamControl(() -> load.advice(settings.router().overloadAdvice()), System::nanoTime),
                group,
                border,
                load,
                draw,
                flows,
                hidden,
                registrations
                        .store()
                        .map(store -> new Registrar(
                                new BoundedLocationStore(store, BoundedLocationStore.USUAL), flows, headers)),
                registrations,
                System::nanoTime);
        PeerForwarding forwarding = new PeerForwarding(core, headers);
        ProxyListener listener = new ProxyListener(core, new CallReader(settings.refinement()), forwarding);
        return new RunningProxy(settings.providers(), core, listener, forwarding, stacks, probes, light, wheel, names);
    }

    private byte[] flowKey() {
        byte[] given = settings.registrations().flowKey();
        if (given.length > 0) {
            return given;
        }
        byte[] made = new byte[FLOW_KEY_BYTES];
        new SecureRandom().nextBytes(made);
        return made;
    }

    /** Without one nothing is measured at that port, and nothing refused for it. */
    private List<QueueProbe> probes() {
        List<QueueProbe> found = new ArrayList<>();
        for (ListeningSide side : sides.all()) {
            ListeningPoint point = side.provider().getListeningPoint(ListeningPoint.UDP);
            if (side.transport() == Transport.UDP && point != null) {
                try {
                    found.add(QueueProbe.of(point, UUID.randomUUID().toString(), System::nanoTime));
                } catch (IOException noSocket) {
                    LOG.warn("the delay of port {} can't be measured", point.getPort(), noSocket);
                }
            }
        }
        return found;
    }

    private Peers group() {
        if (settings.peers().isEmpty()) {
            return Peers.NONE;
        }
        SipDestination own = settings.peerAddress().isEmpty()
                ? Peers.addressOf(sides)
                        .orElseThrow(
                                () -> new IllegalStateException(
                                        "no listening point has an address that the peers could use; expected peerAddress(...)"))
                : SipDestination.parse(settings.peerAddress());
        return Peers.of(own, settings.peers());
    }

    private Optional<Datagrams> datagrams(Names names) {
        return settings.stackTransactions() || !StackSupport.hasValves()
                ? Optional.empty()
                : StackDatagrams.of(settings.providers(), names);
    }
}
