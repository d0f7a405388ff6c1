package io.inmesh.match;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Reads addresses that somebody else has written. Never resolves a name, and knows one way to write an IPv4 address: other readers take
 * {@code 010.0.0.1} for octal and {@code 10.1} for {@code 10.0.0.1}.
 */
public final class AddressLiteral {

    private static final int LONGEST = 45;
    private static final int OCTETS = 4;

    private AddressLiteral() {}

    /** {@return the address a text is, with or without a port; null if it is none} */
    public static @Nullable InetAddress parse(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end > 0 && isPort(text, end + 1) ? ipv6(text.substring(1, end)) : null;
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            return ipv4(text);
        }
        if (colon == text.lastIndexOf(':')) {
            return isPort(text, colon) ? ipv4(text.substring(0, colon)) : null;
        }
        return ipv6(text);
    }

    /** Whether nothing follows but a colon and a port. */
    private static boolean isPort(String text, int from) {
        if (from == text.length()) {
            return true;
        }
        int digits = text.length() - from - 1;
        return text.charAt(from) == ':'
                && digits >= 1
                && digits <= 5
                && text.chars().skip(from + 1).allMatch(AddressLiteral::isDigit);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static @Nullable InetAddress ipv4(String text) {
        byte[] bytes = new byte[OCTETS];
        int at = 0;
        for (int i = 0; i < OCTETS; i++) {
            int end = i == OCTETS - 1 ? text.length() : text.indexOf('.', at);
            int octet = end < 0 ? -1 : octet(text, at, end);
            if (octet < 0) {
                return null;
            }
            bytes[i] = (byte) octet;
            at = end + 1;
        }
        return address(bytes);
    }

    /** The number between two places, negative if it is none below 256 without a zero in front. */
    private static int octet(String text, int from, int to) {
        int length = to - from;
        if (length < 1 || length > 3 || (length > 1 && text.charAt(from) == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            if (!isDigit(text.charAt(i))) {
                return -1;
            }
            value = value * 10 + text.charAt(i) - '0';
        }
        return value < 256 ? value : -1;
    }

    private static @Nullable InetAddress ipv6(String text) {
        boolean possible = text.length() <= LONGEST
                && text.indexOf(':') >= 0
                && text.chars()
                        .allMatch(c -> isDigit(c) || c == ':' || c == '.' || (c | ' ') >= 'a' && (c | ' ') <= 'f');
        if (!possible) {
            return null;
        }
        try {
            // In brackets it is never taken for a name. A mapped IPv4 address becomes what it is.
            return InetAddress.getByName("[" + text + "]");
        } catch (UnknownHostException notAnAddress) {
            return null;
        }
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }
}
