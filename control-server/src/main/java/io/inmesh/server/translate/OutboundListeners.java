package io.inmesh.server.translate;

import io.inmesh.server.rule.TelemetryRule;
import io.inmesh.xds.core.Address;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.core.TrafficDirection;
import io.inmesh.xds.listener.ApiListener;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;

/** Outbound listeners: where a call enters the mesh on the client's side. */
final class OutboundListeners {
    private OutboundListeners() {}

    /** The listener of one service port number; its routes are the route configuration of that number. */
    static Listener ofPort(int port, TelemetryRule telemetry) {
        String name = "0.0.0.0_" + port;
        return Listener.newBuilder()
                .setName(name)
                .setAddress(address("0.0.0.0", port))
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(Filter.newBuilder()
                                .setName(HttpFilters.CONNECTION_MANAGER)
                                .setTypedConfig(Protos.pack(
                                        HttpFilters.outbound("outbound_" + name, Integer.toString(port), telemetry)))))
                .build();
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
