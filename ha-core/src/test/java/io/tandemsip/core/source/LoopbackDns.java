package io.tandemsip.core.source;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;

/** A name server on loopback that answers out of a zone that tests change. Thread-safe. */
final class LoopbackDns implements AutoCloseable {
    private final DatagramSocket socket =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private volatile List<Record> zone = List.of();
    private volatile int failure = Rcode.NOERROR;
    private volatile String failingName = "";

    LoopbackDns() throws IOException {
        Thread thread = new Thread(this::serve, "loopback-dns");
        thread.setDaemon(true);
        thread.start();
    }

    Resolver resolver() {
        SimpleResolver resolver = new SimpleResolver((InetSocketAddress) socket.getLocalSocketAddress());
        resolver.setTimeout(Duration.ofSeconds(2));
        return resolver;
    }

    /** Lines of a zone file under "test.". */
    void zone(String text) {
        try (Master master = new Master(
                new java.io.ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                Name.fromString("test."),
                1)) {
            List<Record> records = new java.util.ArrayList<>();
            for (Record next = master.nextRecord(); next != null; next = master.nextRecord()) {
                records.add(next);
            }
            zone = records;
        } catch (IOException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }

    /** Every question about a name that begins so is answered with an error from now on. */
    void fail(String prefix, int rcode) {
        failingName = prefix;
        failure = rcode;
    }

    private void serve() {
        byte[] buffer = new byte[4096];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                Message query = new Message(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
                byte[] answer = answer(query).toWire(65_000);
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException closedOrBroken) {
                // the next one is read, or the loop ends
            }
        }
    }

    private Message answer(Message query) {
        Record question = query.getQuestion();
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        if (failure != Rcode.NOERROR && question.getName().toString().startsWith(failingName)) {
            answer.getHeader().setRcode(failure);
            return answer;
        }
        zone.stream()
                .filter(each -> each.getName().equals(question.getName()) && each.getType() == question.getType())
                .forEach(each -> answer.addRecord(each, Section.ANSWER));
        return answer;
    }

    @Override
    public void close() {
        socket.close();
    }
}
