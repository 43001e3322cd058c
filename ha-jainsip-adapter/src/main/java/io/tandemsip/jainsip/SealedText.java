package io.tandemsip.jainsip;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes texts so that only who has the keys can read them, and nobody else can make one (AES-GCM). The nonce is made of the text
 * and what it stands in: the same text in the same place is written the same way, which a retransmission needs, and elsewhere another way, so
 * that nobody sees that it is the same. Letters, digits, hyphen and underscore; case counts. Thread-safe.
 */
final class SealedText {
    private static final String ALGORITHM = "AES/GCM/NoPadding";
    private static final String MAC = "HmacSHA256";
    private static final int KEY_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 12;
    private static final int MOST_CHARACTERS = 8_192;

    private final Supplier<List<byte[]>> keys;

    /** With keys of 32 bytes: the first seals, all open. */
    SealedText(Supplier<List<byte[]>> keys) {
        this.keys = keys;
    }

    /**
     * Seals.
     *
     * @param kind what it is; opens as nothing else
     * @param text any
     * @param place what it stands in
     * @throws IllegalStateException if there is no key
     */
    String seal(String kind, String text, String place) {
        List<byte[]> now = keys.get();
        if (now.isEmpty()) {
            throw new IllegalStateException("no key to seal with");
        }
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        byte[] nonce = nonce(now.get(0), kind, plain, place);
        byte[] sealed = cipher(Cipher.ENCRYPT_MODE, now.get(0), nonce, kind, plain)
                .orElseThrow(() -> new IllegalStateException(ALGORITHM + " does not seal"));
        byte[] all = ByteBuffer.allocate(NONCE_BYTES + sealed.length)
                .put(nonce)
                .put(sealed)
                .array();
        return encoded(all);
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Empty if nobody with these keys sealed it as this kind. */
    Optional<String> open(String kind, String token) {
        if (token.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException garbled) {
            return Optional.empty();
        }
        if (all.length < NONCE_BYTES + TAG_BYTES || !encoded(all).equals(token)) {
            return Optional.empty();
        }
        byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
        byte[] sealed = Arrays.copyOfRange(all, NONCE_BYTES, all.length);
        for (byte[] key : keys.get()) {
            Optional<byte[]> plain = cipher(Cipher.DECRYPT_MODE, key, nonce, kind, sealed);
            if (plain.isPresent()) {
                return plain.map(text -> new String(text, StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }

    private static Optional<byte[]> cipher(int mode, byte[] key, byte[] nonce, String kind, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance(ALGORITHM);
            cipher.init(mode, new SecretKeySpec(key, 0, KEY_BYTES, "AES"), new GCMParameterSpec(TAG_BYTES * 8, nonce));
            cipher.updateAAD(kind.getBytes(StandardCharsets.UTF_8));
            return Optional.of(cipher.doFinal(input));
        } catch (GeneralSecurityException forged) {
            return Optional.empty();
        }
    }

    private static byte[] nonce(byte[] key, String kind, byte[] text, String place) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(key, KEY_BYTES, key.length - KEY_BYTES, MAC));
            for (String each : List.of(kind, place)) {
                byte[] bytes = each.getBytes(StandardCharsets.UTF_8);
                mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
                mac.update(bytes);
            }
            return Arrays.copyOf(mac.doFinal(text), NONCE_BYTES);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("no " + MAC, impossible);
        }
    }
}
