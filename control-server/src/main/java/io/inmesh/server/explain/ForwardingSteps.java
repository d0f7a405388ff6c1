package io.inmesh.server.explain;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import io.inmesh.server.service.Locality;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.ClusterNames;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.TypeUrls;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.HealthStatus;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.LbEndpoint;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import io.inmesh.xds.filter.fault.HTTPFault;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteAction;
import io.inmesh.xds.route.WeightedCluster;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From the matched route to the workload: faults, clusters, endpoints, authorization. */
final class ForwardingSteps {
    private static final String FAULT = "envoy.filters.http.fault";

    private final MeshState state;
    private final Caller caller;
    private final Request request;
    private final ResourceSet resources;
    private final List<Step> steps;
    private int missingStatus;
    private int callable;
    private int letIn;

    ForwardingSteps(MeshState state, Caller caller, Request request, ResourceSet resources, List<Step> steps) {
        this.state = state;
        this.caller = caller;
        this.request = request;
        this.resources = resources;
        this.steps = steps;
    }

    String follow(Route route) throws InvalidProtocolBufferException {
        fault(route);
        switch (route.getActionCase()) {
            case REDIRECT -> {
                return "answered with a redirect by the caller's own side";
            }
            case DIRECT_RESPONSE -> {
                return "answered with " + route.getDirectResponse().getStatus() + " by the caller's own side";
            }
            default -> {}
        }
        missingStatus = route.getRoute().getClusterNotFoundResponseCode()
                        == RouteAction.ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR
                ? 500
                : 503;
        steps.addAll(RoutePolicy.steps(route));
        Map<String, Integer> clusters = clusters(route);
        if (clusters.keySet().stream()
                .allMatch(name -> ClusterNames.unresolvedReason(name).isPresent())) {
            for (Map.Entry<String, Integer> cluster : clusters.entrySet()) {
                cluster(cluster.getKey(), cluster.getValue(), clusters.size());
            }
            return "answered with " + missingStatus
                    + " by the caller's own side: no backend of the rule can be resolved";
        }
        for (Map.Entry<String, Integer> cluster : clusters.entrySet()) {
            cluster(cluster.getKey(), cluster.getValue(), clusters.size());
        }
        String where = String.join(" or ", clusters.keySet());
        if (callable == 0) {
            return "answered with 503: no endpoint of " + where + " takes calls";
        }
        if (letIn == 0) {
            return "sent to " + where + " and refused there";
        }
        return "sent to " + where + ": " + letIn + " of " + callable + " endpoints take it";
    }

    private void fault(Route route) throws InvalidProtocolBufferException {
        if (!route.containsTypedPerFilterConfig(FAULT)) {
            return;
        }
        HTTPFault fault =
                HTTPFault.parseFrom(route.getTypedPerFilterConfigOrThrow(FAULT).getValue());
        String source = Explainer.source(route.getMetadata());
        if (fault.hasDelay()) {
            int share = fault.getDelay().getPercentage().getNumerator();
            long millis = fault.getDelay().getFixedDelay().getSeconds() * 1000
                    + fault.getDelay().getFixedDelay().getNanos() / 1_000_000;
            steps.add(new Step(Step.Stage.FAULT, "delay " + millis + "ms", share > 0, percent(share), source));
        }
        if (fault.hasAbort()) {
            int share = fault.getAbort().getPercentage().getNumerator();
            String what = fault.getAbort().hasGrpcStatus()
                    ? "abort with gRPC status " + fault.getAbort().getGrpcStatus()
                    : "abort with " + fault.getAbort().getHttpStatus();
            steps.add(new Step(Step.Stage.FAULT, what, share > 0, percent(share), source));
        }
    }

    private static String percent(int millionths) {
        return millionths / 10_000.0 + " % of calls";
    }

    private static Map<String, Integer> clusters(Route route) {
        Map<String, Integer> clusters = new LinkedHashMap<>();
        if (route.getRoute().hasWeightedClusters()) {
            for (WeightedCluster.ClusterWeight entry :
                    route.getRoute().getWeightedClusters().getClustersList()) {
                clusters.merge(entry.getName(), entry.getWeight().getValue(), Integer::sum);
            }
        } else {
            clusters.put(route.getRoute().getCluster(), 1);
        }
        return clusters;
    }

    private void cluster(String name, int weight, int clusters) throws InvalidProtocolBufferException {
        Optional<VersionedResource> found = resources.find(TypeUrls.CLUSTER, name);
        if (found.isEmpty()) {
            steps.add(new Step(
                    Step.Stage.CLUSTER,
                    name,
                    false,
                    ClusterNames.unresolvedReason(name)
                            .map(reason -> "stands for a backend that leads nowhere (" + reason
                                    + "); its share, weight " + weight + ", is answered with " + missingStatus)
                            .orElse("does not exist: no such service, port or subset is visible"),
                    ""));
            return;
        }
        Cluster cluster = Cluster.parseFrom(found.get().any().getValue());
        String why = clusters == 1 ? "the only destination" : "weight " + weight;
        steps.add(new Step(
                Step.Stage.CLUSTER,
                name,
                true,
                why + ", " + cluster.getLbPolicy(),
                Explainer.source(cluster.getMetadata())));
        ClusterLoadAssignment endpoints = cluster.hasLoadAssignment()
                ? cluster.getLoadAssignment()
                : ClusterLoadAssignment.parseFrom(resources
                        .find(TypeUrls.ENDPOINTS, name)
                        .orElseThrow()
                        .any()
                        .getValue());
        for (LocalityLbEndpoints locality : endpoints.getEndpointsList()) {
            for (LbEndpoint endpoint : locality.getLbEndpointsList()) {
                endpoint(cluster, endpoint, place(locality));
            }
        }
    }

    /** {@code priority 1, locality eu/a}, or nothing where there is nothing to tell. */
    private static String place(LocalityLbEndpoints group) {
        Locality locality = new Locality(
                group.getLocality().getRegion(),
                group.getLocality().getZone(),
                group.getLocality().getSubZone());
        String priority =
                group.getPriority() == 0 ? "" : ", priority " + group.getPriority() + ": only as nearer ones fail";
        return (locality.equals(Locality.UNKNOWN) ? "" : ", locality " + locality) + priority;
    }

    private void endpoint(Cluster cluster, LbEndpoint endpoint, String place) {
        SocketAddress socket = endpoint.getEndpoint().getAddress().getSocketAddress();
        String address = socket.getAddress() + ":" + socket.getPortValue();
        boolean healthy = endpoint.getHealthStatus() == HealthStatus.HEALTHY;
        steps.add(new Step(
                Step.Stage.ENDPOINT,
                address,
                healthy,
                endpoint.getHealthStatus().name() + place,
                ""));
        if (!healthy) {
            return;
        }
        callable++;
        Map<String, Struct> metadata = endpoint.getMetadata().getFilterMetadataMap();
        Struct own = metadata.getOrDefault("inmesh", Struct.getDefaultInstance());
        if (!own.containsFields("labels") || !metadata.containsKey("istio")) {
            letIn++;
            return;
        }
        Map<String, String> labels = new HashMap<>();
        own.getFieldsOrThrow("labels")
                .getStructValue()
                .getFieldsMap()
                .forEach((key, value) -> labels.put(key, value.getStringValue()));
        String[] workload = metadata.getOrDefault("istio", Struct.getDefaultInstance())
                .getFieldsOrThrow("workload")
                .getStringValue()
                .split(";", -1);
        boolean tls = cluster.hasTransportSocket()
                ? OwnTls.of(cluster.getTransportSocket())
                : cluster.getTransportSocketMatchesCount() > 0 && metadata.containsKey("envoy.transport_socket_match");
        String namespace = workload[1];
        Connection connection = new Connection(
                tls ? state.rules().settings().spiffeId(caller.namespace(), caller.serviceAccount()) : "",
                "",
                socket.getAddress(),
                socket.getPortValue(),
                "");
        ClientContext context = new ClientContext(
                namespace,
                labels,
                namespace + ".svc." + state.rules().settings().clusterDomain(),
                Personality.FULL);
        Authorization.Decision decision = Inbound.decide(state, context, request, connection);
        steps.add(new Step(
                Step.Stage.AUTHORIZATION,
                address
                        + (tls
                                ? " over mutual TLS"
                                : cluster.hasTransportSocket()
                                        ? " over TLS without an identity of the mesh"
                                        : " over plaintext"),
                decision.allowed(),
                decision.reason(),
                ""));
        decision.remarks()
                .forEach(remark ->
                        steps.add(new Step(Step.Stage.AUTHORIZATION, address, decision.allowed(), remark, "")));
        letIn += decision.allowed() ? 1 : 0;
        if (decision.allowed()) {
            TrafficLimits.of(state.rules(), context, address).ifPresent(steps::add);
        }
    }
}
