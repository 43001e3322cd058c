package io.tandemsip.jainsip;

import gov.nist.javax.sip.header.SIPHeaderNamesCache;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names of headers that the stack remembers: all that it ever read, for good, so that who makes up names fills the heap of whoever
 * reads them, some hundred KB with each datagram. Here those are forgotten again that it did not know in the beginning. It is a cache of
 * the names in lower case, so that nothing but that is lost. Thread-safe.
 */
final class HeaderNames {
    /** So many are remembered: more than all peers together use. */
    static final int MOST = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(HeaderNames.class);
    private static final Optional<Map<?, ?>> REMEMBERED = remembered();
    private static final Set<Object> KNOWN =
            REMEMBERED.<Set<Object>>map(names -> new HashSet<>(names.keySet())).orElseGet(Set::of);

    private HeaderNames() {}

    private static Optional<Map<?, ?>> remembered() {
        try {
            SIPHeaderNamesCache.toLowerCase("via"); // makes it
            Field field = SIPHeaderNamesCache.class.getDeclaredField("lowercaseMap");
            field.setAccessible(true);
            return Optional.of((Map<?, ?>) field.get(null));
        } catch (ReflectiveOperationException | RuntimeException another) {
            LOG.warn("this JAIN-SIP keeps names of headers elsewhere: made-up ones may fill its memory", another);
            return Optional.empty();
        }
    }

    /** Forgets what was made up, if it is too much. To be called after headers were read that are not everybody's. */
    static void bound() {
        if (remembers() > MOST) {
            REMEMBERED.ifPresent(names -> names.keySet().retainAll(KNOWN));
        }
    }

    /** How many it remembers. */
    static int remembers() {
        return REMEMBERED.map(Map::size).orElse(0);
    }
}
