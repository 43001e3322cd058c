package io.tandemsip.jainsip;

import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sip.ListeningPoint;
import javax.sip.SipFactory;
import javax.sip.SipProvider;
import javax.sip.SipStack;

/** A JAIN-SIP stack on a free loopback port, as {@link HaProxyStack} recommends it. */
final class SipHost implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    final SipStack stack;
    final SipProvider provider;
    final int port = SippPorts.free();

    SipHost() throws Exception {
        this(HaProxyStack.properties("host-" + NUMBERS.incrementAndGet()));
    }

    SipHost(Properties properties) throws Exception {
        stack = SipFactory.getInstance().createSipStack(properties);
        provider = stack.createSipProvider(stack.createListeningPoint("127.0.0.1", port, ListeningPoint.UDP));
        stack.start();
    }

    /** The same port by TCP too. */
    SipHost withTcp() throws Exception {
        provider.addListeningPoint(stack.createListeningPoint("127.0.0.1", port, ListeningPoint.TCP));
        return this;
    }

    /** A stack whose receiving thread has not begun yet breaks when it is stopped; so it is asked again. */
    @Override
    public void close() {
        for (int i = 0; i < 50; i++) {
            try {
                stack.stop();
                return;
            } catch (NullPointerException notBegun) {
                LockSupport.parkNanos(20_000_000);
            }
        }
        throw new IllegalStateException("the stack can't be stopped");
    }
}
