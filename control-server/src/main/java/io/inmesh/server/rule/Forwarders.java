package io.inmesh.server.rule;

import java.util.List;

/**
 * Whom workloads believe about the address of a client: {@code spec.forwarders} of an InboundTrafficPolicy.
 *
 * @param hops how many forwarders every request passes; 0 if their addresses are given instead
 * @param ipBlocks addresses of forwarders
 */
public record Forwarders(int hops, List<String> ipBlocks) {
    /** Nobody is believed. */
    public static final Forwarders NONE = new Forwarders(0, List.of());

    /** More forwarders than any request passes; processes read no further. */
    public static final int MOST_HOPS = 32;

    public Forwarders {
        ipBlocks = List.copyOf(ipBlocks);
    }

    static Forwarders of(Field forwarders) {
        return new Forwarders(
                forwarders.get("hops").integer(0), forwarders.get("ipBlocks").texts());
    }

    /** Whether anybody is believed. */
    public boolean any() {
        return hops > 0 || !ipBlocks.isEmpty();
    }
}
