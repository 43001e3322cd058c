package io.tandemsip.core.source;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import io.tandemsip.node.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Name;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TextParseException;

/**
 * Hands out the nodes of a domain by RFC 3263: NAPTR, else SRV, else its addresses; asked again when the shortest time to
 * live is over. A new node is taken up at once; one that is missing leaves after several answers without it. No answer, an
 * error and an empty answer change nothing. Needs {@code dnsjava:dnsjava}. Asks on a daemon thread of its own. Thread-safe.
 */
public final class DnsNodes implements NodeSource {
    private static final double JITTER = 0.1;

    private final Settings settings;
    private final CountDownLatch closing = new CountDownLatch(1);
    private String complained = "";
    private @Nullable Thread thread;

    private DnsNodes(Settings settings) {
        this.settings = settings;
    }

    /**
     * The nodes of a domain, with: pool {@value Node#DEFAULT_POOL}; UDP, TCP, TLS in this order; one node for each SRV
     * target; refreshed by the records' time to live, but within 5 s to 5 min; a missing node leaves after 3 answers
     * without it; the system's name servers, 3 s for each question.
     *
     * @param domain for example {@code sip.example.com}
     * @return the source
     * @throws IllegalArgumentException if it is no domain name
     */
    public static DnsNodes of(String domain) {
        return new DnsNodes(new Settings(
                name(domain),
                Node.DEFAULT_POOL,
                List.of(Transport.UDP, Transport.TCP, Transport.TLS),
                false,
                Duration.ofSeconds(5).toNanos(),
                Duration.ofMinutes(5).toNanos(),
                3,
                Duration.ofSeconds(3).toNanos(),
                ExtendedResolver::new,
                new SplittableRandom()));
    }

    /**
     * A copy for another pool.
     *
     * @param pool its name
     * @return a source that was not started
     */
    public DnsNodes pool(String pool) {
        return new DnsNodes(settings.withPool(pool));
    }

    /**
     * A copy with other transports.
     *
     * @param transports those there may be, the preferred one first; it is also that of a domain with addresses only
     * @return a source that was not started
     */
    public DnsNodes transports(Transport... transports) {
        if (transports.length == 0) {
            throw new IllegalArgumentException("transports: none; expected at least one");
        }
        return new DnsNodes(settings.withTransports(List.of(transports)));
    }

    /**
     * A copy in which each address of an SRV target is a node of its own, and the target's weight is shared out among
     * them. Without, a target is one node, at the lowest of its addresses.
     *
     * @return a source that was not started
     */
    public DnsNodes eachAddress() {
        return new DnsNodes(settings.withEachAddress());
    }

    /**
     * A copy with other limits of the time between two rounds of questions.
     *
     * @param least also the time after a round that failed
     * @param most even if the records may be kept for longer
     * @return a source that was not started
     * @throws IllegalArgumentException if the least is not more than zero, or more than the most
     */
    public DnsNodes refresh(Duration least, Duration most) {
        if (least.isZero() || least.isNegative() || least.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "refresh: " + least + " to " + most + "; expected more than zero, and the least first");
        }
        return new DnsNodes(settings.withRefresh(least.toNanos(), most.toNanos()));
    }

    /**
     * A copy with another patience.
     *
     * @param answers in how many answers, one after the other, a node must be missing to leave; 1 or more
     * @return a source that was not started
     */
    public DnsNodes leavesAfter(int answers) {
        if (answers < 1) {
            throw new IllegalArgumentException("answers: " + answers + "; expected 1 or more");
        }
        return new DnsNodes(settings.withAnswersToLeave(answers));
    }

    /**
     * A copy that asks a given server.
     *
     * @param resolver asks a recursive name server
     * @param timeout for each question
     * @return a source that was not started
     */
    public DnsNodes resolver(Resolver resolver, Duration timeout) {
        Objects.requireNonNull(resolver, "resolver");
        return new DnsNodes(settings.withResolver(() -> resolver, timeout.toNanos()));
    }

    private static Name name(String text) {
        try {
            return Name.fromString(text.endsWith(".") ? text : text + '.');
        } catch (TextParseException wrong) {
            throw new IllegalArgumentException("domain: \"" + text + "\"; expected a domain name", wrong);
        }
    }

    @Override
    public void start(Consumer<List<Node>> sink) {
        start(sink, trouble -> {});
    }

    @Override
    public synchronized void start(Consumer<List<Node>> sink, Consumer<String> trouble) {
        if (thread != null || closing.getCount() == 0) {
            throw new IllegalStateException(
                    "DNS of " + settings.domain() + ": started or closed; expected a new source");
        }
        Thread begun = new Thread(() -> run(sink, trouble), "tandem-dns");
        begun.setDaemon(true);
        begun.start();
        thread = begun;
    }

    private void run(Consumer<List<Node>> sink, Consumer<String> trouble) {
        Resolver resolver = settings.resolver().get();
        DnsMembers members = DnsMembers.none(settings.answersToLeave());
        long waitNanos;
        try {
            do {
                waitNanos = settings.leastNanos();
                DnsQuestions questions = new DnsQuestions(resolver, settings.timeoutNanos());
                try {
                    DnsAnswer answer = new DnsLookup(settings, questions).answer();
                    List<Node> before = members.nodes();
                    members = members.on(answer);
                    tell(answer, before, members.nodes(), sink, trouble);
                    waitNanos = waitNanos(answer.ttlSeconds());
                } catch (DnsFailure failure) {
                    complain(String.valueOf(failure.getMessage()), trouble);
                } catch (RuntimeException broken) {
                    complain(broken.toString(), trouble);
                }
            } while (!closing.await(waitNanos, TimeUnit.NANOSECONDS));
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void tell(
            DnsAnswer answer, List<Node> before, List<Node> now, Consumer<List<Node>> sink, Consumer<String> trouble) {
        if (answer.nodes().isEmpty()) {
            complain("no node in the answer", trouble);
        } else if (answer.unresolved().isEmpty()) {
            complained = "";
        } else {
            complain("no address of " + String.join(", ", answer.unresolved()), trouble);
        }
        if (closing.getCount() > 0 && !now.equals(before)) {
            sink.accept(now);
        }
    }

    private synchronized void complain(String what, Consumer<String> trouble) {
        if (closing.getCount() > 0 && !what.equals(complained)) {
            complained = what;
            trouble.accept("DNS of " + settings.domain() + ": " + what + "; what was known stays in force");
        }
    }

    /** A little less than the time to live, so that many routers do not ask at once. */
    private long waitNanos(long ttlSeconds) {
        long most = settings.mostNanos();
        long ttl = ttlSeconds > TimeUnit.NANOSECONDS.toSeconds(most) ? most : TimeUnit.SECONDS.toNanos(ttlSeconds);
        long wait = Math.max(settings.leastNanos(), ttl);
        return (long) (wait * (1 - JITTER * settings.random().nextDouble()));
    }

    @Override
    public void close() {
        closing.countDown();
        synchronized (this) {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    /** Makes a resolver when it is needed. */
    interface Resolvers {
        Resolver get();
    }

    /** What to ask, whom, and how often. Immutable. */
    record Settings(
            Name domain,
            String pool,
            List<Transport> transports,
            boolean eachAddress,
            long leastNanos,
            long mostNanos,
            int answersToLeave,
            long timeoutNanos,
            Resolvers resolver,
            RandomGenerator random) {
        /** The name under which the domain's SRV records for a transport are. */
        Name service(Transport transport) {
            return switch (transport) {
                case UDP -> under("_sip._udp.");
                case TCP -> under("_sip._tcp.");
                case TLS -> under("_sips._tcp.");
                case WS -> under("_sip._ws.");
                case WSS -> under("_sips._ws.");
            };
        }

        private Name under(String prefix) {
            return name(prefix + domain);
        }

        Settings withPool(String name) {
            return copy(name, transports, eachAddress, leastNanos, mostNanos, answersToLeave, timeoutNanos, resolver);
        }

        Settings withTransports(List<Transport> list) {
            return copy(pool, list, eachAddress, leastNanos, mostNanos, answersToLeave, timeoutNanos, resolver);
        }

        Settings withEachAddress() {
            return copy(pool, transports, true, leastNanos, mostNanos, answersToLeave, timeoutNanos, resolver);
        }

        Settings withRefresh(long least, long most) {
            return copy(pool, transports, eachAddress, least, most, answersToLeave, timeoutNanos, resolver);
        }

        Settings withAnswersToLeave(int answers) {
            return copy(pool, transports, eachAddress, leastNanos, mostNanos, answers, timeoutNanos, resolver);
        }

        Settings withResolver(Resolvers given, long timeout) {
            return copy(pool, transports, eachAddress, leastNanos, mostNanos, answersToLeave, timeout, given);
        }

        private Settings copy(
                String name,
                List<Transport> list,
                boolean each,
                long least,
                long most,
                int answers,
                long timeout,
                Resolvers resolvers) {
            return new Settings(domain, name, list, each, least, most, answers, timeout, resolvers, random);
        }
    }
}
