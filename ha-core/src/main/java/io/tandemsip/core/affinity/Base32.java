package io.tandemsip.core.affinity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Base32 (RFC 4648) in lower case without padding: survives user agents that fold case. Pure. */
final class Base32 {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            VALUES[ALPHABET.charAt(i)] = (byte) i;
            VALUES[Character.toUpperCase(ALPHABET.charAt(i))] = (byte) i;
        }
    }

    private Base32() {}

    static String encode(byte[] bytes) {
        byte[] text = new byte[length(bytes.length)];
        int buffer = 0;
        int bits = 0;
        int at = 0;
        for (byte each : bytes) {
            buffer = buffer << 8 | each & 0xFF;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text[at++] = (byte) ALPHABET.charAt(buffer >>> bits & 31);
            }
        }
        if (bits > 0) {
            text[at] = (byte) ALPHABET.charAt(buffer << 5 - bits & 31);
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** The bytes; null if a character is foreign, the length is another, or the bits that are left over are not zero. */
    static byte @Nullable [] decode(String text, int size) {
        if (text.length() != length(size)) {
            return null;
        }
        byte[] bytes = new byte[size];
        int buffer = 0;
        int bits = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            int value = each < VALUES.length ? VALUES[each] : -1;
            if (value < 0) {
                return null;
            }
            buffer = (buffer << 5 | value) & 0xFFFF;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes[at++] = (byte) (buffer >>> bits);
            }
        }
        return (buffer & (1 << bits) - 1) == 0 ? bytes : null;
    }

    static int length(int size) {
        return (size * 8 + 4) / 5;
    }
}
