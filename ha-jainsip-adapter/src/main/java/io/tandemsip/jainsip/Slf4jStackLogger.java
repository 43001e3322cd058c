package io.tandemsip.jainsip;

import gov.nist.core.StackLogger;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the stack's log to SLF4J: what is fatal as an error, the rest as debug, since what the stack calls an error is a
 * peer's doing and carries whole messages. Never the stack's own debug level, which costs more than the calls. Made by the stack, from its class name. Thread-safe.
 */
public final class Slf4jStackLogger implements StackLogger {
    private static final Logger LOG = LoggerFactory.getLogger("gov.nist.javax.sip");

    /** Made by the stack. */
    public Slf4jStackLogger() {}

    @Override
    public boolean isLoggingEnabled() {
        return LOG.isDebugEnabled();
    }

    @Override
    public boolean isLoggingEnabled(int level) {
        return level <= TRACE_FATAL ? LOG.isErrorEnabled() : level <= TRACE_WARN && LOG.isDebugEnabled();
    }

    @Override
    public void logFatalError(String message) {
        LOG.error(message);
    }

    @Override
    public void logError(String message) {
        LOG.debug(message);
    }

    @Override
    public void logError(String message, Exception cause) {
        LOG.debug(message, cause);
    }

    @Override
    public void logException(Throwable cause) {
        LOG.debug("in the stack", cause);
    }

    @Override
    public void logWarning(String message) {
        LOG.debug(message);
    }

    @Override
    public void logInfo(String message) {
        LOG.debug(message);
    }

    @Override
    public void logDebug(String message) {
        // never enabled
    }

    @Override
    public void logDebug(String message, Exception cause) {
        // never enabled
    }

    @Override
    public void logTrace(String message) {
        // never enabled
    }

    @Override
    public void logStackTrace() {
        // never enabled
    }

    @Override
    public void logStackTrace(int level) {
        // never enabled
    }

    @Override
    public int getLineCount() {
        return 0;
    }

    @Override
    public void disableLogging() {
        // SLF4J's configuration decides
    }

    @Override
    public void enableLogging() {
        // SLF4J's configuration decides
    }

    @Override
    public void setBuildTimeStamp(String stamp) {
        // of no use
    }

    @Override
    public void setStackProperties(Properties properties) {
        // SLF4J's configuration decides
    }

    @Override
    public String getLoggerName() {
        return LOG.getName();
    }
}
