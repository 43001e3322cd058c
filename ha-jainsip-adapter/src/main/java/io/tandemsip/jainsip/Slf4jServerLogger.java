package io.tandemsip.jainsip;

import gov.nist.core.ServerLogger;
import gov.nist.javax.sip.message.SIPMessage;
import java.util.Properties;
import javax.sip.SipStack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the stack's message log quiet: no file, no line per message. Made by the stack, from its class name.
 * Thread-safe.
 */
public final class Slf4jServerLogger implements ServerLogger {
    private static final Logger LOG = LoggerFactory.getLogger("gov.nist.javax.sip.messages");

    /** Made by the stack. */
    public Slf4jServerLogger() {}

    @Override
    public void logMessage(SIPMessage message, String from, String to, String status, boolean sender, long timeMillis) {
        // messages carry what is not ours to write down
    }

    @Override
    public void logMessage(SIPMessage message, String from, String to, boolean sender, long timeMillis) {
        // messages carry what is not ours to write down
    }

    @Override
    public void logMessage(SIPMessage message, String from, String to, String status, boolean sender) {
        // messages carry what is not ours to write down
    }

    @Override
    public void logException(Exception cause) {
        LOG.debug("in the stack", cause);
    }

    @Override
    public void closeLogFile() {
        // there is none
    }

    @Override
    public void setStackProperties(Properties properties) {
        // SLF4J's configuration decides
    }

    @Override
    public void setSipStack(SipStack stack) {
        // of no use
    }
}
