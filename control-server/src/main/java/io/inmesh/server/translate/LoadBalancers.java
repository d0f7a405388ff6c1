package io.inmesh.server.translate;

import com.google.protobuf.UInt64Value;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.route.RouteAction.HashPolicy;
import java.util.Optional;

/** {@code loadBalancer}: the algorithm of a cluster, and the hash policy of routes that lead to it. */
final class LoadBalancers {
    private static final int DEFAULT_RING_SIZE = 1024;

    private LoadBalancers() {}

    static void apply(Cluster.Builder cluster, Field loadBalancer) {
        Field hash = loadBalancer.get("consistentHash");
        if (hash.get("maglev").present()) {
            cluster.setLbPolicy(Cluster.LbPolicy.MAGLEV);
            int tableSize = hash.get("maglev").get("tableSize").integer(0);
            if (tableSize > 0) {
                cluster.getMaglevLbConfigBuilder().setTableSize(UInt64Value.of(tableSize));
            }
        } else if (hash.present()) {
            ringHash(cluster, hash);
        } else {
            cluster.setLbPolicy(
                    switch (loadBalancer.get("simple").text()) {
                        case "RANDOM" -> Cluster.LbPolicy.RANDOM;
                        case "ROUND_ROBIN" -> Cluster.LbPolicy.ROUND_ROBIN;
                        default -> Cluster.LbPolicy.LEAST_REQUEST;
                    });
        }
    }

    /** What stock gRPC knows: ring hash, least request if asked for by name, else round robin. */
    static void applyGrpcSafe(Cluster.Builder cluster, Field loadBalancer) {
        Field hash = loadBalancer.get("consistentHash");
        if (hash.present()) {
            ringHash(cluster, hash);
            return;
        }
        boolean leastRequest = loadBalancer.get("simple").text().equals("LEAST_REQUEST");
        cluster.setLbPolicy(leastRequest ? Cluster.LbPolicy.LEAST_REQUEST : Cluster.LbPolicy.ROUND_ROBIN);
    }

    /** How a request's hash is taken, if the load balancer wants one. */
    static Optional<HashPolicy> hashPolicy(Field loadBalancer) {
        Field hash = loadBalancer.get("consistentHash");
        HashPolicy.Builder policy = HashPolicy.newBuilder();
        if (hash.get("httpHeaderName").present()) {
            policy.getHeaderBuilder().setHeaderName(hash.get("httpHeaderName").text());
        } else if (hash.get("httpCookie").present()) {
            Field cookie = hash.get("httpCookie");
            policy.getCookieBuilder()
                    .setName(cookie.get("name").text())
                    .setPath(cookie.get("path").text());
            cookie.get("ttl")
                    .duration()
                    .ifPresent(ttl -> policy.getCookieBuilder().setTtl(Protos.duration(ttl)));
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

    private static void ringHash(Cluster.Builder cluster, Field hash) {
        int size = hash.get("ringHash")
                .get("minimumRingSize")
                .integer(hash.get("minimumRingSize").integer(DEFAULT_RING_SIZE));
        cluster.setLbPolicy(Cluster.LbPolicy.RING_HASH);
        cluster.getRingHashLbConfigBuilder().setMinimumRingSize(UInt64Value.of(size));
    }
}
