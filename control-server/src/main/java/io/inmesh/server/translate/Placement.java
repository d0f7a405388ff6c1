package io.inmesh.server.translate;

import io.inmesh.server.rule.LocalityPolicy;
import io.inmesh.server.rule.LocalityPolicy.Distribution;
import io.inmesh.server.rule.LocalityPolicy.Kind;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the endpoints of a cluster are ordered for clients in one place. Holds just what the result depends on, so that clients with equal
 * placements share one endpoint resource.
 *
 * @param kind what decides
 * @param own where the clients are; unknown if it does not matter
 * @param byDistance whether the nearest come first
 * @param labels labels an endpoint should have, the most important first
 * @param nextRegion where calls of the own region go when it fails; empty if no region is preferred
 * @param percentages part of the calls by area; empty if endpoints count by their own weights
 * @param callers how many processes call as these clients do, by place; empty if unknown
 * @param overprovisioningPercent when a priority begins to spill; 0 for Envoy's default of 140
 */
record Placement(
        Kind kind,
        Locality own,
        boolean byDistance,
        List<Label> labels,
        String nextRegion,
        List<Area> percentages,
        SortedMap<Locality, Long> callers,
        int overprovisioningPercent) {

    /** All endpoints are equal. */
    static final Placement PLAIN =
            new Placement(Kind.OFF, Locality.UNKNOWN, false, List.of(), "", List.of(), new TreeMap<>(), 0);

    private static final int REGION = 2;
    private static final int FAR = 3;

    /** A label and the value it should have. */
    record Label(String name, String value) {}

    /** An area, {@code region/zone/subzone} with stars, and its percentage. */
    record Area(String pattern, int percent) {}

    /**
     * What {@code policy} comes to for a client.
     *
     * @param callers how many processes call as this client does, by place
     */
    static Placement of(LocalityPolicy policy, ClientContext client, SortedMap<Locality, Long> callers) {
        return switch (policy.kind()) {
            case OFF -> PLAIN;
            case DISTRIBUTE -> distribution(policy, client.locality());
            case FAILOVER -> {
                // Labels of one's own choice replace the order of places, unless failover between regions is asked for
                // on top.
                boolean byDistance = policy.failoverPriority().isEmpty()
                        || !policy.failover().isEmpty();
                yield ordered(policy, client, byDistance, new TreeMap<>());
            }
            case ZONE_AWARE -> ordered(policy, client, true, callers);
        };
    }

    private static Placement ordered(
            LocalityPolicy policy, ClientContext client, boolean byDistance, SortedMap<Locality, Long> callers) {
        Locality own = byDistance ? client.locality() : Locality.UNKNOWN;
        String nextRegion = policy.failover().getOrDefault(own.region(), "");
        return new Placement(policy.kind(), own, byDistance, labels(policy, client), nextRegion, List.of(), callers, 0);
    }

    /** The same, but priorities spill when less than 100 / {@code percent} of them is healthy; 0 for the default. */
    Placement spillingAt(int percent) {
        return percent == overprovisioningPercent
                ? this
                : new Placement(kind, own, byDistance, labels, nextRegion, percentages, callers, percent);
    }

    /** The first distribution whose origin the client is in; endpoints count by their own weights if there is none. */
    private static Placement distribution(LocalityPolicy policy, Locality own) {
        for (Distribution distribution : policy.distributions()) {
            if (own.within(distribution.from())) {
                List<Area> areas = new ArrayList<>();
                distribution.to().forEach((pattern, percent) -> areas.add(new Area(pattern, percent)));
                areas.sort((a, b) -> Integer.compare(precision(b.pattern), precision(a.pattern)));
                return new Placement(
                        Kind.DISTRIBUTE,
                        Locality.UNKNOWN,
                        false,
                        List.of(),
                        "",
                        List.copyOf(areas),
                        new TreeMap<>(),
                        0);
            }
        }
        return PLAIN;
    }

    private static int precision(String pattern) {
        Locality area = Locality.parse(pattern);
        int parts = 0;
        for (String part : List.of(area.region(), area.zone(), area.subZone())) {
            parts += part.isEmpty() || part.equals("*") ? 0 : 1;
        }
        return parts;
    }

    private static List<Label> labels(LocalityPolicy policy, ClientContext client) {
        List<Label> labels = new ArrayList<>();
        for (String entry : policy.failoverPriority()) {
            int equals = entry.indexOf('=');
            String name = equals < 0 ? entry : entry.substring(0, equals);
            String value = equals < 0 ? valueOf(name, client.labels(), client.locality()) : entry.substring(equals + 1);
            labels.add(new Label(name, value));
        }
        return List.copyOf(labels);
    }

    /** A label that nobody wrote but the locality tells has that value. */
    private static String valueOf(String name, Map<String, String> labels, Locality locality) {
        String written = labels.get(name);
        if (written != null) {
            return written;
        }
        return switch (name) {
            case "topology.kubernetes.io/region" -> locality.region();
            case "topology.kubernetes.io/zone" -> locality.zone();
            case "topology.istio.io/subzone" -> locality.subZone();
            default -> "";
        };
    }

    /**
     * How late a workload's turn is: numbers to be compared only, since some of them may have no workload. Labels count first, and of two
     * workloads with the same labels the nearer comes first.
     */
    int rank(Workload workload) {
        return labelRank(workload) * (FAR + 2) + distance(workload.locality());
    }

    /** The number of labels less those matched in a row. */
    private int labelRank(Workload workload) {
        for (int i = 0; i < labels.size(); i++) {
            Label label = labels.get(i);
            if (!label.value().equals(valueOf(label.name(), workload.labels(), workload.locality()))) {
                return labels.size() - i;
            }
        }
        return 0;
    }

    private int distance(Locality there) {
        if (!byDistance) {
            return 0;
        }
        int distance = own.distanceTo(there);
        if (distance == FAR && !nextRegion.isEmpty()) {
            return there.region().equals(nextRegion) ? FAR : FAR + 1;
        }
        // Within the own region, zones are weighed by their capacity rather than tried one after the other.
        return kind == Kind.ZONE_AWARE && distance <= REGION ? 0 : distance;
    }

    /** The position of the first area that a place is in; -1 if it is in none. */
    int area(Locality there) {
        for (int i = 0; i < percentages.size(); i++) {
            if (there.within(percentages.get(i).pattern())) {
                return i;
            }
        }
        return -1;
    }
}
