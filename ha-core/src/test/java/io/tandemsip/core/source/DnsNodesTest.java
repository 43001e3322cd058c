package io.tandemsip.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.node.Node;
import io.tandemsip.node.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** Against a name server on loopback that speaks the real protocol. */
class DnsNodesTest {
    private static final String HOSTS = "a 0 IN A 127.0.0.11\nb 0 IN A 127.0.0.12\nc 0 IN A 127.0.0.13\n";
    private static final String A = "_sip._udp.sip 0 IN SRV 10 60 5080 a\n";
    private static final String B = "_sip._udp.sip 0 IN SRV 10 0 5080 b\n";
    private static final String C = "_sip._udp.sip 0 IN SRV 20 0 5090 c\n";

    private final LinkedBlockingQueue<List<Node>> lists = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> troubles = new LinkedBlockingQueue<>();
    private LoopbackDns server;
    private DnsNodes source;

    @BeforeEach
    void serve() throws IOException {
        server = new LoopbackDns();
    }

    @AfterEach
    void stop() {
        if (source != null) {
            source.close();
        }
        server.close();
    }

    private List<Node> start(UnaryOperator<DnsNodes> more) throws InterruptedException {
        source = more.apply(DnsNodes.of("sip.test")
                .pool("media")
                .refresh(Duration.ofMillis(20), Duration.ofSeconds(1))
                .resolver(server.resolver(), Duration.ofSeconds(2)));
        source.start(lists::add, troubles::add);
        return next();
    }

    private List<Node> next() throws InterruptedException {
        return lists.poll(10, TimeUnit.SECONDS);
    }

    private static List<String> ids(List<Node> nodes) {
        return nodes.stream().map(node -> node.id().value()).toList();
    }

    @Test
    void srv_givesWeightedNodesInTiers_atTheirAddresses() throws Exception {
        server.zone(HOSTS + A + B + C);
        List<Node> nodes = start(each -> each);
        assertThat(ids(nodes)).containsExactly("a.test_5080", "b.test_5080", "c.test_5090");
        assertThat(nodes)
                .extracting(node -> node.destination().toUri())
                .containsExactly("sip:127.0.0.11:5080", "sip:127.0.0.12:5080", "sip:127.0.0.13:5090");
        assertThat(nodes).extracting(Node::priority).containsExactly(10, 10, 20);
        assertThat(nodes).extracting(Node::weight).containsExactly(60.0, 0.01, 1.0);
        assertThat(nodes).allSatisfy(node -> assertThat(node.pools()).containsExactly("media"));
    }

    @Test
    void naptr_decidesTheTransport_byOrderAndPreference_amongThoseSupported() throws Exception {
        server.zone(HOSTS + A + "tcp.service 0 IN SRV 1 1 5070 b\n"
                + "sip 0 IN NAPTR 5 1 \"s\" \"SIPS+D2T\" \"\" tls.service\n"
                + "sip 0 IN NAPTR 10 20 \"s\" \"SIP+D2U\" \"\" _sip._udp.sip\n"
                + "sip 0 IN NAPTR 10 10 \"s\" \"SIP+D2T\" \"\" tcp.service\n");
        List<Node> nodes = start(each -> each.transports(Transport.UDP, Transport.TCP));
        assertThat(nodes)
                .extracting(node -> node.destination().toUri())
                .containsExactly("sip:127.0.0.12:5070;transport=tcp");
    }

    @Test
    void domainWithAddressesOnly_givesANodeForEach() throws Exception {
        server.zone("sip 0 IN A 127.0.0.22\nsip 0 IN A 127.0.0.21\nsip 0 IN AAAA ::1\n");
        List<Node> nodes = start(each -> each);
        assertThat(nodes).hasSize(3).allMatch(node -> node.destination().port() == 5060);
        assertThat(ids(nodes)).contains("sip.test_5060_127.0.0.21", "sip.test_5060_127.0.0.22");
    }

    @Test
    void eachAddress_sharesTheWeightOfATarget() throws Exception {
        server.zone(A + "a 0 IN A 127.0.0.11\na 0 IN A 127.0.0.12\n");
        List<Node> nodes = start(DnsNodes::eachAddress);
        assertThat(ids(nodes)).containsExactly("a.test_5080_127.0.0.11", "a.test_5080_127.0.0.12");
        assertThat(nodes).extracting(Node::weight).containsExactly(30.0, 30.0);
    }

    @Test
    void change_isSeen_whenTheTimeToLiveIsOver_andATargetThatMovesKeepsItsId() throws Exception {
        server.zone(HOSTS + A);
        assertThat(start(each -> each)).hasSize(1);
        server.zone(HOSTS + A + B);
        assertThat(ids(next())).containsExactly("a.test_5080", "b.test_5080");
        server.zone(HOSTS.replace("127.0.0.12", "127.0.0.99") + A + B);
        List<Node> moved = next();
        assertThat(ids(moved)).containsExactly("a.test_5080", "b.test_5080");
        assertThat(moved.get(1).destination().host()).isEqualTo("127.0.0.99");
        server.zone(HOSTS.replace("127.0.0.12", "127.0.0.99") + A);
        assertThat(ids(next())).containsExactly("a.test_5080");
    }

    @Test
    void errorsAndEmptyAnswers_keepTheList_andAreToldOnce() throws Exception {
        server.zone(HOSTS + A);
        start(each -> each.leavesAfter(1));
        server.fail("", Rcode.SERVFAIL);
        assertThat(troubles.poll(10, TimeUnit.SECONDS)).contains("SERVFAIL").contains("stays in force");
        server.zone("");
        server.fail("", Rcode.NOERROR);
        assertThat(troubles.poll(10, TimeUnit.SECONDS)).contains("no node in the answer");
        assertThat(lists).isEmpty();
    }

    @Test
    void of_whatIsNoName_orOutOfRange_isRefused() {
        assertThatThrownBy(() -> DnsNodes.of("a..b")).hasMessageContaining("expected a domain name");
        assertThatThrownBy(() -> DnsNodes.of("a").leavesAfter(0)).hasMessageContaining("expected 1 or more");
        assertThatThrownBy(() -> DnsNodes.of("a").refresh(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("the least first");
    }
}
