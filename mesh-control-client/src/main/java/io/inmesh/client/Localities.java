package io.inmesh.client;

import io.inmesh.xds.core.Locality;

/** Localities as text: {@code region/zone/subzone}, where the parts after the first may be missing. */
final class Localities {

    private Localities() {}

    static Locality parse(String path) {
        String[] parts = path.split("/", 3);
        Locality.Builder locality = Locality.newBuilder().setRegion(parts[0]);
        if (parts.length > 1) {
            locality.setZone(parts[1]);
        }
        if (parts.length > 2) {
            locality.setSubZone(parts[2]);
        }
        return locality.build();
    }
}
