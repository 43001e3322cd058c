package io.tandemsip.jainsip;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * A range of IP addresses, such as {@code 10.0.0.0/8}. Immutable.
 *
 * @param base the range's first address
 * @param prefixBits how many leading bits all of its addresses share
 */
record Network(InetAddress base, int prefixBits) {
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
        return host.indexOf(':') < 0 ? isV4(host) : host.chars().allMatch(Network::isOfV6);
    }

    /** Four numbers of one to three digits; asked for each message. */
    private static boolean isV4(String host) {
        int numbers = 1;
        int digits = 0;
        for (int i = 0; i < host.length(); i++) {
            char each = host.charAt(i);
            if (each >= '0' && each <= '9' && digits < 3) {
                digits++;
            } else if (each == '.' && digits > 0) {
                numbers++;
                digits = 0;
            } else {
                return false;
            }
        }
        return numbers == 4 && digits > 0;
    }

    private static boolean isOfV6(int each) {
        return each == ':' || each == '.' || Character.digit(each, 16) >= 0 && each < 128;
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
