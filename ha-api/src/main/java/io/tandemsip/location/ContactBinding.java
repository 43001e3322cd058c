package io.tandemsip.location;

import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One contact of an address of record (RFC 3261 section 10.3). Immutable.
 *
 * @param contact the contact URI
 * @param callId the Call-ID of the REGISTER that wrote it
 * @param cseq the CSeq number of that REGISTER
 * @param expires how long it still stands; zero in a REGISTER removes it
 * @param quality the q value in thousandths, 0 to 1000
 * @param path the Path headers, topmost first (RFC 3327)
 * @param instanceId the instance of RFC 5626; empty for none
 * @param regId the reg-id of RFC 5626; 0 for none
 * @param node the node through which it was registered; empty if none was
 * @param flow what leads to the user's connection, opaque to the store; empty for none
 */
public record ContactBinding(
        String contact,
        String callId,
        long cseq,
        Duration expires,
        int quality,
        List<String> path,
        String instanceId,
        int regId,
        Optional<NodeId> node,
        String flow) {
    /**
     * Checks the numbers and copies the path.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public ContactBinding {
        Objects.requireNonNull(contact, "contact");
        Objects.requireNonNull(callId, "callId");
        Objects.requireNonNull(expires, "expires");
        path = List.copyOf(path);
        Objects.requireNonNull(instanceId, "instanceId");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(flow, "flow");
        if (contact.isBlank()) {
            throw new IllegalArgumentException("contact: blank; expected a URI");
        }
        if (cseq < 0) {
            throw new IllegalArgumentException("contact CSeq: " + cseq + "; expected 0 or more");
        }
        if (expires.isNegative()) {
            throw new IllegalArgumentException("contact expires: " + expires + "; expected zero or more");
        }
        if (quality < 0 || quality > 1000) {
            throw new IllegalArgumentException("contact q: " + quality + "; expected 0 to 1000 thousandths");
        }
    }

    /**
     * What makes two contacts the same one: instance and reg-id where given (RFC 5626 section 6), else the URI.
     *
     * @return the key within the address of record
     */
    public String key() {
        return instanceId.isEmpty() || regId == 0 ? contact : instanceId + ';' + regId;
    }
}
