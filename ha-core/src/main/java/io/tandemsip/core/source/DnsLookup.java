package io.tandemsip.core.source;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.NAPTRRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

/** One round of questions by RFC 3263 section 4: NAPTR, else SRV, else addresses. Confined to one thread. */
final class DnsLookup {
    private static final String TARGET = "target";
    private static final int MOST_NODES = 1_000;
    /** Beside others a weight of 0 means a very small chance (RFC 2782), and none at all to nobody. */
    private static final double SMALL_WEIGHT = 0.01;

    private final DnsNodes.Settings settings;
    private final DnsQuestions questions;
    private final Map<NodeId, Node> nodes = new LinkedHashMap<>();
    private final Set<String> unresolved = new HashSet<>();

    DnsLookup(DnsNodes.Settings settings, DnsQuestions questions) {
        this.settings = settings;
        this.questions = questions;
    }

    /** The service target that a node was made from. */
    static String target(Node node) {
        return node.attributes().getOrDefault(TARGET, "");
    }

    DnsAnswer answer() throws DnsFailure, InterruptedException {
        if (!byNaptr() && !bySrv()) {
            byAddress();
        }
        return new DnsAnswer(List.copyOf(nodes.values()), unresolved, questions.ttlSeconds());
    }

    private boolean byNaptr() throws DnsFailure, InterruptedException {
        List<NAPTRRecord> found = questions.ask(settings.domain(), Type.NAPTR, NAPTRRecord.class);
        Comparator<NAPTRRecord> order = Comparator.comparingInt(NAPTRRecord::getOrder);
        for (NAPTRRecord each : found.stream()
                .sorted(order.thenComparingInt(NAPTRRecord::getPreference))
                .toList()) {
            Transport transport = transport(each);
            if (transport != null
                    && settings.transports().contains(transport)
                    && services(each.getReplacement(), transport)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Transport transport(NAPTRRecord naptr) {
        if (!naptr.getFlags().equalsIgnoreCase("s")) {
            return null;
        }
        return switch (naptr.getService().toUpperCase(Locale.ROOT)) {
            case "SIP+D2U" -> Transport.UDP;
            case "SIP+D2T" -> Transport.TCP;
            case "SIPS+D2T" -> Transport.TLS;
            case "SIP+D2W" -> Transport.WS;
            case "SIPS+D2W" -> Transport.WSS;
            default -> null;
        };
    }

    private boolean bySrv() throws DnsFailure, InterruptedException {
        for (Transport transport : settings.transports()) {
            if (services(settings.service(transport), transport)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the name has SRV records; one target "." says that the service is not offered. */
    private boolean services(Name name, Transport transport) throws DnsFailure, InterruptedException {
        List<SRVRecord> found = questions.ask(name, Type.SRV, SRVRecord.class);
        for (SRVRecord each : found) {
            if (!each.getTarget().equals(Name.root) && each.getPort() > 0) {
                add(each, transport, weight(each, found));
            }
        }
        return !found.isEmpty();
    }

    private static double weight(SRVRecord record, List<SRVRecord> all) {
        boolean nobodyHasOne = all.stream()
                .filter(each -> each.getPriority() == record.getPriority())
                .allMatch(each -> each.getWeight() == 0);
        return nobodyHasOne ? 1 : Math.max(SMALL_WEIGHT, record.getWeight());
    }

    private void add(SRVRecord record, Transport transport, double weight) throws InterruptedException {
        String host = record.getTarget().toString(true).toLowerCase(Locale.ROOT);
        String target = host + ':' + record.getPort();
        Set<String> addresses;
        try {
            addresses = addresses(record.getTarget());
        } catch (DnsFailure unknown) {
            unresolved.add(target);
            return;
        }
        boolean each = settings.eachAddress();
        for (String address : addresses) {
            SipDestination destination = new SipDestination(address, record.getPort(), transport);
            String name = host + '_' + record.getPort() + (each ? '_' + address : "");
            put(name, destination, target, record.getPriority(), each ? weight / addresses.size() : weight);
            if (!each) {
                return;
            }
        }
    }

    private void byAddress() throws DnsFailure, InterruptedException {
        Transport transport = settings.transports().get(0);
        String host = settings.domain().toString(true).toLowerCase(Locale.ROOT);
        int port = transport.defaultPort();
        for (String address : addresses(settings.domain())) {
            put(
                    host + '_' + port + '_' + address,
                    new SipDestination(address, port, transport),
                    host + ':' + port,
                    0,
                    1);
        }
    }

    private void put(String name, SipDestination destination, String target, int priority, double weight) {
        if (nodes.size() < MOST_NODES) {
            NodeId id = NodeNames.of(name);
            nodes.putIfAbsent(
                    id,
                    Node.builder(id, destination)
                            .pool(settings.pool())
                            .priority(priority)
                            .weight(weight)
                            .attribute(TARGET, target)
                            .build());
        }
    }

    /** Sorted, so that a server that turns its answers round changes nothing; IPv4 first. */
    private Set<String> addresses(Name name) throws DnsFailure, InterruptedException {
        Set<String> sorted = new LinkedHashSet<>(texts(questions.ask(name, Type.A, ARecord.class)));
        sorted.addAll(texts(questions.ask(name, Type.AAAA, AAAARecord.class)));
        return sorted;
    }

    private static Set<String> texts(List<? extends Record> records) {
        List<String> texts = new ArrayList<>();
        records.forEach(each -> texts.add(each.rdataToString()));
        return new TreeSet<>(texts);
    }
}
