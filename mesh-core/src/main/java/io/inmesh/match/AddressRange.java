package io.inmesh.match;

import io.inmesh.config.Condition;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A compiled {@link Condition.Cidr}. Never resolves a name. An IPv4 address written as an IPv4-mapped IPv6 one is the IPv4 address.
 *
 * @param bytes network address, 4 or 16 bytes
 * @param prefixLength leading bits that must agree
 */
public record AddressRange(byte[] bytes, int prefixLength) {

    /**
     * {@return the compiled form of a range}
     *
     * @throws IllegalArgumentException if the address is not a literal, or the prefix is too long for it
     */
    public static AddressRange compile(Condition.Cidr range) {
        byte[] bytes = literal(range.address());
        if (range.prefixLength() < 0 || range.prefixLength() > bytes.length * 8) {
            throw new IllegalArgumentException("prefix length of " + range.address() + " must be 0 to "
                    + bytes.length * 8 + ": " + range.prefixLength());
        }
        return new AddressRange(bytes, range.prefixLength());
    }

    /** {@return whether an address is in the range; an address of the other family never is} */
    public boolean contains(InetAddress address) {
        byte[] other = address.getAddress();
        if (other.length != bytes.length) {
            return false;
        }
        int whole = prefixLength / 8;
        for (int i = 0; i < whole; i++) {
            if (other[i] != bytes[i]) {
                return false;
            }
        }
        int rest = prefixLength % 8;
        return rest == 0 || (other[whole] & 0xff) >> (8 - rest) == (bytes[whole] & 0xff) >> (8 - rest);
    }

    private static byte[] literal(String address) {
        boolean ipv6 = address.indexOf(':') >= 0
                && address.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.');
        if (!ipv6 && !address.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            throw new IllegalArgumentException("\"" + address + "\" is not an IPv4 or IPv6 address");
        }
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("\"" + address + "\" is not an IPv4 or IPv6 address", e);
        }
    }
}
