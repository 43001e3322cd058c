package io.tandemsip.jainsip;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy lets strangers do. Strangers are all that are neither nodes nor proxies of its group nor trusted; who is who
 * is decided by where a packet came from, or by the certificate that was shown on its connection, never by what it says. Immutable.
 *
 * <p>Without any of it a stranger can reach the nodes and nobody else.
 */
public final class EdgePolicy {
    /**
     * The node attribute that names the node's certificate: a host in a SIP URI or DNS name among its alternative names, or, without any,
     * its common name (RFC 5922 section 7.1). A request by TLS with that certificate is the node's, from whatever address; without it
     * none is, by whatever transport. The stack has to ask for certificates
     * ({@code gov.nist.javax.sip.TLS_CLIENT_AUTH_TYPE}, {@code Want} or {@code Enabled}), and its trust store says whose are believed.
     */
    public static final String CERTIFICATE = "certificate";

    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9.!%*_+`'~-]+");
    private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]");
    private static final EdgePolicy DEFAULTS = new EdgePolicy(
            List.of(),
            Set.of(),
            names(List.of(
                    "P-Asserted-Identity",
                    "P-Asserted-Service",
                    "P-Called-Party-ID",
                    "P-Charging-Function-Addresses",
                    "P-Charging-Vector",
                    "P-Profile-Key",
                    "P-Served-User",
                    "P-User-Database",
                    "P-Visited-Network-ID",
                    "Remote-Party-ID")),
            Double.POSITIVE_INFINITY,
            Double.POSITIVE_INFINITY);

    private final List<Network> trusted;
    private final Set<String> domains;
    private final Set<String> strippedHeaders;
    private final double perSourcePerSecond;
    private final double totalPerSecond;

    private EdgePolicy(
            List<Network> trusted,
            Set<String> domains,
            Set<String> strippedHeaders,
            double perSourcePerSecond,
            double totalPerSecond) {
        this.trusted = List.copyOf(trusted);
        this.domains = Set.copyOf(domains);
        this.strippedHeaders = strippedHeaders;
        this.perSourcePerSecond = perSourcePerSecond;
        this.totalPerSecond = totalPerSecond;
    }

    /**
     * Nobody is trusted but nodes and the group, every domain is served, no rate is limited, and these headers of strangers
     * are taken out: P-Asserted-Identity, P-Asserted-Service, P-Called-Party-ID, P-Charging-Function-Addresses,
     * P-Charging-Vector, P-Profile-Key, P-Served-User, P-User-Database, P-Visited-Network-ID, Remote-Party-ID.
     *
     * @return the policy of a proxy that was given none
     */
    public static EdgePolicy defaults() {
        return DEFAULTS;
    }

    /**
     * Whose headers are believed, and whom no limit holds, besides nodes and the group: trunks, other edges, and the
     * addresses that nodes send from where those are not the ones they are reached at.
     *
     * @param networks addresses or ranges such as {@code 10.0.0.0/8}; no names
     * @return the changed copy
     * @throws IllegalArgumentException if one is neither
     */
    public EdgePolicy withTrusted(Collection<String> networks) {
        List<Network> parsed = networks.stream().map(Network::parse).toList();
        return new EdgePolicy(parsed, domains, strippedHeaders, perSourcePerSecond, totalPerSecond);
    }

    /**
     * Which domains strangers may send new requests for, besides the proxy's own addresses. Others are answered with 404.
     *
     * @param names host parts of Request-URIs; none for all
     * @return the changed copy
     * @throws IllegalArgumentException if one can be none
     */
    public EdgePolicy withDomains(Collection<String> names) {
        return new EdgePolicy(trusted, lowerCase(names), strippedHeaders, perSourcePerSecond, totalPerSecond);
    }

    /**
     * Which headers of strangers are taken out of what goes to the nodes, instead of the default ones.
     *
     * @param names of headers, in any case
     * @return the changed copy
     * @throws IllegalArgumentException if one can be none
     */
    public EdgePolicy withStrippedHeaders(Collection<String> names) {
        return new EdgePolicy(trusted, domains, names(names), perSourcePerSecond, totalPerSecond);
    }

    /**
     * How many new requests strangers may send. One second's worth may come at once. What is beyond is answered with 503
     * and Retry-After; while there are too many in all, a source that sends no more than its equal share is served before
     * those that send more. Requests that carry the mark of a dialog are never limited; priority calls by their source's
     * limit only.
     *
     * @param perSourcePerSecond for each address, for each /64 of IPv6; {@link Double#POSITIVE_INFINITY} for no such limit
     * @param totalPerSecond for all together; {@link Double#POSITIVE_INFINITY} for no such limit
     * @return the changed copy
     * @throws IllegalArgumentException if one is not above zero
     */
    public EdgePolicy withNewRequestLimits(double perSourcePerSecond, double totalPerSecond) {
        requirePositive("perSourcePerSecond", perSourcePerSecond);
        requirePositive("totalPerSecond", totalPerSecond);
        return new EdgePolicy(trusted, domains, strippedHeaders, perSourcePerSecond, totalPerSecond);
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0)) {
            throw new IllegalArgumentException(name + ": " + value + "; expected more than 0");
        }
    }

    private static Set<String> lowerCase(Collection<String> names) {
        Set<String> lower = new TreeSet<>();
        names.forEach(name -> lower.add(matching("domain", name, DOMAIN, "the host part of a Request-URI")
                .toLowerCase(Locale.ROOT)));
        return lower;
    }

    private static String matching(String field, String text, Pattern pattern, String expected) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(field + ": \"" + text + "\"; expected " + expected);
        }
        return text;
    }

    private static Set<String> names(Collection<String> headers) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach(name -> names.add(matching("header", name, HEADER, "the name of a header")));
        return java.util.Collections.unmodifiableSet(names);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EdgePolicy policy
                && trusted.equals(policy.trusted)
                && domains.equals(policy.domains)
                && strippedHeaders.equals(policy.strippedHeaders)
                && perSourcePerSecond == policy.perSourcePerSecond
                && totalPerSecond == policy.totalPerSecond;
    }

    /** Without the headers, whose names are equal in any case. */
    @Override
    public int hashCode() {
        return Objects.hash(trusted, domains, perSourcePerSecond, totalPerSecond);
    }

    @Override
    public String toString() {
        return "EdgePolicy[trusted=" + trusted + ", domains=" + domains + ", strippedHeaders=" + strippedHeaders
                + ", perSourcePerSecond=" + perSourcePerSecond + ", totalPerSecond=" + totalPerSecond + ']';
    }

    List<Network> trusted() {
        return trusted;
    }

    Set<String> domains() {
        return domains;
    }

    Set<String> strippedHeaders() {
        return strippedHeaders;
    }

    double perSourcePerSecond() {
        return perSourcePerSecond;
    }

    double totalPerSecond() {
        return totalPerSecond;
    }
}
