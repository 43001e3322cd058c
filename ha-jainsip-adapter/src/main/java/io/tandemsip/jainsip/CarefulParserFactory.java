package io.tandemsip.jainsip;

import gov.nist.javax.sip.header.Via;
import gov.nist.javax.sip.header.ViaList;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.parser.MessageParser;
import gov.nist.javax.sip.parser.MessageParserFactory;
import gov.nist.javax.sip.parser.ParseExceptionListener;
import gov.nist.javax.sip.parser.StringMsgParser;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import java.text.ParseException;
import org.jspecify.annotations.Nullable;

/**
 * The stack's parser, with what strangers could make of it put right: the stack answers a message that it can't read with
 * the parser's own words, line ends and the innards of objects among them, in the reason phrase; here it says no more than that. What
 * it would never end to read ({@link EndlessVia}) it is not given, and what it reads and should not is marked, for the proxy to refuse. Made by the stack, from its class name. Thread-safe.
 */
public final class CarefulParserFactory implements MessageParserFactory {
    private static final String UNREADABLE = "unreadable";

    /** Made by the stack. */
    public CarefulParserFactory() {}

    @Override
    public MessageParser createMessageParser(SIPTransactionStack stack) {
        return new CarefulParser();
    }

    /** What is wrong with a message; rides on it as its application data. */
    record Flaw(int status) {}

    /** One parser of the stack's. Confined to one thread at a time. */
    private static final class CarefulParser implements MessageParser {
        private final StringMsgParser parser = new PlainFirstParser();

        @Override
        public @Nullable SIPMessage parseSIPMessage(
                byte[] bytes, boolean readBody, boolean strict, @Nullable ParseExceptionListener listener)
                throws ParseException {
            if (EndlessVia.isIn(bytes)) {
                throw new ParseException(UNREADABLE, 0);
            }
            SIPMessage message;
            try {
                message = parser.parseSIPMessage(bytes, readBody, strict, listener == null ? null : quiet(listener));
            } catch (ParseException unreadable) {
                throw quiet(unreadable);
            } catch (RuntimeException unreadable) { // it indexes beyond what there is
                throw quiet(unreadable);
            }
            if (message != null) {
                requireNumbers(message);
            }
            int flaw = message == null ? Flaws.NONE : Flaws.of(bytes);
            if (flaw != Flaws.NONE) {
                message.setApplicationData(new Flaw(flaw));
            }
            return message;
        }

        /** The stack takes any text for rport, and can then neither copy the message nor answer it. */
        private static void requireNumbers(SIPMessage message) throws ParseException {
            ViaList vias = message.getViaHeaders();
            if (vias == null) {
                return;
            }
            try {
                for (Via via : vias) {
                    via.getRPort();
                }
            } catch (NumberFormatException noNumber) {
                throw quiet(noNumber);
            }
        }

        private static ParseExceptionListener quiet(ParseExceptionListener listener) {
            return (broken, message, header, text, whole) ->
                    listener.handleException(quiet(broken), message, header, text, whole);
        }

        private static ParseException quiet(Exception unreadable) {
            ParseException quiet = new ParseException(UNREADABLE, 0);
            quiet.initCause(unreadable);
            return quiet;
        }
    }
}
