package io.tandemsip.jainsip;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Whom a certificate speaks for (RFC 5922 section 7.1): the hosts of its SIP URIs, if it has none its DNS names, and only if it has
 * no alternative names at all its common name. Lower case; a wildcard matches nothing but itself. Pure.
 */
final class CertificateNames {
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final String SCHEME = "sip:";

    private CertificateNames() {}

    /** None for one that can't be read. */
    static Set<String> of(X509Certificate certificate) {
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives == null) {
                return commonNames(certificate);
            }
            Set<String> uris = new TreeSet<>();
            Set<String> hosts = new TreeSet<>();
            for (List<?> each : alternatives) {
                if (each.get(0).equals(URI)) {
                    addHost(uris, (String) each.get(1));
                } else if (each.get(0).equals(DNS)) {
                    hosts.add(lower((String) each.get(1)));
                }
            }
            return uris.isEmpty() ? hosts : uris;
        } catch (CertificateParsingException | InvalidNameException unreadable) {
            return Set.of();
        }
    }

    /** Not of {@code sips}, nor of a user: such a certificate speaks for no host. */
    private static void addHost(Set<String> hosts, String uri) {
        if (uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length()) && uri.indexOf('@') < 0) {
            String rest = uri.substring(SCHEME.length());
            int end = rest.startsWith("[") ? rest.indexOf(']') + 1 : rest.indexOf(':');
            String host = rest.substring(0, end > 0 ? end : rest.length());
            int parameters = host.indexOf(';');
            hosts.add(lower(parameters < 0 ? host : host.substring(0, parameters)));
        }
    }

    private static Set<String> commonNames(X509Certificate certificate) throws InvalidNameException {
        Set<String> names = new TreeSet<>();
        for (Rdn each : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
            if (each.getType().equalsIgnoreCase("CN") && each.getValue() instanceof String text) {
                names.add(lower(text));
            }
        }
        return names;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
