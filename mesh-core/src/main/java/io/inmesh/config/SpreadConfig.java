package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/**
 * How the calls to a cluster are spread over the priorities and localities of its endpoints.
 *
 * <p>Source: Envoy {@code CommonLbConfig} ({@code locality_weighted_lb_config}, {@code zone_aware_lb_config}) and
 * {@code ClusterLoadAssignment.Policy.overprovisioning_factor}.
 *
 * @param mode what localities of one priority mean
 * @param overprovisioningPercent a priority or locality carries its whole load until less than 100 / this of it is healthy; 140 in
 *     Envoy and here unless told otherwise, at least 1
 * @param panic what happens when too few endpoints are healthy
 * @param own locality of this process, {@code region/zone/subzone}; empty if unknown, which switches zone-aware routing off
 * @param minEndpoints fewer healthy endpoints than this, and calls are not kept in the own locality; 6 in Envoy
 * @param localities what is known about localities beyond their endpoints; may name some that have none
 */
public record SpreadConfig(
        Mode mode,
        int overprovisioningPercent,
        Panic panic,
        String own,
        int minEndpoints,
        List<LocalityConfig> localities) {

    /** What localities of one priority mean. */
    public enum Mode {
        /** Nothing: endpoints are chosen as if all were in one place. */
        NONE,
        /** First a locality is drawn by its weight and health, then one of its endpoints. */
        WEIGHTED,
        /** Calls stay in the own locality as far as it can carry its callers; the rest goes where capacity is left. */
        ZONE_AWARE
    }

    /** What happens when fewer endpoints are healthy than outlier detection's {@code minHealthPercent} asks for. */
    public enum Panic {
        /** All endpoints are used, healthy or not: many that are thought to be ill seldom are. */
        USE_ALL,
        /** Calls are refused, so that those that are left are not run over. Source: Envoy {@code fail_traffic_on_panic}. */
        REFUSE
    }

    /** Envoy's overprovisioning factor: 140 %. */
    public static final int DEFAULT_OVERPROVISIONING_PERCENT = 140;

    /** Envoy's least number of endpoints for zone-aware routing. */
    public static final int DEFAULT_MIN_ENDPOINTS = 6;

    /** Localities mean nothing, priorities spill below 1/1.4, and everybody is used rather than nobody. */
    public static final SpreadConfig DEFAULT = new SpreadConfig(
            Mode.NONE, DEFAULT_OVERPROVISIONING_PERCENT, Panic.USE_ALL, "", DEFAULT_MIN_ENDPOINTS, List.of());

    /** Copies the list and checks ranges. */
    public SpreadConfig {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(panic, "panic");
        Objects.requireNonNull(own, "own");
        localities = List.copyOf(localities);
        if (overprovisioningPercent < 1) {
            throw new IllegalArgumentException(
                    "overprovisioningPercent must be at least 1: " + overprovisioningPercent);
        }
        if (minEndpoints < 0) {
            throw new IllegalArgumentException("minEndpoints must not be negative: " + minEndpoints);
        }
    }

    /**
     * One locality of one priority.
     *
     * <p>Source: Envoy {@code LocalityLbEndpoints}.
     *
     * @param locality {@code region/zone/subzone}, as its endpoints have it
     * @param priority priority of the endpoints meant
     * @param weight its part of the calls relative to the other localities of the priority; 0 for none. Read in mode
     *     {@link Mode#WEIGHTED} only
     * @param callers its part of all processes that call like this one does, in any unit; 0 if none. Read in mode
     *     {@link Mode#ZONE_AWARE} only; if no locality has any, callers are taken to be spread evenly
     */
    public record LocalityConfig(String locality, int priority, long weight, long callers) {

        /** Checks ranges. */
        public LocalityConfig {
            Objects.requireNonNull(locality, "locality");
            if (weight < 0 || weight > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException(
                        "weight of locality \"" + locality + "\" must be 0 to 4294967295: " + weight);
            }
            if (callers < 0 || callers > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException(
                        "callers of locality \"" + locality + "\" must be 0 to 4294967295: " + callers);
            }
        }
    }

    /** {@return this spread with another mode} */
    public SpreadConfig withMode(Mode mode) {
        return new SpreadConfig(mode, overprovisioningPercent, panic, own, minEndpoints, localities);
    }

    /** {@return this spread with another overprovisioning factor, in percent} */
    public SpreadConfig withOverprovisioningPercent(int percent) {
        return new SpreadConfig(mode, percent, panic, own, minEndpoints, localities);
    }

    /** {@return this spread with another panic rule} */
    public SpreadConfig withPanic(Panic panic) {
        return new SpreadConfig(mode, overprovisioningPercent, panic, own, minEndpoints, localities);
    }

    /** {@return this spread for a process in a locality} */
    public SpreadConfig withOwn(String own) {
        return new SpreadConfig(mode, overprovisioningPercent, panic, own, minEndpoints, localities);
    }

    /** {@return this spread with another least number of endpoints for zone-aware routing} */
    public SpreadConfig withMinEndpoints(int minEndpoints) {
        return new SpreadConfig(mode, overprovisioningPercent, panic, own, minEndpoints, localities);
    }

    /** {@return this spread with what is known about localities} */
    public SpreadConfig withLocalities(List<LocalityConfig> localities) {
        return new SpreadConfig(mode, overprovisioningPercent, panic, own, minEndpoints, localities);
    }
}
