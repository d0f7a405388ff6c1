package io.inmesh.server.service;

/**
 * Where a workload runs. Parts may be empty.
 *
 * @param region the largest area
 * @param zone a zone of the region
 * @param subZone a part of the zone
 */
public record Locality(String region, String zone, String subZone) implements Comparable<Locality> {
    /** Not known. */
    public static final Locality UNKNOWN = new Locality("", "", "");

    /** Reads {@code region/zone/subzone}; missing parts are empty. */
    public static Locality parse(String text) {
        String[] parts = text.split("/", 3);
        return new Locality(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
    }

    @Override
    public int compareTo(Locality other) {
        int byRegion = region.compareTo(other.region);
        int byZone = byRegion != 0 ? byRegion : zone.compareTo(other.zone);
        return byZone != 0 ? byZone : subZone.compareTo(other.subZone);
    }
}
