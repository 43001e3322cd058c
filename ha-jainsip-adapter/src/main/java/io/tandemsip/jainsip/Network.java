package io.tandemsip.jainsip;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A range of IP addresses, such as {@code 10.0.0.0/8}. Immutable.
 *
 * @param base the range's first address
 * @param prefixBits how many leading bits all of its addresses share
 */
record Network(InetAddress base, int prefixBits) {
    private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    Network {
        Objects.requireNonNull(base, "base");
    }

    /**
     * Reads an address, or an address and a length.
     *
     * @throws IllegalArgumentException if it is neither; names are not asked for
     */
    static Network parse(String text) {
        int slash = text.indexOf('/');
        String host = ListeningSides.bare(slash < 0 ? text : text.substring(0, slash));
        if (!isLiteral(host)) {
            throw wrong(text);
        }
        try {
            InetAddress base = InetAddress.getByName(host);
            int most = base.getAddress().length * Byte.SIZE;
            int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > most) {
                throw wrong(text);
            }
            return new Network(base, bits);
        } catch (UnknownHostException | NumberFormatException broken) {
            throw wrong(text);
        }
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "network: \"" + text + "\"; expected an address or a range such as 10.0.0.0/8 or 2001:db8::/32");
    }

    /** Whether a text is an address, so that nobody has to be asked for it. */
    static boolean isLiteral(String host) {
        return V4.matcher(host).matches() || V6.matcher(host).matches();
    }

    boolean contains(InetAddress address) {
        byte[] own = base.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        int whole = prefixBits / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (own[i] != other[i]) {
                return false;
            }
        }
        int rest = prefixBits % Byte.SIZE;
        return rest == 0 || ((own[whole] ^ other[whole]) & (0xFF << (Byte.SIZE - rest)) & 0xFF) == 0;
    }
}
