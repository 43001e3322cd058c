package io.tandemsip.jainsip;

import java.io.IOException;
import java.net.DatagramPacket;

/** Looks at datagrams before they are parsed. Thread-safe. */
interface DatagramScreen {
    /** Lets all pass. */
    DatagramScreen OPEN = (packet, sender) -> false;

    /** What sends an answer from where the datagram came in. */
    interface Sender {
        /** Sends it. */
        void send(DatagramPacket answer) throws IOException;
    }

    /**
     * Deals with a datagram that need not be parsed for it.
     *
     * @param packet as it was received; not changed, and not kept
     * @return whether it is dealt with
     */
    boolean turnsAway(DatagramPacket packet, Sender sender) throws IOException;
}
