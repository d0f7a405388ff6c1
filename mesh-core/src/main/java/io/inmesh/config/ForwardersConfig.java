package io.inmesh.config;

import java.util.List;

/**
 * Who in front of this process is believed about the address of a client, as {@code X-Forwarded-For} tells it. At most one of the two is
 * given.
 *
 * <p>Source: Istio {@code numTrustedProxies}; Envoy {@code xff_num_trusted_hops} and {@code xff_trusted_cidrs}.
 *
 * @param hops how many forwarders every request passes, 0 to {@value #MOST_HOPS}; each has appended the address it was called from
 * @param ranges addresses of forwarders
 */
public record ForwardersConfig(int hops, List<Condition.Cidr> ranges) {

    /** More forwarders than any request passes. */
    public static final int MOST_HOPS = 32;

    /** Nobody is believed: the client is the peer of the connection. */
    public static final ForwardersConfig NONE = new ForwardersConfig(0, List.of());

    /** Copies the list. */
    public ForwardersConfig {
        ranges = List.copyOf(ranges);
    }

    /** {@return belief in so many forwarders, whatever their address} */
    public static ForwardersConfig hops(int hops) {
        return new ForwardersConfig(hops, List.of());
    }

    /** {@return belief in whoever has one of these addresses} */
    public static ForwardersConfig at(Condition.Cidr... ranges) {
        return new ForwardersConfig(0, List.of(ranges));
    }

    /** Reports every value that cannot be, ranges apart, which are read when they are compiled. */
    public void check(FieldProblems problems) {
        if (hops < 0 || hops > MOST_HOPS) {
            problems.report("hops", "is " + hops, "give the number of forwarders in front, at most " + MOST_HOPS);
        }
        if (hops != 0 && !ranges.isEmpty()) {
            problems.report("", "has both hops and ranges", "keep one of them");
        }
    }
}
