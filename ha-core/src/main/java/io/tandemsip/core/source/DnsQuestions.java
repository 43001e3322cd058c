package io.tandemsip.core.source;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Asks a recursive name server, and remembers the shortest life of what it said. Confined to one thread. */
final class DnsQuestions {
    private static final int MOST_RECORDS = 1_000;

    private final Resolver resolver;
    private final long timeoutNanos;
    private long ttlSeconds = Long.MAX_VALUE;

    DnsQuestions(Resolver resolver, long timeoutNanos) {
        this.resolver = resolver;
        this.timeoutNanos = timeoutNanos;
    }

    long ttlSeconds() {
        return ttlSeconds;
    }

    /** The records of one type; none if the name or the type does not exist. */
    <T extends Record> List<T> ask(Name name, int type, Class<T> form) throws DnsFailure, InterruptedException {
        Message answer = send(name, type);
        int rcode = answer.getRcode();
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
            throw new DnsFailure(name + " " + Type.string(type) + ": " + Rcode.string(rcode));
        }
        List<T> found = new ArrayList<>();
        for (Record each : answer.getSection(Section.ANSWER)) {
            if (form.isInstance(each) && found.size() < MOST_RECORDS) {
                found.add(form.cast(each));
                ttlSeconds = Math.min(ttlSeconds, each.getTTL());
            }
        }
        return found;
    }

    private Message send(Name name, int type) throws DnsFailure, InterruptedException {
        Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        try {
            return resolver.sendAsync(query).toCompletableFuture().get(timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new DnsFailure(name + " " + Type.string(type) + ": no answer");
        }
    }
}
