package io.inmesh.bench.scale;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import io.inmesh.xds.discovery.Resource;
import io.inmesh.xds.rpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One process's discovery: a connection of its own, the subscriptions of the library in their order, an answer to each response, and after
 * the end of a stream another one that says what is here already, after the waits of the library. It keeps names and versions only.
 */
final class Member {

    private static final double FIRST_MILLIS = 1000;
    private static final double GROWTH = 1.6;
    private static final double MOST_MILLIS = 16_000;
    private static final String OUTBOUND = "0.0.0.0_";
    private static final List<String> TYPES =
            List.of(TypeUrls.SECRET, TypeUrls.CLUSTER, TypeUrls.ENDPOINT, TypeUrls.LISTENER, TypeUrls.ROUTE);

    private final Fleet fleet;
    private final int namespace;
    private final String id;
    private final Map<String, Map<String, String>> held = new HashMap<>();
    private final Map<String, Set<String>> wanted = new HashMap<>();
    private final Set<String> subscribed = new HashSet<>();
    private final Set<String> answered = new HashSet<>();
    private @Nullable ManagedChannel channel;
    private @Nullable StreamObserver<DeltaDiscoveryRequest> requests;
    private DeltaDiscoveryRequest.@Nullable Builder lastReport;
    private double waitMillis = FIRST_MILLIS;
    private int number;
    private boolean current;
    private boolean closed;

    Member(Fleet fleet, int namespace, int number) {
        this.fleet = fleet;
        this.namespace = namespace;
        this.id = "process-" + number;
        TYPES.forEach(type -> held.put(type, new HashMap<>()));
        wanted.put(TypeUrls.SECRET, Set.of("ROOTCA"));
    }

    /** Connects. */
    synchronized void open() {
        if (closed) {
            return;
        }
        int mine = ++number;
        subscribed.clear();
        answered.clear();
        ManagedChannel fresh = fleet.connection(namespace);
        channel = fresh;
        requests = AggregatedDiscoveryServiceGrpc.newStub(fresh).deltaAggregatedResources(new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryResponse response) {
                received(mine, response);
            }

            @Override
            public void onError(Throwable cause) {
                ended(mine);
            }

            @Override
            public void onCompleted() {
                ended(mine);
            }
        });
        TYPES.forEach(this::subscribe);
        if (lastReport != null) {
            send(lastReport);
        }
    }

    /** {@return whether every type has been answered on this stream, and everything named is here} */
    synchronized boolean current() {
        return current;
    }

    /** {@return whether it has a resource} */
    synchronized boolean has(String typeUrl, String name) {
        return versions(typeUrl).containsKey(name);
    }

    /** Says how it is, as an instance of a service. */
    synchronized void report(String service, boolean healthy) {
        DeltaDiscoveryRequest.Builder report =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(TypeUrls.HEALTH).setNode(node(service));
        if (!healthy) {
            report.setErrorDetail(Status.newBuilder().setCode(13).setMessage("part of a measurement"));
        }
        lastReport = report;
        send(report);
    }

    synchronized void close() {
        closed = true;
        current = false;
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    private synchronized void ended(int which) {
        if (which != number || closed) {
            return;
        }
        current = false;
        if (channel != null) {
            channel.shutdownNow();
        }
        double wait = waitMillis * (0.1 + 1.8 * fleet.random().nextDouble());
        waitMillis = Math.min(MOST_MILLIS, waitMillis * GROWTH);
        fleet.timer().schedule(this::open, (long) wait, TimeUnit.MILLISECONDS);
    }

    private synchronized void received(int which, DeltaDiscoveryResponse response) {
        if (which != number || closed) {
            return;
        }
        waitMillis = FIRST_MILLIS;
        String type = response.getTypeUrl();
        if (!held.containsKey(type)) {
            return;
        }
        Watch watch = fleet.watch(this);
        boolean watched = false;
        for (Resource resource : response.getResourcesList()) {
            versions(type).put(fleet.shared(resource.getName()), fleet.shared(resource.getVersion()));
            watched |= watch != null && watch.about(type, resource.getName());
        }
        response.getRemovedResourcesList().forEach(versions(type)::remove);
        answered.add(type);
        if (type.equals(TypeUrls.CLUSTER)) {
            name(TypeUrls.ENDPOINT, versions(type).keySet());
        } else if (type.equals(TypeUrls.LISTENER)) {
            List<String> routes = new ArrayList<>();
            versions(type).keySet().stream()
                    .filter(listener -> listener.startsWith(OUTBOUND))
                    .forEach(listener -> routes.add(fleet.shared(listener.substring(OUTBOUND.length()))));
            name(TypeUrls.ROUTE, routes);
        }
        send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(type).setResponseNonce(response.getNonce()));
        if (watched && watch != null) {
            watch.acknowledged(this);
        }
        current = answered.containsAll(TYPES)
                && versions(TypeUrls.ENDPOINT).keySet().containsAll(names(TypeUrls.ENDPOINT));
    }

    private void name(String type, Iterable<String> names) {
        Set<String> now = new HashSet<>();
        names.forEach(now::add);
        Set<String> before = names(type);
        if (now.equals(before)) {
            return;
        }
        wanted.put(type, now);
        versions(type).keySet().retainAll(now);
        if (!subscribed.contains(type)) {
            subscribe(type);
            return;
        }
        Set<String> added = new HashSet<>(now);
        added.removeAll(before);
        Set<String> dropped = new HashSet<>(before);
        dropped.removeAll(now);
        send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type)
                .addAllResourceNamesSubscribe(added)
                .addAllResourceNamesUnsubscribe(dropped));
    }

    private void subscribe(String type) {
        boolean everything = type.equals(TypeUrls.CLUSTER) || type.equals(TypeUrls.LISTENER);
        if ((everything || !names(type).isEmpty()) && subscribed.add(type)) {
            send(DeltaDiscoveryRequest.newBuilder()
                    .setNode(node(""))
                    .setTypeUrl(type)
                    .addAllResourceNamesSubscribe(names(type))
                    .putAllInitialResourceVersions(versions(type)));
        }
    }

    private Map<String, String> versions(String type) {
        return held.getOrDefault(type, Map.of());
    }

    private Set<String> names(String type) {
        return wanted.getOrDefault(type, Set.of());
    }

    private void send(DeltaDiscoveryRequest.Builder request) {
        StreamObserver<DeltaDiscoveryRequest> open = requests;
        if (open != null) {
            open.onNext(request.build());
        }
    }

    private Node node(String service) {
        String own = service.isEmpty() ? "caller" : service;
        Map<String, Value> metadata = new LinkedHashMap<>();
        metadata.put("NAMESPACE", text(Town.namespace(namespace)));
        metadata.put("SERVICE_ACCOUNT", text(Fleet.ACCOUNT));
        metadata.put("INSTANCE_IPS", text("127.0.0.1"));
        metadata.put("CLUSTER_ID", text("inmesh"));
        metadata.put("WORKLOAD_NAME", text(own + "-v1"));
        metadata.put("INMESH_VERSION", text("benchmark"));
        metadata.put("INMESH_ADDRESS", text("127.0.0.1"));
        metadata.put(
                "INMESH_CONNECTION", Value.newBuilder().setNumberValue(number).build());
        metadata.put("LABELS", struct(Map.of("app", text(own), "version", text("v1"))));
        if (!service.isEmpty()) {
            metadata.put(
                    "INMESH_PORTS",
                    struct(Map.of(
                            "http", Value.newBuilder().setNumberValue(Town.PORT).build())));
        }
        return Node.newBuilder()
                .setId("sidecar~127.0.0.1~" + id + "." + Town.namespace(namespace) + "~" + Town.namespace(namespace)
                        + ".svc.cluster.local")
                .setCluster(own + "." + Town.namespace(namespace))
                .setUserAgentName("inmesh-java")
                .setUserAgentVersion("benchmark")
                .setMetadata(Struct.newBuilder().putAllFields(metadata))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value struct(Map<String, Value> fields) {
        return Value.newBuilder()
                .setStructValue(Struct.newBuilder().putAllFields(fields))
                .build();
    }
}
