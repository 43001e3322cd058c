package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.jainsip.RouteMark.Origin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Predicate;
import javax.sip.address.SipURI;
import javax.sip.message.Request;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The mark in route sets as the world hands them back: other proxies around, parameters in any order and case, in the URI
 * or after it, one header line or several.
 */
class RouteMarkPropertiesTest {
    private static final Predicate<SipURI> OWN = uri -> uri.getHost().equals("10.9.9.9") && uri.getPort() == 5070;

    /** A route set as recorded: other proxies before and after this one, and how peers write this one. */
    record RouteSet(List<String> farther, List<String> nearer, long seed) {
        /** As the caller uses it, or as the callee does: the reverse. */
        List<String> values(RouteMark mark, boolean ofCaller) {
            List<String> values = new ArrayList<>(nearer);
            values.add(mangled(mark, new Random(seed)));
            values.addAll(farther);
            if (!ofCaller) {
                Collections.reverse(values);
            }
            return values;
        }
    }

    /** This proxy's value, as a user agent that takes liberties writes it. */
    private static String mangled(RouteMark mark, Random random) {
        List<String> marks = new ArrayList<>(List.of("td=" + mark.cookie(), "tc=" + mark.caller()));
        List<String> others = List.of("lr", "transport=udp", "ob");
        boolean inHeader = random.nextInt(4) == 0;
        List<String> inUri = new ArrayList<>(others);
        if (!inHeader) {
            inUri.addAll(marks);
        }
        Collections.shuffle(inUri, random);
        Collections.shuffle(marks, random);
        String uri = "sip:10.9.9.9:5070;" + String.join(";", inUri);
        String text = '<' + uri + '>' + (inHeader ? ';' + String.join(";", marks) : "");
        return switch (random.nextInt(3)) {
            case 0 -> text.toUpperCase(Locale.ROOT);
            case 1 -> mixed(text, random);
            default -> text;
        };
    }

    private static String mixed(String text, Random random) {
        StringBuilder mixed = new StringBuilder();
        text.chars()
                .map(each -> random.nextBoolean() ? Character.toUpperCase(each) : each)
                .forEach(each -> mixed.append((char) each));
        return mixed.toString();
    }

    @Provide
    Arbitrary<RouteSet> routeSets() {
        Arbitrary<String> others = Arbitraries.of(
                "<sip:edge.example.org;lr>",
                "<sip:10.1.1.1:5060;transport=tcp;lr;ftag=abc>",
                "<sip:alice@10.2.2.2;lr=on>;x=y",
                "<sip:10.3.3.3:5070;lr;td=foreigncookie;tc=foreign>",
                "\"Proxy, the\" <sips:[2001:db8::1]:5061;lr>");
        return net.jqwik.api.Combinators.combine(
                        others.list().ofMaxSize(3), others.list().ofMaxSize(3), Arbitraries.longs())
                .as(RouteSet::new);
    }

    @Provide
    Arbitrary<String> cookies() {
        return Arbitraries.strings().withCharRange('a', 'z').numeric().ofLength(39);
    }

    private static Request request(List<String> routes, boolean oneLine) throws Exception {
        String[] lines = oneLine
                ? new String[] {"Route: " + String.join(", ", routes)}
                : routes.stream().map(each -> "Route: " + each).toArray(String[]::new);
        return Messages.request("BYE", "sip:b@10.4.4.4:5080", lines);
    }

    /**
     * Fails when only the top Route is looked at, when the first mark is taken instead of this proxy's own, when values
     * are not folded to lower case, or when parameters after the brackets are not read.
     */
    @Property
    void d2_theMarkIsFoundWhereverItStandsInTheRouteSet(
            @ForAll("routeSets") RouteSet set,
            @ForAll("cookies") String cookie,
            @ForAll boolean ofCaller,
            @ForAll boolean oneLine)
            throws Exception {
        RouteMark mark = RouteMark.of(cookie, "caller");
        Request request = request(set.values(mark, ofCaller), oneLine);
        assertThat(RouteMark.read(request, OWN)).isEqualTo(mark);
    }

    /** Fails when a request is changed by being read: a header object handed out and edited, a Route popped. */
    @Property
    void reading_changesNothing(
            @ForAll("routeSets") RouteSet set, @ForAll("cookies") String cookie, @ForAll boolean oneLine)
            throws Exception {
        Request request = request(set.values(RouteMark.of(cookie, "caller"), true), oneLine);
        String before = request.toString();
        RouteMark found = RouteMark.read(request, OWN);
        SipMessages.inDialog(request, OWN);
        SipMessages.call(request).build().header("Route");
        assertThat(found.cookie()).isEqualTo(cookie);
        assertThat(request).hasToString(before);
    }

    /** What a door writes into Record-Route comes back in Route. Fails when the mark goes into another proxy's value. */
    @Property
    void d2_whatIsRecordedComesBack_inEitherOrientation(
            @ForAll("routeSets") RouteSet set, @ForAll("cookies") String cookie, @ForAll boolean ofCaller)
            throws Exception {
        List<String> recorded = new ArrayList<>(set.farther());
        recorded.add("<sip:10.9.9.9:5070;lr>");
        recorded.addAll(set.nearer());
        Request invite = Messages.request(
                "INVITE",
                "sip:b@example.org",
                recorded.stream().map(each -> "Record-Route: " + each).toArray(String[]::new));
        RouteMark mark = RouteMark.of(cookie, "caller");
        new DoorMessages(new OwnAddresses(java.util.Set.of("10.9.9.9 5070"))).mark(invite, mark);
        assertThat(invite.toString().split("td=" + cookie, -1))
                .as("one value and no other")
                .hasSize(2);
        List<String> routes = new ArrayList<>();
        java.util.Iterator<?> written = invite.getHeaders("Record-Route");
        while (written.hasNext()) {
            String line = written.next().toString();
            routes.add(line.substring(line.indexOf(':') + 1).trim());
        }
        if (ofCaller) {
            Collections.reverse(routes);
        }
        RouteMark found = RouteMark.read(request(routes, false), OWN);
        assertThat(found).isEqualTo(mark);
        assertThat(found.origin("caller", "callee")).isEqualTo(Origin.CALLER);
        assertThat(found.origin("callee", "caller")).isEqualTo(Origin.CALLEE);
    }
}
