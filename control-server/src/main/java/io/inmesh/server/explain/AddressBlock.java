package io.inmesh.server.explain;

import io.inmesh.server.rule.IpAddresses;
import io.inmesh.xds.core.CidrRange;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Whether an address lies in a block. */
final class AddressBlock {
    private AddressBlock() {}

    static boolean contains(CidrRange block, String address) {
        if (!IpAddresses.valid(address) || !IpAddresses.valid(block.getAddressPrefix())) {
            return false;
        }
        byte[] wanted = bytes(block.getAddressPrefix());
        byte[] actual = bytes(address);
        int bits = block.getPrefixLen().getValue();
        if (wanted.length != actual.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % 8);
            if ((wanted[i / 8] & mask) != (actual[i / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(String literal) {
        try {
            // A literal address is never looked up.
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
