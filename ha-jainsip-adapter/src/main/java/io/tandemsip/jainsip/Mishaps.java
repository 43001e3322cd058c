package io.tandemsip.jainsip;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what broke, and not once per call: the first time, the second, the fourth, the eighth. Thread-safe. */
final class Mishaps {
    private static final Logger LOG = LoggerFactory.getLogger(SipDoor.class);

    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

    /** Something broke; what is one of a few fixed texts. */
    void report(String what, Throwable broken) {
        long count = counts.computeIfAbsent(what, name -> new AtomicLong()).incrementAndGet();
        if (Long.bitCount(count) == 1) {
            LOG.warn("{} (so far {} times)", what, count, broken);
        }
    }

    long count(String what) {
        AtomicLong count = counts.get(what);
        return count == null ? 0 : count.get();
    }
}
