package io.tandemsip.core.affinity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign affinity cookies: one signs, all verify. To change the key without losing a dialog, first let every
 * router accept the new one, then sign with it, and accept the old one for as long as the longest dialog lasts. Never
 * printed. Immutable.
 */
public final class AffinityKeys {
    private static final int MOST_KEYS = 16;
    private static final int LEAST_BYTES = 16;
    private static final int RANDOM_BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";

    private final int signingId;
    private final @Nullable Mac[] macs;
    private final boolean random;
    private final Map<String, List<byte[]>> derived = new ConcurrentHashMap<>();

    private AffinityKeys(int signingId, @Nullable Mac[] macs, boolean random) {
        this.signingId = signingId;
        this.macs = macs;
        this.random = random;
    }

    /**
     * A ring with one key.
     *
     * @param keyId 0 to 15, the same in every router
     * @param secret at least 16 bytes out of a good source of chance
     * @return the ring
     * @throws IllegalArgumentException if either is out of range
     */
    public static AffinityKeys of(int keyId, byte[] secret) {
        @Nullable Mac[] macs = new Mac[MOST_KEYS];
        macs[checked(keyId)] = mac(secret);
        return new AffinityKeys(keyId, macs, false);
    }

    /**
     * A ring with one key that only this process has.
     *
     * @param source a good source of chance
     * @return the ring
     */
    public static AffinityKeys random(RandomGenerator source) {
        byte[] secret = new byte[RANDOM_BYTES];
        source.nextBytes(secret);
        @Nullable Mac[] macs = new Mac[MOST_KEYS];
        macs[0] = mac(secret);
        return new AffinityKeys(0, macs, true);
    }

    /**
     * A copy that also verifies with another key.
     *
     * @param keyId 0 to 15, not in the ring yet
     * @param secret at least 16 bytes
     * @return the changed copy
     * @throws IllegalArgumentException if either is out of range, or the id is taken
     */
    public AffinityKeys accepting(int keyId, byte[] secret) {
        if (macs[checked(keyId)] != null) {
            throw new IllegalArgumentException("affinity key id: " + keyId + "; expected one that is not taken yet");
        }
        @Nullable Mac[] copy = Arrays.copyOf(macs, MOST_KEYS);
        copy[keyId] = mac(secret);
        return new AffinityKeys(signingId, copy, random);
    }

    /**
     * Whether the key is this process's own, so that no other router understands its cookies.
     *
     * @return true if it was made here
     */
    public boolean isRandom() {
        return random;
    }

    int signingId() {
        return signingId;
    }

    boolean has(int keyId) {
        return macs[keyId] != null;
    }

    /** Signs; a keyed prototype is cloned, so that any thread may. */
    byte[] sign(int keyId, byte[] input) {
        try {
            Mac mac = (Mac) Objects.requireNonNull(macs[keyId], "key").clone();
            return mac.doFinal(input);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(ALGORITHM + " can't be cloned; expected the JDK's own provider", e);
        }
    }

    /**
     * Keys for something else than cookies. No cookie is signed over such a text: cookies begin with a byte of their own.
     *
     * @param purpose what for
     * @return 32 bytes of each key, those of the one that signs first; the same list at each call
     */
    List<byte[]> derived(String purpose) {
        return derived.computeIfAbsent(purpose, this::derive);
    }

    private List<byte[]> derive(String purpose) {
        byte[] text = ("tandem derived key: " + purpose).getBytes(StandardCharsets.UTF_8);
        return Stream.concat(
                        IntStream.of(signingId).boxed(),
                        IntStream.range(0, MOST_KEYS)
                                .filter(id -> id != signingId && has(id))
                                .boxed())
                .map(id -> sign(id, text))
                .toList();
    }

    private static int checked(int keyId) {
        if (keyId < 0 || keyId >= MOST_KEYS) {
            throw new IllegalArgumentException("affinity key id: " + keyId + "; expected 0 to 15");
        }
        return keyId;
    }

    private static Mac mac(byte[] secret) {
        if (secret.length < LEAST_BYTES) {
            throw new IllegalArgumentException(
                    "affinity key: " + secret.length + " bytes; expected at least " + LEAST_BYTES);
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is missing; expected every JDK to have it", e);
        }
    }

    @Override
    public String toString() {
        return "AffinityKeys[signing=" + signingId + (random ? ", random" : "") + ']';
    }
}
