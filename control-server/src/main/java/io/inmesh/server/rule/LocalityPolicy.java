package io.inmesh.server.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a traffic policy says about the places of endpoints ({@code localityLbSetting}, {@code zoneAwareLbSetting}).
 *
 * <p>As in Istio, failover between localities is on as soon as outlier detection is, since only then a caller knows who fails; it is
 * switched off with {@code localityLbSetting.enabled: false}. A distribution by weights needs no outlier detection, and excludes
 * failover.
 *
 * @param kind what decides
 * @param distributions the weights of each origin, first match first
 * @param failover region to go to next, by region
 * @param failoverPriority labels, alone or with {@code =} and a value, that better priorities share with the client
 * @param minClusterSize fewest endpoints for zone-aware routing
 */
public record LocalityPolicy(
        Kind kind,
        List<Distribution> distributions,
        Map<String, String> failover,
        List<String> failoverPriority,
        int minClusterSize) {

    /** Envoy's fewest endpoints for zone-aware routing. */
    private static final int DEFAULT_MIN_CLUSTER_SIZE = 6;

    /** Labels whose values can be told from a workload's locality. */
    public static final Set<String> TOPOLOGY_LABELS =
            Set.of("topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone");

    /** Labels that name an application, the first one that is there counts; as in Istio's canonical service. */
    public static final List<String> APPLICATION_LABELS =
            List.of("service.istio.io/canonical-name", "app.kubernetes.io/name", "app");

    /** Places mean nothing. */
    public static final LocalityPolicy OFF =
            new LocalityPolicy(Kind.OFF, List.of(), Map.of(), List.of(), DEFAULT_MIN_CLUSTER_SIZE);

    /** What decides where calls go. */
    public enum Kind {
        /** Nothing does. */
        OFF,
        /** Weights per locality. */
        DISTRIBUTE,
        /** The nearest first, others as those fail. */
        FAILOVER,
        /** The own zone as far as its capacity goes, other regions as the own one fails. */
        ZONE_AWARE
    }

    /**
     * Where calls from one area go.
     *
     * @param from {@code region/zone/subzone}, with stars
     * @param to percentages by {@code region/zone/subzone}, with stars
     */
    public record Distribution(String from, Map<String, Integer> to) {}

    /** Reads what {@code policy} says. */
    public static LocalityPolicy of(TrafficPolicy policy) {
        Field zoneAware = policy.loadBalancer().get("zoneAwareLbSetting");
        if (zoneAware.get("enabled").flag(false)) {
            return new LocalityPolicy(
                    Kind.ZONE_AWARE,
                    List.of(),
                    failover(zoneAware),
                    zoneAware.get("failoverPriority").texts(),
                    zoneAware.get("minClusterSize").integer(DEFAULT_MIN_CLUSTER_SIZE));
        }
        Field setting = policy.loadBalancer().get("localityLbSetting");
        if (!setting.get("enabled").flag(true)) {
            return OFF;
        }
        if (!setting.get("distribute").items().isEmpty()) {
            return new LocalityPolicy(
                    Kind.DISTRIBUTE, distributions(setting), Map.of(), List.of(), DEFAULT_MIN_CLUSTER_SIZE);
        }
        if (policy.outlierDetection().absent()) {
            return OFF;
        }
        return new LocalityPolicy(
                Kind.FAILOVER,
                List.of(),
                failover(setting),
                setting.get("failoverPriority").texts(),
                DEFAULT_MIN_CLUSTER_SIZE);
    }

    /** Whether anything in {@code policy}, at any level, may make the same endpoints rank differently for different clients. */
    static boolean asksAboutPlaces(Field policy) {
        List<Field> levels = new ArrayList<>(policy.get("portLevelSettings").items());
        levels.add(policy);
        return levels.stream()
                .anyMatch(level -> level.get("outlierDetection").present()
                        || level.get("loadBalancer").get("localityLbSetting").present()
                        || level.get("loadBalancer").get("zoneAwareLbSetting").present());
    }

    private static List<Distribution> distributions(Field setting) {
        List<Distribution> distributions = new ArrayList<>();
        for (Field entry : setting.get("distribute").items()) {
            Map<String, Integer> to = new LinkedHashMap<>();
            entry.get("to").members().forEach((locality, percent) -> to.put(locality, percent.integer(0)));
            distributions.add(new Distribution(entry.get("from").text(), to));
        }
        return distributions;
    }

    /** Of several entries for one region the first holds. */
    private static Map<String, String> failover(Field setting) {
        Map<String, String> regions = new LinkedHashMap<>();
        for (Field entry : setting.get("failover").items()) {
            regions.putIfAbsent(entry.get("from").text(), entry.get("to").text());
        }
        return regions;
    }
}
