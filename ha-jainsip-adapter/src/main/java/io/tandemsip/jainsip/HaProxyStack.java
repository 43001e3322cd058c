package io.tandemsip.jainsip;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.sip.ListeningPoint;
import javax.sip.SipStack;

/** A stack as a proxy wants it: its properties, and a stop that can't break. Immutable. */
public final class HaProxyStack {
    private static final int MAX_MESSAGE_BYTES = 16_384;
    private static final int SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

    /** The stack's own defaults are RSA without forward secrecy, 3DES and anonymous: newer JDKs refuse all of them. */
    private static final String CIPHER_SUITES = String.join(
            " ",
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private static final long BEGIN_NANOS = 2_000_000_000L;
    private static final long LOOK_NANOS = 1_000_000;

    private HaProxyStack() {}

    /**
     * Properties for {@link javax.sip.SipFactory#createSipStack}: no dialogs kept by the stack, several threads, of which
     * each deals with the datagrams that it reads ({@link DirectProcessorFactory}), messages of 16 KiB at most, logs to SLF4J. A host may change what it likes but the dialogs.
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
        properties.setProperty("gov.nist.javax.sip.TLS_CLIENT_PROTOCOLS", "TLSv1.2,TLSv1.3");
        properties.setProperty("gov.nist.javax.sip.ENABLED_CIPHER_SUITES", CIPHER_SUITES);
        properties.setProperty("gov.nist.javax.sip.PATCH_SIP_WEBSOCKETS_HEADERS", "false"); // writes into Contact
        properties.setProperty("gov.nist.javax.sip.MESSAGE_PARSER_FACTORY", here("CarefulParserFactory"));
        properties.setProperty("gov.nist.javax.sip.MESSAGE_PROCESSOR_FACTORY", here("DirectProcessorFactory"));
        properties.setProperty("gov.nist.javax.sip.STACK_LOGGER", here("Slf4jStackLogger"));
        properties.setProperty("gov.nist.javax.sip.SERVER_LOGGER", here("Slf4jServerLogger"));
        return properties;
    }

    /** By name alone: what these implement is not there in old releases, which know no such property either. */
    private static String here(String simpleName) {
        return HaProxyStack.class.getPackageName() + '.' + simpleName;
    }

    /**
     * Stops a stack, also one that was created a moment ago: JAIN-SIP throws a NullPointerException or a
     * ConcurrentModificationException out of its own {@code stop()} when a UDP thread of it has not begun to receive, and
     * then leaves other listening points open. Waits for that, 2 s at most, and then for the stop, about 1 s.
     *
     * @param stack to stop; its listening points are closed when this returns
     */
    public static void stop(SipStack stack) {
        Set<String> threads = udpThreads(stack);
        long begun = System.nanoTime();
        while (isBeginning(threads) && System.nanoTime() - begun < BEGIN_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        stack.stop();
    }

    private static Set<String> udpThreads(SipStack stack) {
        Set<String> names = new HashSet<>();
        for (Iterator<?> points = stack.getListeningPoints(); points.hasNext(); ) {
            ListeningPoint point = (ListeningPoint) points.next();
            if (ListeningPoint.UDP.equalsIgnoreCase(point.getTransport())) {
                names.add("MessageProcessorThread-UDP-" + point.getIPAddress() + '/' + point.getPort());
            }
        }
        return names;
    }

    private static boolean isBeginning(Set<String> threads) {
        for (Map.Entry<Thread, StackTraceElement[]> each :
                Thread.getAllStackTraces().entrySet()) {
            if (threads.contains(each.getKey().getName()) && !isReceiving(each.getValue())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isReceiving(StackTraceElement[] frames) {
        for (StackTraceElement frame : frames) {
            if ("receive".equals(frame.getMethodName())) {
                return true;
            }
        }
        return false;
    }
}
