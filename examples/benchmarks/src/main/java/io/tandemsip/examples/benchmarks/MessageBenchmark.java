package io.tandemsip.examples.benchmarks;

import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.jainsip.RouteMark;
import io.tandemsip.jainsip.SipMessages;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sip.SipFactory;
import javax.sip.address.SipURI;
import javax.sip.header.RecordRouteHeader;
import javax.sip.message.MessageFactory;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What Tandem reads in a message, without router and stack; {@link #parse}, what the stack's parser takes for the same
 * message, is the yardstick. JAIN-SIP parses a header when it is asked for first: these messages have been read before,
 * as those of a stack have, whose transactions read all headers that are read here but Route.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class MessageBenchmark {
    private static final String COOKIE = "1k7m2a4q9x3c5v8b6n0pz4tr2wy7uhje";
    private static final String INVITE = "INVITE sip:bob@example.org SIP/2.0\r\n"
            + "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds;rport\r\n"
            + "Max-Forwards: 70\r\nTo: Bob <sip:bob@example.org>\r\n"
            + "From: Alice <sip:alice@example.org>;tag=1928301774\r\n"
            + "Call-ID: a84b4c76e66710@pc33.example.org\r\nCSeq: 314159 INVITE\r\n"
            + "Contact: <sip:alice@192.0.2.1:5060>\r\nContent-Length: 0\r\n\r\n";
    private static final String BYE = "BYE sip:bob@192.0.2.4 SIP/2.0\r\n"
            + "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhdt;rport\r\n"
            + "Max-Forwards: 70\r\nRoute: <sip:192.0.2.8:5060;lr>, <sip:192.0.2.9:5060;lr;td=" + COOKIE
            + ";tc=" + RouteMark.of("", "1928301774").caller() + ">\r\n"
            + "To: Bob <sip:bob@example.org>;tag=314159\r\n"
            + "From: Alice <sip:alice@example.org>;tag=1928301774\r\n"
            + "Call-ID: a84b4c76e66710@pc33.example.org\r\nCSeq: 314160 BYE\r\nContent-Length: 0\r\n\r\n";

    private MessageFactory messages;
    private Request invite;
    private Request bye;
    private Response ok;
    private SipURI recordRoute;
    private final RouteMark mark = RouteMark.of(COOKIE, "1928301774");

    /** Reads both messages, and checks that what is measured finds what it is to find. */
    @Setup(Level.Trial)
    public void read() throws Exception {
        messages = SipFactory.getInstance().createMessageFactory();
        invite = messages.createRequest(INVITE);
        bye = messages.createRequest(BYE);
        ok = messages.createResponse(Response.OK, invite);
        recordRoute = SipFactory.getInstance().createAddressFactory().createSipURI(null, "192.0.2.9");
        recordRoute.setLrParam();
        RecordRouteHeader header = SipFactory.getInstance()
                .createHeaderFactory()
                .createRecordRouteHeader(
                        SipFactory.getInstance().createAddressFactory().createAddress(recordRoute));
        recordRoute = (SipURI) header.getAddress().getURI();
        if (!cookieIn().equals(mark) || !dialogRequest().cookie().equals(COOKIE)) {
            throw new IllegalStateException("cookie: " + cookieIn() + "; expected " + mark);
        }
    }

    private static boolean isOwn(SipURI uri) {
        return uri.getHost().equals("192.0.2.9");
    }

    @Benchmark
    public Request parse() throws ParseException {
        return messages.createRequest(BYE);
    }

    @Benchmark
    public CallRequest callRequest() {
        return SipMessages.call(invite).build();
    }

    @Benchmark
    public DialogRequest dialogRequest() {
        return SipMessages.inDialog(bye, MessageBenchmark::isOwn);
    }

    @Benchmark
    public RouteMark cookieIn() {
        return RouteMark.read(bye, MessageBenchmark::isOwn);
    }

    @Benchmark
    public SipURI cookieOut() throws ParseException {
        mark.writeTo(recordRoute);
        return recordRoute;
    }

    @Benchmark
    public TrafficOutcome outcome() {
        return SipMessages.outcome(ok, Duration.ZERO);
    }
}
