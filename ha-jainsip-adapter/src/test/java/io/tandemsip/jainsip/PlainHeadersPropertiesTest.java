package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import gov.nist.javax.sip.header.SIPHeader;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.parser.ParserFactory;
import gov.nist.javax.sip.parser.StringMsgParser;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** {@link PlainHeaders} beside the stack's own parser: whatever it reads, that reads as the same, to the last field. */
class PlainHeadersPropertiesTest {
    private static final int LINES = 400;
    private static final int MESSAGES = 40;

    /** What nodes and phones send. */
    private static final List<String> PLAIN = List.of(
            "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds;rport",
            "Via: SIP/2.0/TCP host.example.org;branch=z9hG4bKa.b-1;received=192.0.2.7;rport=5061;Alias",
            "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKtd1a.2b;oc;oc-algo=\"loss\",SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK-1-0",
            "Via: SIP/2.0/TLS a-b.example, SIP/2.0/UDP h:5;x=\"\"",
            "From: Alice <sip:alice@example.org>;tag=1928301774",
            "From: \"A, b; c <d> ü:1\" <sip:+49.30-1*2@host_1:5060;user=phone;lr>;tag=x;y",
            "From: \"\"<sip:h>;q=0.5;z=\"a b\"",
            "To: <sip:bob@example.org>",
            "To: T. A. O'Watson <sip:watson@example.org;maddr=192.0.2.1;ttl=3>;Tag=7~.%!",
            "Call-ID: a84b4c76e66710@pc33.example.org",
            "Call-ID:  1-2@3@4 <>\u00fc\t5",
            "CSeq: 314159 INVITE",
            "CSeq: 0 REFER",
            "Max-Forwards: 70",
            "Content-Length: 0",
            "Content-Length: 123456789",
            "Contact: <sip:alice@192.0.2.1:5060;transport=udp>;expires=60;q=0.7;+sip.instance=\"<urn:x>\"",
            "Route: <sip:192.0.2.8:5060;lr>, <sip:192.0.2.9:5060;lr;td=1k7m2a4q;tc=a>;x,<sip:th~b-c_d@h;lr>",
            "Record-Route: <sip:p1.example.org;lr;td=a.b;ftag=1>,<sip:p2.example.org:5070;lr=on>");

    private static final String LETTERS = " \t,;:@=<>\"\\/[]()%&?#+$*'!~.-_0123456789aAzZ\u00e9\u0000\u0130";

    private static SipHost host;

    /** Its stack has a logger, which the parser asks for. */
    @BeforeContainer
    static void openPort() throws Exception {
        host = new SipHost();
    }

    @AfterContainer
    static void closePort() {
        host.close();
    }

    private static @Nullable SIPHeader byTheStack(String line) {
        try {
            return ParserFactory.createParser(line + "\n").parse();
        } catch (ParseException | RuntimeException refused) {
            return null;
        }
    }

    /** Fails when something of these is left to the stack's parser: nothing would be gained. */
    @Example
    void whatIsPlain_isRead() throws Exception {
        for (String line : PLAIN) {
            assertThat(PlainHeaders.read(line)).as(line).isNotNull();
            assertThat(Innards.of(PlainHeaders.read(line))).as(line).isEqualTo(Innards.of(byTheStack(line)));
        }
    }

    /** Fails when it takes for plain what the stack reads in a way of its own, or not at all. */
    @Example
    void whatIsOdd_isLeftToTheStack() {
        for (String line : List.of(
                "",
                "Via: SIP/2.0/UDP h:5;branch",
                "Via: SIP/2.0/UDP h:5;received=\"h\"",
                "Via: SIP/2.0/UDP [::1]:5060",
                "From:  <sip:a@b>",
                "From: <sip:a:b@c>",
                "From: sip:a@b;tag=1",
                "To: \"a\\\"b\" <sip:a@b>",
                "To: <sips:a@b>",
                "Contact: *",
                "Max-Forwards: 256",
                "Max-Forwards: -1",
                "Content-Length: 1234567890",
                "CSeq: 1 invite",
                "Route: <sip:a>,")) {
            assertThat(PlainHeaders.read(line)).as(line).isNull();
        }
    }

    /** Fails when a letter is in a class that it is not in for the stack, or when spaces or an empty value are read on. */
    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void whatIsNearlyPlain_isReadAsByTheStack(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < LINES; i++) {
            String line = changed(PLAIN.get(random.nextInt(PLAIN.size())), random);
            SIPHeader plain = PlainHeaders.read(line);
            if (plain != null) {
                assertThat(Innards.of(plain)).as(line).isEqualTo(Innards.of(byTheStack(line)));
            }
        }
    }

    private static String changed(String line, Random random) {
        StringBuilder changed = new StringBuilder(line);
        int value = line.indexOf(':') + 2;
        for (int i = 1 + random.nextInt(3); i > 0 && changed.length() > value; i--) {
            int at = value + random.nextInt(changed.length() - value);
            switch (random.nextInt(4)) {
                case 0 -> changed.deleteCharAt(at);
                case 1 -> changed.insert(at, LETTERS.charAt(random.nextInt(LETTERS.length())));
                case 2 -> changed.setCharAt(at, LETTERS.charAt(random.nextInt(LETTERS.length())));
                default -> {
                    String other = PLAIN.get(random.nextInt(PLAIN.size()));
                    int from = random.nextInt(other.length());
                    changed.insert(at, other, from, from + random.nextInt(other.length() - from));
                }
            }
        }
        return changed.toString().stripTrailing(); // as the stack's parser hands it over
    }

    /** Fails when a first line is read where the stack reads none, or as something else; or when a message is. */
    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void whateverMessage_isReadAsByTheStack(@ForAll long seed) throws Exception {
        SipFuzzer fuzzer = new SipFuzzer(seed, "127.0.0.1:5060", "127.0.0.1:5070");
        for (int i = 0; i < MESSAGES; i++) {
            byte[] message = fuzzer.next();
            if (!EndlessVia.isIn(message)) {
                assertThat(outcome(new PlainFirstParser(), message))
                        .as(new String(message, StandardCharsets.ISO_8859_1))
                        .isEqualTo(outcome(new StringMsgParser(), message));
            }
        }
    }

    private static String outcome(StringMsgParser parser, byte[] message) throws IllegalAccessException {
        SIPMessage read;
        try {
            read = parser.parseSIPMessage(
                    message, true, false, (broken, into, header, text, whole) -> into.addUnparsed(text));
        } catch (ParseException | RuntimeException refused) {
            return refused.getClass().getName();
        }
        return read == null ? "nothing" : Innards.of(read);
    }
}
