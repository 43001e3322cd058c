package io.tandemsip.core.cluster;

import io.tandemsip.core.affinity.AffinityKeys;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The cookie keys that all routers share. Changed in two steps: first all verify with the next key, then all sign with it;
 * the ones before stay until their number is needed again. Text: {@code 1}, {@code rotation=NUMBER}, {@code
 * rotated=MILLISECONDS} of the epoch, {@code signing=ID}, and {@code ID:BASE64URL} for each key. Never printed. Immutable.
 */
final class KeyRing {
    /** Numbers that are taken in turn; the last one that cookies know is each router's own. */
    static final int IDS = 15;

    private static final String VERSION = "1";
    private static final int SECRET_BYTES = 32;

    private final long rotation;
    private final long rotatedMillis;
    private final int signing;
    private final Map<Integer, byte[]> secrets;

    private KeyRing(long rotation, long rotatedMillis, int signing, Map<Integer, byte[]> secrets) {
        this.rotation = rotation;
        this.rotatedMillis = rotatedMillis;
        this.signing = signing;
        this.secrets = new TreeMap<>(secrets);
    }

    /** The first one. */
    static KeyRing first(RandomGenerator random, long nowMillis) {
        return new KeyRing(1, nowMillis, 0, Map.of(0, secret(random)));
    }

    /** Raised with each step: even while a key is announced. */
    long rotation() {
        return rotation;
    }

    /** Whether there is a key that all are to verify with before anybody signs with it. */
    boolean isAnnounced() {
        return rotation % 2 == 0;
    }

    /** Whether the signing key is as old as that, by this router's clock; also where the clocks are out of all reason. */
    boolean isOlderThan(long periodMillis, long nowMillis) {
        return Math.abs(nowMillis - rotatedMillis) >= periodMillis;
    }

    /** The first step: another key to verify with, in the place of the oldest. */
    KeyRing announced(RandomGenerator random, long nowMillis) {
        Map<Integer, byte[]> more = new HashMap<>(secrets);
        more.put(next(), secret(random));
        return new KeyRing(rotation + 1, nowMillis, signing, more);
    }

    /** The second step: it signs. */
    KeyRing signing(long nowMillis) {
        return new KeyRing(rotation + 1, nowMillis, next(), secrets);
    }

    /** The keys as cookies use them, beside one that only this router has signed with. */
    AffinityKeys keys(int ownId, byte[] own) {
        AffinityKeys keys =
                AffinityKeys.of(signing, secrets.getOrDefault(signing, own)).accepting(ownId, own);
        for (Map.Entry<Integer, byte[]> each : secrets.entrySet()) {
            if (each.getKey() != signing) {
                keys = keys.accepting(each.getKey(), each.getValue());
            }
        }
        return keys;
    }

    private int next() {
        return (signing + 1) % IDS;
    }

    static byte[] secret(RandomGenerator random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return secret;
    }

    String text() {
        StringBuilder text = new StringBuilder(VERSION)
                .append(" rotation=")
                .append(rotation)
                .append(" rotated=")
                .append(rotatedMillis)
                .append(" signing=")
                .append(signing);
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        secrets.forEach((id, secret) -> text.append(' ').append(id).append(':').append(encoder.encodeToString(secret)));
        return text.toString();
    }

    /** Empty for what can't be read, a later version's text too. */
    static Optional<KeyRing> read(String text) {
        String[] words = text.split(" ", -1);
        if (!words[0].equals(VERSION)) {
            return Optional.empty();
        }
        try {
            Map<Integer, byte[]> secrets = new HashMap<>();
            Map<String, Long> numbers = new HashMap<>();
            for (String word : Arrays.asList(words).subList(1, words.length)) {
                readWord(word, secrets, numbers);
            }
            return Optional.of(of(secrets, numbers));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static void readWord(String word, Map<Integer, byte[]> secrets, Map<String, Long> numbers) {
        int colon = word.indexOf(':');
        int equals = word.indexOf('=');
        if (colon > 0) {
            int id = Integer.parseInt(word.substring(0, colon));
            secrets.put(id, Base64.getUrlDecoder().decode(word.substring(colon + 1)));
        } else if (equals > 0) {
            numbers.put(word.substring(0, equals), Long.parseLong(word.substring(equals + 1)));
        }
    }

    private static KeyRing of(Map<Integer, byte[]> secrets, Map<String, Long> numbers) {
        @Nullable Long rotation = numbers.get("rotation");
        @Nullable Long rotated = numbers.get("rotated");
        @Nullable Long signing = numbers.get("signing");
        boolean sound = secrets.entrySet().stream()
                .allMatch(each -> each.getKey() >= 0 && each.getKey() < IDS && each.getValue().length >= SECRET_BYTES);
        if (rotation == null || rotated == null || signing == null || !sound) {
            throw new IllegalArgumentException("keys: not whole");
        }
        if (!secrets.containsKey(signing.intValue())) {
            throw new IllegalArgumentException("keys: none to sign with");
        }
        return new KeyRing(rotation, rotated, signing.intValue(), secrets);
    }

    @Override
    public String toString() {
        return "KeyRing[rotation=" + rotation + ", signing=" + signing + ", keys=" + secrets.keySet() + ']';
    }
}
