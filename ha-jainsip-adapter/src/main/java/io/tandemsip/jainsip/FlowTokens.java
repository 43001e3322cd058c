package io.tandemsip.jainsip;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes flows as the user part of a URI, and reads what it wrote itself (RFC 5626 section 5.2): 80 bits of an HMAC-SHA256
 * keep others from making one. Letters in lower case and digits only. Thread-safe.
 */
final class FlowTokens {
    /** What every token begins with. */
    static final String PREFIX = "tf";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int TAG_BYTES = 10;
    private static final int HEAD_BYTES = 3;
    private static final int MOST_BYTES = HEAD_BYTES + 16 + TAG_BYTES;

    private final SecretKeySpec key;

    /** Of one key: who has the same reads each other's. */
    FlowTokens(byte[] key) {
        this.key = new SecretKeySpec(key.clone(), ALGORITHM);
    }

    String write(Flow flow) {
        byte[] address = flow.address().getAddress();
        byte[] body = ByteBuffer.allocate(HEAD_BYTES + address.length)
                .put((byte) flow.side())
                .putShort((short) flow.port())
                .put(address)
                .array();
        return PREFIX + HexFormat.of().formatHex(body) + HexFormat.of().formatHex(tag(body));
    }

    /** Whether it is meant to be one, true or forged. */
    static boolean isToken(String user) {
        return user.toLowerCase(Locale.ROOT).startsWith(PREFIX)
                && user.length() > PREFIX.length() + 2 * (HEAD_BYTES + TAG_BYTES);
    }

    /** Empty if this did not write it. */
    Optional<Flow> read(String token) {
        if (!isToken(token) || token.length() > PREFIX.length() + 2 * MOST_BYTES) {
            return Optional.empty();
        }
        try {
            byte[] all =
                    HexFormat.of().parseHex(token.substring(PREFIX.length()).toLowerCase(Locale.ROOT));
            byte[] body = Arrays.copyOf(all, all.length - TAG_BYTES);
            byte[] tag = Arrays.copyOfRange(all, all.length - TAG_BYTES, all.length);
            if (!MessageDigest.isEqual(tag, tag(body))) {
                return Optional.empty();
            }
            byte[] address = Arrays.copyOfRange(body, HEAD_BYTES, body.length);
            return Optional.of(new Flow(
                    body[0],
                    InetAddress.getByAddress(address),
                    Short.toUnsignedInt(ByteBuffer.wrap(body).getShort(1))));
        } catch (IllegalArgumentException | UnknownHostException garbled) {
            return Optional.empty();
        }
    }

    private byte[] tag(byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Arrays.copyOf(mac.doFinal(body), TAG_BYTES);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("no " + ALGORITHM, impossible);
        }
    }
}
