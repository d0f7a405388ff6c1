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

    /**
     * Whether this is in the area {@code pattern} names: {@code region/zone/subzone}, where a star or nothing stands for any.
     */
    public boolean within(String pattern) {
        Locality area = parse(pattern);
        return (area.region.equals("*") || area.region.equals(region))
                && any(area.zone, zone)
                && any(area.subZone, subZone);
    }

    private static boolean any(String wanted, String part) {
        return wanted.isEmpty() || wanted.equals("*") || wanted.equals(part);
    }

    /** How far {@code other} is: 0 if it is the same, 1 if only the zone is, 2 if only the region is, 3 if not even that. */
    public int distanceTo(Locality other) {
        if (!region.equals(other.region)) {
            return 3;
        }
        if (!zone.equals(other.zone)) {
            return 2;
        }
        return subZone.equals(other.subZone) ? 0 : 1;
    }

    @Override
    public int compareTo(Locality other) {
        int byRegion = region.compareTo(other.region);
        int byZone = byRegion != 0 ? byRegion : zone.compareTo(other.zone);
        return byZone != 0 ? byZone : subZone.compareTo(other.subZone);
    }

    /** {@code region/zone/subzone}, without the parts after the last one known. */
    @Override
    public String toString() {
        String whole = region + "/" + zone + "/" + subZone;
        int end = whole.length();
        while (end > 0 && whole.charAt(end - 1) == '/') {
            end--;
        }
        return whole.substring(0, end);
    }
}
