package io.tandemsip.jainsip;

import gov.nist.core.HostPort;
import gov.nist.javax.sip.SipStackImpl;
import gov.nist.javax.sip.stack.MessageChannel;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import gov.nist.javax.sip.stack.UDPMessageProcessor;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedList;
import java.util.concurrent.atomic.LongAdder;
import javax.sip.ListeningPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * UDP of the reference implementation, but that a datagram is dealt with by the thread that has read it ({@link SocketQueue}), and that an Error
 * does not end that thread. Thread-safe.
 */
final class DirectUdpProcessor extends UDPMessageProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(DirectUdpProcessor.class);

    private final int threads;
    private final String stackName;
    private final LongAdder broken = new LongAdder();
    private volatile boolean open;
    private volatile DatagramScreen screen = DatagramScreen.OPEN;

    /**
     * Bound, but not begun.
     *
     * @param threads that deal with datagrams; one more is there to read when they are busy
     */
    @SuppressWarnings("JdkObsolete") // the stack's own choice
    DirectUdpProcessor(InetAddress address, SIPTransactionStack stack, int port, int threads, String stackName)
            throws IOException {
        super(address, stack, port);
        this.threads = threads;
        this.stackName = stackName;
        messageChannels = new LinkedList<>();
        messageQueue = new SocketQueue(
                new Screened(),
                threads + 1,
                () -> open,
                mostBytes(stack.getMaxMessageSize()),
                stack.getStackCongestionControlTimeout(),
                System::nanoTime);
    }

    /** As in the stack's own: what is set, unless nothing is or it is more than a datagram can have. */
    private static int mostBytes(int set) {
        return set > 0 ? Math.min(set, SipStackImpl.MAX_DATAGRAM_SIZE) : SipStackImpl.MAX_DATAGRAM_SIZE;
    }

    @Override
    @SuppressWarnings("unchecked") // the field has no type
    public void start() {
        open = true;
        isRunning = true;
        for (int i = 0; i <= threads; i++) {
            messageChannels.add(new Channel(sipStack, this, stackName + "-UDPMessageChannelThread-" + i));
        }
    }

    @Override
    public void stop() {
        open = false;
        super.stop();
    }

    @Override
    public MessageChannel createMessageChannel(HostPort target) throws UnknownHostException {
        return createMessageChannel(target.getInetAddress(), target.getPort());
    }

    @Override
    public MessageChannel createMessageChannel(InetAddress host, int port) {
        return new Channel(host, port, sipStack, this);
    }

    /** Has datagrams looked at before they are parsed. */
    void screen(DatagramScreen by) {
        screen = by;
    }

    /** Its socket, behind the screen. */
    private final class Screened implements SocketQueue.Socket {
        @Override
        public void receive(DatagramPacket into) throws IOException {
            sock.receive(into);
        }

        @Override
        public boolean turnsAway(DatagramPacket packet) {
            try {
                return screen.turnsAway(packet, sock::send);
            } catch (IOException notSent) {
                LOG.debug("nothing could be sent to {}", packet.getSocketAddress(), notSent);
                return true;
            } catch (Throwable unexpected) { // is for the parser
                broken.increment();
                LOG.warn("a datagram could not be looked at", unexpected);
                return false;
            }
        }
    }

    /** What sends from its socket, to whoever it is. */
    StackChannel sender() {
        return new Channel(sipStack, this);
    }

    /** How many datagrams ended in an Error, or in an exception that the stack does not expect. */
    long broken() {
        return broken.sum();
    }

    private void send(byte[] message, InetAddress to, int port) throws IOException {
        StackChannel.checkPort(port);
        sock.send(new DatagramPacket(message, message.length, to, port));
    }

    /** What one thread receives with, or one message is sent with. */
    private static final class Channel extends StackChannel {
        Channel(SIPTransactionStack stack, DirectUdpProcessor processor) {
            super(stack, processor);
        }

        Channel(SIPTransactionStack stack, DirectUdpProcessor processor, String threadName) {
            super(stack, processor, threadName);
        }

        Channel(InetAddress to, int port, SIPTransactionStack stack, DirectUdpProcessor processor) {
            super(to, port, stack, processor);
        }

        private DirectUdpProcessor processor() {
            return (DirectUdpProcessor) messageProcessor;
        }

        /** On a thread that the constructor of the stack's own class began. */
        @Override
        public void run() {
            while (processor().open) {
                try {
                    super.run();
                } catch (Throwable unexpected) { // would leave one thread less for good
                    processor().broken.increment();
                    LOG.warn("a datagram could not be dealt with", unexpected);
                }
            }
        }

        @Override
        protected void sendMessage(byte[] message, InetAddress to, int port, boolean isRequest) throws IOException {
            processor().send(message, to, port);
        }

        @Override
        protected void sendMessage(byte[] message, InetAddress to, int port, String transport, boolean isRequest)
                throws IOException {
            if (ListeningPoint.UDP.equalsIgnoreCase(transport)) {
                processor().send(message, to, port);
            } else {
                super.sendMessage(message, to, port, transport, isRequest);
            }
        }
    }
}
