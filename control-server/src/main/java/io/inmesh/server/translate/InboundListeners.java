package io.inmesh.server.translate;

import io.inmesh.server.rule.MtlsMode;
import io.inmesh.server.rule.PeerAuthentications;
import io.inmesh.server.rule.Rules;
import io.inmesh.server.rule.TelemetryRule;
import io.inmesh.server.service.Workload;
import io.inmesh.xds.core.TrafficDirection;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.FilterChainMatch;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.route.NonForwardingAction;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.RouteMatch;
import io.inmesh.xds.route.VirtualHost;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.DownstreamTlsContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The inbound side of a workload: what it accepts, and who may call what. */
final class InboundListeners {
    /** Name of the one inbound listener of a full client. */
    static final String NAME = "inbound";

    /** What a stock gRPC server puts before its own address and port to ask for its listener. */
    static final String GRPC_PREFIX = "xds.istio.io/grpc/lds/inbound/";

    private static final int VIRTUAL_INBOUND_PORT = 15006;
    private static final int EVERY_PORT = 0;

    /** Requests end in the application that asks. */
    private static final Route NO_ROUTE = Route.newBuilder()
            .setNonForwardingAction(NonForwardingAction.getDefaultInstance())
            .build();

    private InboundListeners() {}

    /** The inbound listener of workloads like {@code client}. */
    static Listener full(Rules rules, ClientContext client) {
        PeerAuthentications.Effective accepted =
                rules.peerAuthentications().effective(client.namespace(), client.labels());
        // Istio's address of what comes in. Nobody listens there: the application has its own socket. Envoy wants one
        // all the same.
        Listener.Builder listener = Listener.newBuilder()
                .setName(NAME)
                .setAddress(OutboundListeners.address("0.0.0.0", VIRTUAL_INBOUND_PORT))
                .setBindToPort(Protos.bool(false))
                .setTrafficDirection(TrafficDirection.INBOUND);
        accepted.byPort().forEach((port, mode) -> addChains(listener, rules, client, mode, port));
        addChains(listener, rules, client, accepted.mode(), EVERY_PORT);
        return listener.build();
    }

    /** The listener of a stock gRPC server at {@code host:port}, which can speak either TLS or plaintext, never both. */
    static Listener grpc(Rules rules, ClientContext client, String name, String host, int port) {
        boolean tls = grpcModeAt(rules, client, port) == MtlsMode.STRICT;
        FilterChain.Builder chain = FilterChain.newBuilder()
                .setName(tls ? "inbound-mtls" : "inbound-plaintext")
                .addFilters(filter(manager(rules, client, port, NO_ROUTE)));
        if (tls) {
            chain.setTransportSocket(TlsContexts.socket(GrpcTls.inbound()));
        }
        return Listener.newBuilder()
                .setName(name)
                .setAddress(OutboundListeners.address(host, port))
                .setTrafficDirection(TrafficDirection.INBOUND)
                .addFilterChains(chain)
                .build();
    }

    /** What a stock gRPC server does for its effective mode: PERMISSIVE is TLS if the workload says that it speaks it, else plaintext. */
    static MtlsMode grpcModeAt(Rules rules, ClientContext client, int port) {
        MtlsMode mode = rules.peerAuthentications()
                .effective(client.namespace(), client.labels())
                .at(port);
        if (mode != MtlsMode.PERMISSIVE) {
            return mode;
        }
        boolean speaksTls = TlsContexts.ISTIO_MUTUAL.equals(client.labels().get(Workload.TLS_MODE_LABEL));
        return speaksTls ? MtlsMode.STRICT : MtlsMode.DISABLE;
    }

    private static void addChains(
            Listener.Builder listener, Rules rules, ClientContext client, MtlsMode mode, int port) {
        addChains(listener, filter(manager(rules, client, port, NO_ROUTE)), mode, port, mutualTls(List.of()));
    }

    /** A chain for each way of connecting that is accepted. */
    static void addChains(Listener.Builder listener, Filter manager, MtlsMode mode, int port, TransportSocket tls) {
        boolean both = mode == MtlsMode.PERMISSIVE;
        if (mode != MtlsMode.DISABLE) {
            listener.addFilterChains(chain(manager, port, both ? "tls" : "", tls));
        }
        if (mode != MtlsMode.STRICT) {
            listener.addFilterChains(chain(manager, port, both ? "raw_buffer" : "", null));
        }
    }

    private static FilterChain chain(Filter manager, int port, String transport, @Nullable TransportSocket socket) {
        FilterChain.Builder chain = FilterChain.newBuilder()
                .setName((socket == null ? "inbound-plaintext" : "inbound-mtls")
                        + (port == EVERY_PORT ? "" : "-" + port))
                .addFilters(manager);
        FilterChainMatch.Builder match = FilterChainMatch.newBuilder().setTransportProtocol(transport);
        if (port != EVERY_PORT) {
            match.setDestinationPort(Protos.uint32(port));
        }
        if (port != EVERY_PORT || !transport.isEmpty()) {
            chain.setFilterChainMatch(match);
        }
        if (socket != null) {
            chain.setTransportSocket(socket);
        }
        return chain.build();
    }

    /**
     * Mutual TLS with callers of the mesh.
     *
     * @param protocols what may be agreed on by ALPN, best first; none leaves that to the server
     */
    static TransportSocket mutualTls(List<String> protocols) {
        CommonTlsContext.Builder common = CommonTlsContext.newBuilder()
                .setTlsParams(TlsContexts.WITHIN_THE_MESH)
                .addTlsCertificateSdsSecretConfigs(TlsContexts.secret("default"))
                .addAllAlpnProtocols(protocols);
        common.getCombinedValidationContextBuilder()
                .setDefaultValidationContext(CertificateValidationContext.getDefaultInstance())
                .setValidationContextSdsSecretConfig(TlsContexts.secret("ROOTCA"));
        return TlsContexts.socket(DownstreamTlsContext.newBuilder()
                .setCommonTlsContext(common)
                .setRequireClientCertificate(Protos.bool(true))
                .build());
    }

    /**
     * What guards requests to a port of the workload.
     *
     * @param route what becomes of those that are let in
     */
    static HttpConnectionManager.Builder manager(Rules rules, ClientContext client, int port, Route route) {
        VirtualHost host = VirtualHost.newBuilder()
                .setName("inbound|http|" + port)
                .addDomains("*")
                .addRoutes(route.toBuilder()
                        .setName("default")
                        .setMatch(RouteMatch.newBuilder().setPrefix("/")))
                .build();
        HttpConnectionManager.Builder manager = HttpConnectionManager.newBuilder()
                .setStatPrefix("inbound_" + port)
                .setRouteConfig(RouteConfiguration.newBuilder()
                        .setName("inbound|" + port + "||")
                        .addVirtualHosts(host))
                .addAllHttpFilters(
                        JwtFilter.of(rules, client.namespace(), client.labels(), client.personality()).stream()
                                .toList())
                .addAllHttpFilters(RbacFilters.of(rules, client.namespace(), client.labels(), client.personality()))
                .addAllHttpFilters(
                        InboundTrafficFilters.of(rules, client.namespace(), client.labels(), client.personality()));
        if (client.personality() == Personality.FULL) {
            // Stock gRPC refuses a listener that believes forwarders; its rules about clients are made stricter
            // instead.
            ClientAddresses.set(
                    manager, rules.inboundTrafficPolicies().forwarders(client.namespace(), client.labels()));
            TelemetryParts.addTo(
                    manager,
                    rules.telemetries().effective(client.namespace(), client.labels(), TelemetryRule.Side.SERVER));
        }
        return manager.addHttpFilters(HttpFilters.router());
    }

    static Filter filter(HttpConnectionManager.Builder manager) {
        return Filter.newBuilder()
                .setName(HttpFilters.CONNECTION_MANAGER)
                .setTypedConfig(Protos.pack(manager.build()))
                .build();
    }
}
