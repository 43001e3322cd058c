package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.node.Transport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.sip.SipException;
import javax.sip.SipFactory;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import javax.sip.message.Request;
import javax.sip.message.Response;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** What is hidden of nodes comes back as it was, and nothing of it is seen outside. Two routers take turns. */
class HiddenTopologyPropertiesTest {
    /** What every address of a node has in it here. */
    private static final String NODE = "10.77.";

    private static final byte[] KEY = "thirty-two bytes for tests only!".getBytes(StandardCharsets.US_ASCII);

    private static SipHost host;
    private static ListeningSides sides;
    private static HiddenTopology one;
    private static HiddenTopology another;

    @BeforeContainer
    static void open() throws Exception {
        host = new SipHost().withTcp();
        sides = ListeningSides.of(List.of(host.provider), "");
        one = hidden(KEY);
        another = hidden(KEY);
    }

    @AfterContainer
    static void close() {
        host.close();
    }

    private static HiddenTopology hidden(byte[] key) throws Exception {
        List<byte[]> keys = List.of(key);
        return new HiddenTopology(
                TopologyHiding.on(),
                new SealedText(() -> keys),
                sides,
                uri -> uri.toString().contains(NODE),
                SipFactory.getInstance().createAddressFactory(),
                Messages.HEADERS);
    }

    @Provide
    Arbitrary<String> nodeUris() {
        Arbitrary<String> user = Arbitraries.of("", "1000@", "gw+trunk@", "th~x@", "a%40b;x=1@");
        Arbitrary<Integer> last = Arbitraries.integers().between(0, 65_535);
        Arbitrary<String> port = Arbitraries.of("", ":5060", ":15080");
        Arbitrary<String> parameters =
                Arbitraries.of("", ";transport=tcp", ";lr", ";ob;gw=a.b", ";lr;ftag=x_y;did=1.2");
        Arbitrary<String> scheme = Arbitraries.of("sip:", "sips:");
        return Combinators.combine(scheme, user, last, port, parameters)
                .as((which, name, number, at, more) ->
                        which + name + NODE + number / 256 + '.' + number % 256 + at + more);
    }

    @Provide
    Arbitrary<List<String>> nodeVias() {
        Arbitrary<Integer> last = Arbitraries.integers().between(0, 255);
        Arbitrary<String> more = Arbitraries.of("", ";rport=5080;received=10.77.0.9", ";alias", ";rport");
        return Combinators.combine(last, more)
                .as((number, rest) -> "SIP/2.0/UDP 10.77.1." + number + ":5080;branch=z9hG4bK" + number + rest)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    private static ListeningSide side(Transport transport) {
        return sides.by(transport, host.provider).orElseThrow();
    }

    private static ViaHeader via(Transport transport) throws Exception {
        return Messages.HEADERS.createViaHeader("127.0.0.1", host.port, transport.name(), "z9hG4bKtdx.y");
    }

    private static String ownRoute(Transport transport) {
        return "sip:127.0.0.1:" + host.port + (transport == Transport.UDP ? "" : ";transport=tcp") + ";lr;td=c;tc=m";
    }

    private static Arrival arrival(Request request) {
        return Arrival.of(request, host.provider, sides);
    }

    private static List<String> uris(Message message, String header) {
        return new WireMessage(message.toString())
                .headers(header).stream()
                        .flatMap(line -> List.of(line.split(",\\s*(?=<)")).stream())
                        .map(value -> value.substring(value.indexOf('<') + 1, value.indexOf('>')))
                        .toList();
    }

    private static List<String> vias(Message message) {
        return new WireMessage(message.toString())
                .headers("Via").stream()
                        .flatMap(line -> List.of(line.split(",")).stream())
                        .toList();
    }

    private static String[] lines(String header, List<String> uris) {
        return uris.stream().map(uri -> header + ": <" + uri + '>').toArray(String[]::new);
    }

    private static String[] all(String[]... parts) {
        List<String> lines = new ArrayList<>();
        for (String[] part : parts) {
            lines.addAll(List.of(part));
        }
        return lines.toArray(String[]::new);
    }

    /** Makes the message as it arrives at the other side of a network. */
    private static Response response(String vias, Response like) throws Exception {
        return Messages.MESSAGES.createResponse(like.toString().replaceFirst("(?s)Via: .*?\r\n(?!Via)", vias));
    }

    /** D2. Fails when a Contact, a node's Record-Route or the inner one is left, or comes back otherwise. */
    @Property
    void aNodesAnswer_isHidden_andALaterRequestHasTheNodesOwnWords(
            @ForAll("nodeUris") String contact,
            @ForAll @Size(max = 2) List<@net.jqwik.api.From("nodeUris") String> beyond,
            @ForAll boolean twoSides)
            throws Exception {
        Transport inner = twoSides ? Transport.TCP : Transport.UDP;
        Request invite = Messages.request("INVITE", "sip:b@example.org");
        ViaHeader own = via(inner);
        one.toNode(invite, arrival(invite), own);
        List<String> routes = new ArrayList<>(beyond);
        routes.add(ownRoute(inner));
        if (twoSides) {
            routes.add(ownRoute(Transport.UDP));
        }
        Response answer = response(
                own + "Via: SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bK-in\r\n",
                Messages.response(
                        200, all(lines("Record-Route", routes), lines("Contact", List.of(contact)), new String[] {
                            "Server: FreeSWITCH at 10.77.1.1", "Warning: 399 10.77.1.1 \"x\""
                        })));
        Response seen = another.relayed(answer, host.provider);
        assertThat(seen.toString()).doesNotContain(NODE).doesNotContain("FreeSWITCH");
        List<String> set = new ArrayList<>(uris(seen, "Record-Route"));
        assertThat(set).hasSize(beyond.size() + 1).last().isEqualTo(ownRoute(Transport.UDP));
        Collections.reverse(set);
        Request bye = Messages.request("BYE", uris(seen, "Contact").get(0), lines("Route", set));
        Arrival came = arrival(bye);
        assertThat(one.isForged(came)).isFalse();
        Request sent = came.withoutOwnRoutes();
        one.toNode(sent, came, via(inner));
        assertThat(sent.getRequestURI()).hasToString(contact);
        List<String> nodes = new ArrayList<>(beyond);
        Collections.reverse(nodes);
        assertThat(uris(sent, "Route")).isEqualTo(nodes);
    }

    /** D2. Fails when a Via, a Contact or a Record-Route of a node is left, or the answer does not have its own again. */
    @Property
    void aNodesRequest_isHidden_andItsAnswerHasTheNodesOwnWords(
            @ForAll("nodeVias") List<String> vias,
            @ForAll("nodeUris") String contact,
            @ForAll @Size(max = 2) List<@net.jqwik.api.From("nodeUris") String> before,
            @ForAll boolean twoSides)
            throws Exception {
        Transport inner = twoSides ? Transport.TCP : Transport.UDP;
        Request invite = Messages.request(
                "INVITE",
                "sip:b@example.org",
                all(lines("Record-Route", before), lines("Contact", List.of(contact)), new String[] {
                    "User-Agent: at 10.77.1.1"
                }));
        String text = invite.toString().replaceFirst("Via: .*\r\n", "Via: " + String.join(",", vias) + "\r\n");
        Request copy = Messages.MESSAGES.createRequest(text);
        ViaHeader own = via(Transport.UDP);
        one.fromNode(copy, side(Transport.UDP), own);
        javax.sip.address.SipURI outer =
                side(Transport.UDP).uri(SipFactory.getInstance().createAddressFactory());
        new RouteMark("c", "m").writeTo(outer);
        if (twoSides) {
            one.keepSide(outer, side(inner));
        }
        copy.addFirst(own);
        assertThat(copy.toString()).doesNotContain(NODE);
        List<String> routes = new ArrayList<>(List.of(outer.toString()));
        routes.addAll(uris(copy, "Record-Route"));
        Response answer = response(
                own.toString(),
                Messages.response(
                        200, all(lines("Record-Route", routes), lines("Contact", List.of("sip:b@192.0.2.7")))));
        Response seen = another.relayed(answer, host.provider);
        assertThat(vias(seen)).isEqualTo(vias(Messages.MESSAGES.createRequest(text)));
        assertThat(uris(seen, "Contact")).containsExactly("sip:b@192.0.2.7");
        List<String> expected = new ArrayList<>(List.of(ownRoute(Transport.UDP)));
        if (twoSides) {
            expected.add(ownRoute(inner));
        }
        expected.addAll(before);
        assertThat(uris(seen, "Record-Route")).isEqualTo(expected);
        Response echo = response(own.toString(), Messages.response(200, lines("Contact", uris(copy, "Contact"))));
        assertThat(uris(another.relayed(echo, host.provider), "Contact"))
                .as("a registrar repeats it")
                .containsExactly(contact);
    }

    /** D3. Fails when what others sealed is let through. */
    @Property(tries = 100)
    void whatSomebodyElseSealed_isForged(@ForAll("nodeUris") String contact) throws Exception {
        String token = new SealedText(
                        () -> List.of("thirty-two others for the tests!".getBytes(StandardCharsets.US_ASCII)))
                .seal("uri", contact, "call-1");
        String uri = "sip:" + HiddenTopology.USER + token + "@127.0.0.1:" + host.port;
        Request byUri = Messages.request("BYE", uri);
        Request byRoute = Messages.request("BYE", "sip:b@example.org", "Route: <" + uri + ";lr>");
        for (Request each : List.of(byUri, byRoute)) {
            assertThat(one.isForged(arrival(each))).isTrue();
            assertThatThrownBy(() -> one.toNode(arrival(each).withoutOwnRoutes(), arrival(each), via(Transport.UDP)))
                    .isInstanceOf(SipException.class);
        }
        ViaHeader own = via(Transport.UDP);
        own.setParameter("th", token);
        Response answer = response(own.toString(), Messages.response(200));
        assertThatThrownBy(() -> one.relayed(answer, host.provider)).isInstanceOf(SipException.class);
    }
}
