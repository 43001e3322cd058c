package io.tandemsip.jainsip;

import gov.nist.javax.sip.ListeningPointImpl;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
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

    SipHost(String address) throws Exception {
        this(HaProxyStack.properties("host-" + NUMBERS.incrementAndGet()), address);
    }

    SipHost(Properties properties) throws Exception {
        this(properties, "127.0.0.1");
    }

    private SipHost(Properties properties, String address) throws Exception {
        stack = SipFactory.getInstance().createSipStack(properties);
        provider = stack.createSipProvider(stack.createListeningPoint(address, port, ListeningPoint.UDP));
        stack.start();
    }

    /** The same port by TCP too. */
    SipHost withTcp() throws Exception {
        provider.addListeningPoint(stack.createListeningPoint("127.0.0.1", port, ListeningPoint.TCP));
        return this;
    }

    /** How many datagrams met an Error in the stack itself. */
    long brokenDatagrams() {
        ListeningPointImpl point = (ListeningPointImpl) provider.getListeningPoint(ListeningPoint.UDP);
        return ((DirectUdpProcessor) point.getMessageProcessor()).broken();
    }

    @Override
    public void close() {
        HaProxyStack.stop(stack);
    }
}
