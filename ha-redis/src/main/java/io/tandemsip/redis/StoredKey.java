package io.tandemsip.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Makes short names of long ones: the first 16 bytes of SHA-256 over the parts, as they are stored, with a newline between
 * them, in 22 characters of base64url. So an entry has one size, however long a Call-ID is that somebody sends. Pure.
 */
final class StoredKey {
    private static final int BYTES = 16;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private StoredKey() {}

    static String of(String parts) {
        byte[] digest = sha256().digest(parts.getBytes(StandardCharsets.UTF_8));
        return new String(ENCODER.encode(Arrays.copyOf(digest, BYTES)), StandardCharsets.ISO_8859_1);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256: missing; every Java platform has it", impossible);
        }
    }
}
