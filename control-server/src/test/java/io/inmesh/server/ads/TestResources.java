package io.inmesh.server.ads;

import com.google.protobuf.Message;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.Address;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.Endpoint;
import io.inmesh.xds.endpoint.LbEndpoint;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.route.RouteConfiguration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Resources that a test makes up and changes at will; all clients see the same. */
final class TestResources implements ResourceSource {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final SortedMap<String, VersionedResource> resources = new TreeMap<>();
    private ResourceSet set = ResourceSet.empty();
    private boolean failing;

    @Override
    public synchronized ResourceSet resourcesFor(ClientContext client) {
        if (failing) {
            throw new IllegalStateException("this failure is part of a test");
        }
        return set;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** One change: these resources come or change. */
    void put(VersionedResource... changed) {
        change(Map.of(), List.of(changed));
    }

    /** One change: these resources go, those come. */
    void replace(List<VersionedResource> gone, List<VersionedResource> come) {
        Map<String, VersionedResource> removed = new TreeMap<>();
        gone.forEach(resource -> removed.put(key(resource), resource));
        change(removed, come);
    }

    void remove(VersionedResource... gone) {
        replace(List.of(gone), List.of());
    }

    /** From now on nobody gets resources. */
    void fail(boolean fail) {
        synchronized (this) {
            failing = fail;
        }
        listeners.forEach(Runnable::run);
    }

    private void change(Map<String, VersionedResource> removed, List<VersionedResource> come) {
        synchronized (this) {
            resources.keySet().removeAll(removed.keySet());
            come.forEach(resource -> resources.put(key(resource), resource));
            ResourceSet.Builder builder = ResourceSet.builder();
            resources.values().forEach(builder::add);
            set = builder.build();
        }
        listeners.forEach(Runnable::run);
    }

    private static String key(VersionedResource resource) {
        return resource.typeUrl() + "/" + resource.name();
    }

    static VersionedResource cluster(String name, String version) {
        return of(
                name, Cluster.newBuilder().setName(name).setAltStatName(version).build());
    }

    static VersionedResource listener(String name, String version) {
        return of(
                name, Listener.newBuilder().setName(name).setStatPrefix(version).build());
    }

    static VersionedResource routes(String name, String version) {
        return of(
                name,
                RouteConfiguration.newBuilder()
                        .setName(name)
                        .addRequestHeadersToRemove(version)
                        .build());
    }

    static VersionedResource endpoints(String name, String... addresses) {
        LocalityLbEndpoints.Builder locality = LocalityLbEndpoints.newBuilder();
        for (String address : addresses) {
            SocketAddress socket = SocketAddress.newBuilder()
                    .setAddress(address)
                    .setPortValue(9080)
                    .build();
            locality.addLbEndpoints(LbEndpoint.newBuilder()
                    .setEndpoint(Endpoint.newBuilder()
                            .setAddress(Address.newBuilder().setSocketAddress(socket))));
        }
        return of(
                name,
                ClusterLoadAssignment.newBuilder()
                        .setClusterName(name)
                        .addEndpoints(locality)
                        .build());
    }

    private static VersionedResource of(String name, Message message) {
        return VersionedResource.of(name, message);
    }
}
