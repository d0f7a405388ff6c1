package io.inmesh.server.translate;

import com.google.protobuf.Struct;
import io.inmesh.server.rule.ApiPath;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.LocalityPolicy;
import io.inmesh.server.rule.TrafficPolicy;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Resolution;
import io.inmesh.server.service.ServicePort;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.AggregatedConfigSource;
import io.inmesh.xds.core.ApiVersion;
import io.inmesh.xds.core.ConfigSource;
import io.inmesh.xds.core.Metadata;

/** Clusters: one per service, port and subset. */
final class Clusters {
    private Clusters() {}

    static Cluster build(ClientView view, MeshService service, ServicePort port, String subset) {
        String name = ClusterNames.outbound(port.number(), subset, service.fqdn());
        TrafficPolicy policy = view.policy(service, subset, port.number());
        Balancing balancing = view.balancing(service, subset, port.number());
        BackendPolicy backend = BackendPolicy.of(view.backendTrafficPolicy(service));
        Cluster.Builder cluster = Cluster.newBuilder().setName(name).setMetadata(provenance(view, service, subset));
        if (service.resolution() == Resolution.STATIC) {
            cluster.setType(Cluster.DiscoveryType.EDS)
                    .getEdsClusterConfigBuilder()
                    .setEdsConfig(overAds());
        } else {
            DnsClusters.apply(cluster, view, service, port, subset);
        }
        if (view.client().personality() == Personality.GRPC_SAFE) {
            LoadBalancers.applyGrpcSafe(cluster, balancing);
            ConnectionPools.applyGrpcSafe(cluster, policy);
            OutlierDetections.applyGrpcSafe(cluster, policy.outlierDetection(), backend);
            GrpcTls.apply(cluster, view, service, policy.tls());
        } else {
            LoadBalancers.apply(cluster, balancing);
            ConnectionPools.apply(cluster, policy, port.protocol());
            view.backendTrafficPolicy(service).ifPresent(own -> ClientPolicies.apply(cluster, Field.spec(own)));
            Localities.apply(cluster, LocalityPolicy.of(policy), backend.spread());
            OutlierDetections.apply(cluster, policy.outlierDetection(), backend);
            HealthChecks.apply(cluster, backend);
            FailureRateBreakers.apply(cluster, backend);
            TlsContexts.apply(cluster, service, policy.tls(), port.protocol(), view.settings());
        }
        return cluster.build();
    }

    static ConfigSource overAds() {
        return ConfigSource.newBuilder()
                .setAds(AggregatedConfigSource.getDefaultInstance())
                .setResourceApiVersion(ApiVersion.V3)
                .build();
    }

    private static Metadata provenance(ClientView view, MeshService service, String subset) {
        Struct.Builder istio = Struct.newBuilder().putFields("services", Protos.serviceList(service));
        view.destinationRules(service)
                .ifPresent(rules -> istio.putFields(
                        "config",
                        Protos.string(ApiPath.of(rules.sourceOf(subset).key()))));
        if (!subset.isEmpty()) {
            istio.putFields("subset", Protos.string(subset));
        }
        return Metadata.newBuilder().putFilterMetadata("istio", istio.build()).build();
    }
}
