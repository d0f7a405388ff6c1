package io.inmesh.server.translate;

import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.server.rule.TelemetryRule;
import io.inmesh.xds.core.Address;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.core.TrafficDirection;
import io.inmesh.xds.listener.ApiListener;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Outbound listeners: where a call enters the mesh on the client's side. */
final class OutboundListeners {
    private OutboundListeners() {}

    /** Whoever reached a proxy from elsewhere would call with the identity of its workload. */
    static final String OF_THIS_MACHINE_ALONE = "127.0.0.1";

    private static final String PREFIX = "0.0.0.0_";

    /** The listener of one service port number; its routes are the route configuration of that number. */
    static Listener ofPort(int port, TelemetryRule telemetry) {
        String name = PREFIX + port;
        return Listener.newBuilder()
                .setName(name)
                .setAddress(address(OF_THIS_MACHINE_ALONE, port))
                // Two proxies on one machine would share calls, and so each other's identity.
                .setEnableReusePort(Protos.bool(false))
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(Filter.newBuilder()
                                .setName(HttpFilters.CONNECTION_MANAGER)
                                .setTypedConfig(Protos.pack(
                                        HttpFilters.outbound("outbound_" + name, Integer.toString(port), telemetry)))))
                .build();
    }

    /** {@return those of a set at another address of the machine} */
    static List<VersionedResource> at(String address, Collection<VersionedResource> listeners) {
        List<VersionedResource> moved = new ArrayList<>();
        for (VersionedResource resource : listeners) {
            if (resource.name().startsWith(PREFIX)) {
                moved.add(VersionedResource.of(resource.name(), at(address, resource)));
            }
        }
        return moved;
    }

    private static Listener at(String address, VersionedResource resource) {
        try {
            Listener.Builder listener = Listener.parseFrom(resource.any().getValue()).toBuilder();
            listener.getAddressBuilder().getSocketAddressBuilder().setAddress(address);
            return listener.build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a listener made here cannot be read", e);
        }
    }

    /** The listener a stock gRPC client asks for by the target it was given, such as {@code reviews:9080}. */
    static Listener ofTarget(String target, String routeName) {
        return Listener.newBuilder()
                .setName(target)
                .setApiListener(ApiListener.newBuilder()
                        .setApiListener(Protos.pack(HttpFilters.outbound(routeName, routeName))))
                .build();
    }

    static Address address(String host, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
                .build();
    }
}
