package io.inmesh.server.translate;

import com.google.protobuf.UInt64Value;
import com.google.protobuf.Value;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.RuntimeDouble;
import io.inmesh.xds.route.RouteAction.HashPolicy;
import io.inmesh.xds.type.Percent;
import java.util.List;
import java.util.Optional;

/** The algorithm of a cluster, and the hash policies of routes that lead to it. */
final class LoadBalancers {
    private static final int DEFAULT_RING_SIZE = 1024;

    /** How many endpoints of a priority a client uses; Envoy has no such thing. */
    private static final String SUBSET_SIZE = "subset_size";

    private static final double DEFAULT_MINIMUM_PERCENT = 10;

    private LoadBalancers() {}

    static void apply(Cluster.Builder cluster, Balancing balancing) {
        switch (balancing.algorithm()) {
            case "MAGLEV" -> maglev(cluster, balancing);
            case "RING_HASH" -> ringHash(cluster, balancing);
            case "PEAK_EWMA", "PROBING" -> LearningPolicies.apply(cluster, balancing);
            case "RANDOM" -> cluster.setLbPolicy(Cluster.LbPolicy.RANDOM);
            case "ROUND_ROBIN" -> {
                cluster.setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN);
                slowStart(balancing.rule())
                        .ifPresent(
                                ramp -> cluster.getRoundRobinLbConfigBuilder().setSlowStartConfig(ramp));
            }
            default -> {
                cluster.setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST);
                slowStart(balancing.rule())
                        .ifPresent(
                                ramp -> cluster.getLeastRequestLbConfigBuilder().setSlowStartConfig(ramp));
            }
        }
        int subset = balancing.policy().get("subsetting").get("size").integer(0);
        if (subset > 0) {
            MeshMetadata.put(
                    cluster,
                    SUBSET_SIZE,
                    Value.newBuilder().setNumberValue(subset).build());
        }
        if (balancing.hashes()) {
            boundedLoad(cluster, balancing.policy().get("boundedLoad").get("factor"));
        }
    }

    /** What stock gRPC knows: ring hash, least request if asked for by name, else round robin. */
    static void applyGrpcSafe(Cluster.Builder cluster, Balancing balancing) {
        if (balancing.hashes()) {
            ringHash(cluster, balancing);
            return;
        }
        cluster.setLbPolicy(
                balancing.leastRequestByName() ? Cluster.LbPolicy.LEAST_REQUEST : Cluster.LbPolicy.ROUND_ROBIN);
    }

    /** How a request's hash is taken, in order; empty if the load balancer wants none. */
    static List<HashPolicy> hashPolicies(Balancing balancing) {
        return balancing.hashKeys().stream()
                .map(LoadBalancers::hashPolicy)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<HashPolicy> hashPolicy(Field hash) {
        HashPolicy.Builder policy =
                HashPolicy.newBuilder().setTerminal(hash.get("terminal").flag(false));
        if (hash.get("httpHeaderName").present()) {
            policy.getHeaderBuilder().setHeaderName(hash.get("httpHeaderName").text());
        } else if (hash.get("httpCookie").present()) {
            cookie(policy.getCookieBuilder(), hash.get("httpCookie"));
        } else if (hash.get("useSourceIp").flag(false)) {
            policy.getConnectionPropertiesBuilder().setSourceIp(true);
        } else if (hash.get("httpQueryParameterName").present()) {
            policy.getQueryParameterBuilder()
                    .setName(hash.get("httpQueryParameterName").text());
        } else {
            return Optional.empty();
        }
        return Optional.of(policy.build());
    }

    private static void cookie(HashPolicy.Cookie.Builder policy, Field cookie) {
        policy.setName(cookie.get("name").text()).setPath(cookie.get("path").text());
        cookie.get("ttl").duration().ifPresent(ttl -> policy.setTtl(Protos.duration(ttl)));
        for (Field attribute : cookie.get("attributes").items()) {
            policy.addAttributes(HashPolicy.CookieAttribute.newBuilder()
                    .setName(attribute.get("name").text())
                    .setValue(attribute.get("value").text()));
        }
    }

    /** Istio's {@code warmup}, or its deprecated form, which knows the duration only. */
    private static Optional<Cluster.SlowStartConfig> slowStart(Field loadBalancer) {
        Field warmup = loadBalancer.get("warmup");
        Field duration = warmup.present() ? warmup.get("duration") : loadBalancer.get("warmupDurationSecs");
        return duration.duration()
                .map(window -> Cluster.SlowStartConfig.newBuilder()
                        .setSlowStartWindow(Protos.duration(window))
                        .setAggression(RuntimeDouble.newBuilder()
                                .setDefaultValue(
                                        warmup.get("aggression").decimal().orElse(1)))
                        .setMinWeightPercent(Percent.newBuilder()
                                .setValue(warmup.get("minimumPercent").decimal().orElse(DEFAULT_MINIMUM_PERCENT)))
                        .build());
    }

    private static void maglev(Cluster.Builder cluster, Balancing balancing) {
        cluster.setLbPolicy(Cluster.LbPolicy.MAGLEV);
        int tableSize = balancing.settings("maglev").get("tableSize").integer(0);
        if (tableSize > 0) {
            cluster.getMaglevLbConfigBuilder().setTableSize(UInt64Value.of(tableSize));
        }
    }

    private static void ringHash(Cluster.Builder cluster, Balancing balancing) {
        Field ring = balancing.settings("ringHash");
        int deprecated =
                balancing.rule().get("consistentHash").get("minimumRingSize").integer(DEFAULT_RING_SIZE);
        cluster.setLbPolicy(Cluster.LbPolicy.RING_HASH);
        cluster.getRingHashLbConfigBuilder()
                .setMinimumRingSize(UInt64Value.of(ring.get("minimumRingSize").integer(deprecated)));
        ring.get("maximumRingSize")
                .integer()
                .ifPresent(size -> cluster.getRingHashLbConfigBuilder().setMaximumRingSize(UInt64Value.of(size)));
    }

    private static void boundedLoad(Cluster.Builder cluster, Field factor) {
        factor.decimal()
                .ifPresent(value -> cluster.getCommonLbConfigBuilder()
                        .getConsistentHashingLbConfigBuilder()
                        .setHashBalanceFactor(Protos.uint32(Math.round(value * 100))));
    }
}
