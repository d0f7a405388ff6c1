package io.inmesh.server.jwks;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Which addresses may be connected to: public ones, and those that the settings name. Names are judged by what they resolve to, so that
 * no name of a stranger leads to a metadata service or into the own network (CVE-2026-41413).
 */
final class AddressGuard {

    /** What is not public. Source: the special-purpose address registries of IANA (RFC 6890). */
    private static final List<Block> SPECIAL = List.of(
            Block.of("0.0.0.0/8"),
            Block.of("10.0.0.0/8"),
            Block.of("100.64.0.0/10"),
            Block.of("127.0.0.0/8"),
            Block.of("169.254.0.0/16"),
            Block.of("172.16.0.0/12"),
            Block.of("192.0.0.0/24"),
            Block.of("192.0.2.0/24"),
            Block.of("192.88.99.0/24"),
            Block.of("192.168.0.0/16"),
            Block.of("198.18.0.0/15"),
            Block.of("198.51.100.0/24"),
            Block.of("203.0.113.0/24"),
            Block.of("224.0.0.0/3"));

    /** All of IPv6 that is public is in here. */
    private static final Block GLOBAL_UNICAST = Block.of("2000::/3");

    /** Parts of it that lead to other addresses or to none: Teredo, documentation, 6to4. */
    private static final List<Block> SPECIAL_IPV6 =
            List.of(Block.of("2001::/23"), Block.of("2001:db8::/32"), Block.of("2002::/16"), Block.of("3fff::/20"));

    private final List<Block> allowed;

    AddressGuard(List<String> privateAddresses) {
        this.allowed = privateAddresses.stream().map(Block::of).toList();
    }

    private record Block(byte[] address, int bits) {

        static Block of(String text) {
            int slash = text.indexOf('/');
            try {
                // A literal is never looked up.
                byte[] address = InetAddress.getByName(slash < 0 ? text : text.substring(0, slash))
                        .getAddress();
                return new Block(address, slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1)));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(text, e);
            }
        }

        boolean contains(InetAddress candidate) {
            byte[] other = candidate.getAddress();
            if (other.length != address.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> (i % 8);
                if ((other[i / 8] & mask) != (address[i / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** {@return whether an address may be connected to} */
    boolean permits(InetAddress address) {
        return allowed.stream().anyMatch(block -> block.contains(address)) || isPublic(address);
    }

    private static boolean isPublic(InetAddress address) {
        List<Block> special = address instanceof Inet4Address ? SPECIAL : SPECIAL_IPV6;
        return (address instanceof Inet4Address || GLOBAL_UNICAST.contains(address))
                && special.stream().noneMatch(block -> block.contains(address));
    }
}
