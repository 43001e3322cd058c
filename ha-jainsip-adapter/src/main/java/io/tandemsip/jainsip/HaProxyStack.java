package io.tandemsip.jainsip;

import java.util.Objects;
import java.util.Properties;

/** The stack properties that a proxy wants. Immutable. */
public final class HaProxyStack {
    private static final int MAX_MESSAGE_BYTES = 16_384;
    private static final int SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

    private HaProxyStack() {}

    /**
     * Properties for {@link javax.sip.SipFactory#createSipStack}: no dialogs kept by the stack, several threads, messages
     * of 16 KiB at most, logs to SLF4J. A host may change what it likes but the dialogs.
     *
     * @param stackName unique in the process
     * @return a fresh, changeable set
     */
    public static Properties properties(String stackName) {
        Objects.requireNonNull(stackName, "stackName");
        String threads = Integer.toString(Math.max(2, Runtime.getRuntime().availableProcessors()));
        Properties properties = new Properties();
        properties.setProperty("javax.sip.STACK_NAME", stackName);
        properties.setProperty("javax.sip.AUTOMATIC_DIALOG_SUPPORT", "off");
        properties.setProperty("gov.nist.javax.sip.AUTOMATIC_DIALOG_ERROR_HANDLING", "false");
        properties.setProperty("gov.nist.javax.sip.DELIVER_UNSOLICITED_NOTIFY", "true");
        properties.setProperty("gov.nist.javax.sip.REENTRANT_LISTENER", "true");
        properties.setProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", threads);
        properties.setProperty("gov.nist.javax.sip.MAX_MESSAGE_SIZE", Integer.toString(MAX_MESSAGE_BYTES));
        properties.setProperty("gov.nist.javax.sip.RECEIVE_UDP_BUFFER_SIZE", Integer.toString(SOCKET_BUFFER_BYTES));
        properties.setProperty("gov.nist.javax.sip.SEND_UDP_BUFFER_SIZE", Integer.toString(SOCKET_BUFFER_BYTES));
        properties.setProperty("gov.nist.javax.sip.TLS_CLIENT_AUTH_TYPE", "Disabled");
        properties.setProperty("gov.nist.javax.sip.TLS_CLIENT_PROTOCOLS", "TLSv1.2, TLSv1.3");
        properties.setProperty("gov.nist.javax.sip.STACK_LOGGER", Slf4jStackLogger.class.getName());
        properties.setProperty("gov.nist.javax.sip.SERVER_LOGGER", Slf4jServerLogger.class.getName());
        return properties;
    }
}
