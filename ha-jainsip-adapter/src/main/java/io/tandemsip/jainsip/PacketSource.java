package io.tandemsip.jainsip;

import io.tandemsip.node.Transport;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;

/**
 * Tells where a request came from: by the packet, and not by what the request says. A node that took over another's calls
 * writes that one's address into its Via, and anybody could write a node's. Immutable.
 */
final class PacketSource {
    private PacketSource() {}

    /**
     * The source, as {@link ListeningSides#key}. A connection is opened from any port, so for other transports than UDP the port is
     * the one that the Via names; the host is the packet's. Where the stack does not tell, received and rport are taken.
     */
    static String of(Request request) {
        Optional<InetSocketAddress> packet = StackSupport.packetSource(request);
        if (packet.isEmpty() || !(request.getHeader(ViaHeader.NAME) instanceof ViaHeader via)) {
            return SipText.source(request);
        }
        Transport transport = Transport.of(via.getTransport());
        int named = via.getPort() > 0 ? via.getPort() : transport == Transport.TLS ? 5061 : 5060;
        int port = transport == Transport.UDP ? packet.get().getPort() : named;
        return ListeningSides.key(packet.get().getAddress().getHostAddress(), port);
    }
}
