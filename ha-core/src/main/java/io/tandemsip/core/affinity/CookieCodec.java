package io.tandemsip.core.affinity;

import io.tandemsip.core.affinity.CookieReading.Reason;
import io.tandemsip.core.affinity.CookieReading.Rejected;
import io.tandemsip.core.affinity.CookieReading.Valid;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads affinity cookies: who owns a dialog, signed with HMAC-SHA-256 cut to 80 bits over the owner and the
 * dialog's Call-ID and dialog-forming From tag. 39 lower-case letters and digits. Thread-safe.
 *
 * <p>Layout, 24 bytes: version and key id (4 bits each), node (40 bits), incarnation (32), epoch (32), signature (80).
 */
public final class CookieCodec {
    /** The length of every cookie. */
    public static final int LENGTH = 39;

    private static final int VERSION = 1;
    private static final int HEAD_BYTES = 1 + NodeRefs.BYTES + 4 + 4;
    private static final int TAG_BYTES = 10;
    private static final int SIZE = HEAD_BYTES + TAG_BYTES;
    private static final Rejected MALFORMED = new Rejected(Reason.MALFORMED);
    private static final Rejected UNKNOWN_VERSION = new Rejected(Reason.UNKNOWN_VERSION);
    private static final Rejected UNKNOWN_KEY = new Rejected(Reason.UNKNOWN_KEY);
    private static final Rejected BAD_SIGNATURE = new Rejected(Reason.BAD_SIGNATURE);
    private static final Rejected UNKNOWN_NODE = new Rejected(Reason.UNKNOWN_NODE);

    private volatile Book book;

    /**
     * A codec that knows no node yet.
     *
     * @param keys the key ring
     */
    public CookieCodec(AffinityKeys keys) {
        book = new Book(keys, NodeRefs.none(), List.of());
    }

    /**
     * Changes the keys. Cookies of a key that is still among them hold. One thread at a time, and the one that changes the
     * nodes.
     *
     * @param keys the key ring from now on
     */
    public void keys(AffinityKeys keys) {
        Collection<NodeId> ids = book.ids;
        book = new Book(keys, NodeRefs.of(keys, ids), ids);
    }

    /**
     * Keys for something else.
     *
     * @param purpose what for
     * @return as {@link AffinityKeys#derived} says, of the keys of now
     */
    public List<byte[]> derivedKeys(String purpose) {
        return book.keys.derived(purpose);
    }

    /**
     * Changes the nodes that cookies may name.
     *
     * @param ids all of them
     */
    public void nodes(Collection<NodeId> ids) {
        AffinityKeys keys = book.keys;
        book = new Book(keys, NodeRefs.of(keys, ids), List.copyOf(ids));
    }

    /**
     * Writes a cookie.
     *
     * @param callId the Call-ID
     * @param callerTag the From tag of the request that makes the dialog
     * @param owner the node, one of those set
     * @param incarnation its life
     * @param epoch its epoch, 0 to 2^32-1
     * @return the cookie
     * @throws IllegalArgumentException if the node is not known or the epoch out of range
     */
    public String write(String callId, String callerTag, NodeId owner, Incarnation incarnation, long epoch) {
        Book now = book;
        AffinityKeys keys = now.keys;
        Long ref = now.refs.of(owner);
        if (ref == null || epoch >>> 32 != 0) {
            throw new IllegalArgumentException(
                    "cookie for node " + owner + ", epoch " + epoch + "; expected a known node and 0 to 2^32-1");
        }
        byte[] cookie = new byte[SIZE];
        ByteBuffer.wrap(cookie)
                .put((byte) (VERSION << 4 | keys.signingId()))
                .put((byte) (ref >>> 32))
                .putInt(ref.intValue())
                .putInt(hash(incarnation))
                .putInt((int) epoch);
        byte[] tag = tag(keys, keys.signingId(), cookie, callId, callerTag);
        System.arraycopy(tag, 0, cookie, HEAD_BYTES, TAG_BYTES);
        return Base32.encode(cookie);
    }

    /**
     * Reads a cookie. The dialog-forming From tag is the From tag of the caller's requests and the To tag of the
     * callee's, so both are tried.
     *
     * @param cookie as it was found, in any case
     * @param callId the request's Call-ID
     * @param fromTag its From tag
     * @param toTag its To tag
     * @return what it says, or why it does not count
     */
    public CookieReading read(String cookie, String callId, String fromTag, String toTag) {
        byte[] bytes = Base32.decode(cookie, SIZE);
        if (bytes == null) {
            return MALFORMED;
        }
        if ((bytes[0] & 0xFF) >>> 4 != VERSION) {
            return UNKNOWN_VERSION;
        }
        Book now = book;
        AffinityKeys keys = now.keys;
        int keyId = bytes[0] & 0xF;
        if (!keys.has(keyId)) {
            return UNKNOWN_KEY;
        }
        if (!holds(keys, keyId, bytes, callId, fromTag) && !holds(keys, keyId, bytes, callId, toTag)) {
            return BAD_SIGNATURE;
        }
        ByteBuffer head = ByteBuffer.wrap(bytes, 1, HEAD_BYTES - 1);
        long ref = (head.get() & 0xFFL) << 32 | head.getInt() & 0xFFFF_FFFFL;
        @Nullable NodeId node = now.refs.node(ref);
        return node == null ? UNKNOWN_NODE : new Valid(node, head.getInt(), head.getInt() & 0xFFFF_FFFFL);
    }

    /**
     * The short form of an incarnation that cookies carry.
     *
     * @param incarnation a node's life
     * @return 0 for an unknown one, else never 0
     */
    public static int hash(Incarnation incarnation) {
        if (!incarnation.isKnown()) {
            return 0;
        }
        long mixed = 0xCBF29CE484222325L;
        for (int i = 0; i < incarnation.value().length(); i++) {
            mixed = (mixed ^ incarnation.value().charAt(i)) * 0x100000001B3L;
        }
        mixed = (mixed ^ mixed >>> 32) * 0x9E3779B97F4A7C15L;
        int folded = (int) (mixed >>> 32);
        return folded == 0 ? 1 : folded;
    }

    private static boolean holds(AffinityKeys keys, int keyId, byte[] bytes, String callId, String callerTag) {
        byte[] expected = tag(keys, keyId, bytes, callId, callerTag);
        return MessageDigest.isEqual(expected, Arrays.copyOfRange(bytes, HEAD_BYTES, SIZE));
    }

    /** Lengths go before texts, so that no two pairs of Call-ID and tag sign the same bytes. */
    private static byte[] tag(AffinityKeys keys, int keyId, byte[] head, String callId, String callerTag) {
        byte[] call = callId.getBytes(StandardCharsets.UTF_8);
        byte[] caller = callerTag.getBytes(StandardCharsets.UTF_8);
        byte[] input = new byte[HEAD_BYTES + 4 + call.length + caller.length];
        System.arraycopy(head, 0, input, 0, HEAD_BYTES);
        ByteBuffer.wrap(input, HEAD_BYTES, input.length - HEAD_BYTES)
                .putInt(call.length)
                .put(call)
                .put(caller);
        return Arrays.copyOf(keys.sign(keyId, input), TAG_BYTES);
    }

    /** Keys and what nodes are called under them, which have to change together. */
    private record Book(AffinityKeys keys, NodeRefs refs, Collection<NodeId> ids) {}
}
