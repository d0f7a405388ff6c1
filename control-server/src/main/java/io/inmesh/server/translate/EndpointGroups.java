package io.inmesh.server.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.rule.LocalityPolicy.Kind;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.Workload;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.LbEndpoint;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The endpoints of one cluster in groups of equal place and turn. Numbers priorities without gaps and keeps the sum of weights of each
 * within 32 bits, without which gRPC refuses the whole resource (gRFC A27).
 */
final class EndpointGroups {
    private static final long MAX_UINT32 = 0xFFFF_FFFFL;

    private final Placement placement;
    private final Map<Key, Group> groups = new TreeMap<>();

    private record Key(int rank, Locality locality) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return Comparator.comparingInt(Key::rank)
                    .thenComparing(Key::locality)
                    .compare(this, other);
        }
    }

    private static final class Group {
        private final List<LbEndpoint> endpoints = new ArrayList<>();
        private long weight;
        private int priority;
    }

    EndpointGroups(Placement placement) {
        this.placement = placement;
    }

    /** Adds an endpoint, unless clients of this placement send nothing to where it is. */
    void add(Workload workload, LbEndpoint endpoint) {
        Locality there = workload.locality();
        if (placement.kind() == Kind.DISTRIBUTE && placement.area(there) < 0) {
            return;
        }
        Group group = groups.computeIfAbsent(new Key(placement.rank(workload), there), key -> new Group());
        group.endpoints.add(endpoint);
        group.weight += workload.weight();
    }

    /** Writes the groups, those that come first first. */
    void writeTo(ClusterLoadAssignment.Builder assignment) {
        numberPriorities();
        if (placement.kind() == Kind.DISTRIBUTE) {
            applyPercentages();
        }
        fitWeights();
        if (placement.overprovisioningPercent() > 0) {
            assignment.getPolicyBuilder().setOverprovisioningFactor(Protos.uint32(placement.overprovisioningPercent()));
        }
        groups.forEach((key, group) -> assignment.addEndpoints(group(key, group)));
        callersElsewhere()
                .forEach(locality -> assignment.addEndpoints(LocalityLbEndpoints.newBuilder()
                        .setLocality(locality(locality))
                        .setMetadata(callers(locality))));
    }

    private void numberPriorities() {
        int priority = -1;
        int rank = -1;
        for (Map.Entry<Key, Group> entry : groups.entrySet()) {
            if (entry.getKey().rank() != rank) {
                rank = entry.getKey().rank();
                priority++;
            }
            entry.getValue().priority = priority;
        }
    }

    /** The percentage of an area is divided among its places by the weights of their endpoints. */
    private void applyPercentages() {
        Map<Integer, Long> totals = new HashMap<>();
        groups.forEach((key, group) -> totals.merge(placement.area(key.locality()), group.weight, Long::sum));
        groups.forEach((key, group) -> {
            int area = placement.area(key.locality());
            double part = (double) group.weight / totals.getOrDefault(area, 1L);
            group.weight = (long) Math.ceil(placement.percentages().get(area).percent() * part);
        });
    }

    private void fitWeights() {
        Map<Integer, Long> sums = new LinkedHashMap<>();
        groups.values().forEach(group -> sums.merge(group.priority, group.weight, Long::sum));
        for (Group group : groups.values()) {
            long sum = sums.getOrDefault(group.priority, 0L);
            if (sum > MAX_UINT32) {
                // Rounded down, and one for what would vanish: fewer groups than that much room is left for.
                group.weight = Math.max(1, (long) (group.weight * ((MAX_UINT32 - groups.size()) / (double) sum)));
            }
        }
    }

    private LocalityLbEndpoints group(Key key, Group group) {
        LocalityLbEndpoints.Builder built = LocalityLbEndpoints.newBuilder()
                .setLocality(locality(key.locality()))
                .addAllLbEndpoints(group.endpoints)
                .setLoadBalancingWeight(Protos.uint32(group.weight))
                .setPriority(group.priority);
        if (group.priority == 0 && placement.callers().containsKey(key.locality())) {
            built.setMetadata(callers(key.locality()));
        }
        return built.build();
    }

    /** Places that calls come from and where no endpoint of the first priority is: they count among the callers all the same. */
    private List<Locality> callersElsewhere() {
        return placement.callers().keySet().stream()
                .filter(locality -> groups.entrySet().stream()
                        .noneMatch(entry -> entry.getValue().priority == 0
                                && entry.getKey().locality().equals(locality)))
                .toList();
    }

    private Metadata callers(Locality locality) {
        double count = placement.callers().getOrDefault(locality, 0L);
        return Metadata.newBuilder()
                .putFilterMetadata(
                        "io.inmesh",
                        Struct.newBuilder()
                                .putFields(
                                        "callers",
                                        Value.newBuilder().setNumberValue(count).build())
                                .build())
                .build();
    }

    private static io.inmesh.xds.core.Locality locality(Locality locality) {
        return io.inmesh.xds.core.Locality.newBuilder()
                .setRegion(locality.region())
                .setZone(locality.zone())
                .setSubZone(locality.subZone())
                .build();
    }
}
