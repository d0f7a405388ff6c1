package io.inmesh.server.explain;

import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.server.rule.IpAddresses;
import io.inmesh.xds.core.CidrRange;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.xff.XffConfig;
import java.util.List;
import java.util.Optional;

/**
 * Whom a request is made for, as the workload will find it out. Where forwarders are known by their address the caller is taken for one,
 * since its own address is not known here.
 *
 * @param address the IP address; empty if it is not known
 * @param remark what to say about it
 * @param readable whether the workload can find it out; it answers 400 otherwise
 */
record ClientAddress(String address, String remark, boolean readable) {

    /** Empty where nobody is believed: the client is the caller then. */
    static Optional<ClientAddress> of(HttpConnectionManager manager, Request request)
            throws InvalidProtocolBufferException {
        int hops = manager.getXffNumTrustedHops();
        if (hops == 0 && manager.getOriginalIpDetectionExtensionsCount() == 0) {
            return Optional.empty();
        }
        String header = request.header("x-forwarded-for");
        if (header == null) {
            return Optional.of(new ClientAddress("", "no X-Forwarded-For: the caller itself is the client", true));
        }
        String[] entries = header.split(",", -1);
        if (hops > 0) {
            return Optional.of(
                    entries.length < hops
                            ? unreadable("X-Forwarded-For has " + entries.length + " of " + hops + " entries")
                            : entry(entries[entries.length - hops].strip()));
        }
        List<CidrRange> trusted = XffConfig.parseFrom(manager.getOriginalIpDetectionExtensions(0)
                        .getTypedConfig()
                        .getValue())
                .getXffTrustedCidrs()
                .getCidrsList();
        int at = entries.length - 1;
        while (at > 0 && trusts(trusted, entries[at].strip())) {
            at--;
        }
        return Optional.of(entry(entries[at].strip()));
    }

    private static boolean trusts(List<CidrRange> trusted, String entry) {
        return trusted.stream().anyMatch(block -> AddressBlock.contains(block, withoutPort(entry)));
    }

    private static ClientAddress entry(String entry) {
        String address = withoutPort(entry);
        return IpAddresses.valid(address)
                ? new ClientAddress(address, "the client is " + address + ", by X-Forwarded-For", true)
                : unreadable("\"" + entry + "\" in X-Forwarded-For is no IP address");
    }

    private static ClientAddress unreadable(String why) {
        return new ClientAddress("", why, false);
    }

    private static String withoutPort(String entry) {
        if (entry.startsWith("[")) {
            return entry.substring(1, Math.max(1, entry.indexOf(']')));
        }
        int colon = entry.indexOf(':');
        return colon >= 0 && colon == entry.lastIndexOf(':') ? entry.substring(0, colon) : entry;
    }
}
