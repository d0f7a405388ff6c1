package io.inmesh.server.registry;

/**
 * Where a workload runs, from the widest to the narrowest area; an empty text means that it is not known.
 *
 * @param region such as {@code eu-central}
 * @param zone such as {@code eu-central-a}
 * @param subZone such as a rack
 */
public record WorkloadLocality(String region, String zone, String subZone) {
    /** Nothing known. */
    public static final WorkloadLocality UNKNOWN = new WorkloadLocality("", "", "");
}
