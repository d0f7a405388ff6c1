package io.inmesh.server.explain;

import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.TypeUrls;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;
import java.util.Optional;

/** The inbound side of a workload: which filter chain a connection falls into, and what its filters decide. */
final class Inbound {
    private static final String LISTENER = "inbound";

    private Inbound() {}

    /** Whether the workload lets the request in. */
    static Authorization.Decision decide(
            MeshState state, ClientContext workload, Request request, Connection connection) {
        try {
            Listener listener = Listener.parseFrom(state.resourcesFor(workload)
                    .find(TypeUrls.LISTENER, LISTENER)
                    .orElseThrow()
                    .any()
                    .getValue());
            Optional<FilterChain> chain = chain(listener, connection);
            if (chain.isEmpty()) {
                boolean plaintext = connection.principal().isEmpty();
                return new Authorization.Decision(
                        false, plaintext ? "the workload takes mutual TLS only" : "the workload takes plaintext only");
            }
            HttpConnectionManager manager = HttpConnectionManager.parseFrom(
                    chain.get().getFilters(0).getTypedConfig().getValue());
            return decide(manager, request, connection);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a listener made here cannot be read", e);
        }
    }

    private static Authorization.Decision decide(HttpConnectionManager manager, Request request, Connection connection)
            throws InvalidProtocolBufferException {
        Optional<ClientAddress> client = Authorization.asksForClients(manager.getHttpFiltersList())
                ? ClientAddress.of(manager, request)
                : Optional.empty();
        if (client.isEmpty()) {
            return Authorization.decide(manager.getHttpFiltersList(), request, connection);
        }
        if (!client.get().readable()) {
            return new Authorization.Decision(
                    false, "answered with 400: " + client.get().remark());
        }
        return Authorization.decide(
                        manager.getHttpFiltersList(),
                        request,
                        connection.madeFor(client.get().address()))
                .with(client.get().remark());
    }

    /** Chains of the very port win over chains of every port; a chain with a TLS context wants TLS, one without wants none. */
    private static Optional<FilterChain> chain(Listener listener, Connection connection) {
        boolean tls = !connection.principal().isEmpty();
        boolean ownChains = listener.getFilterChainsList().stream()
                .anyMatch(c -> c.getFilterChainMatch().getDestinationPort().getValue() == connection.destinationPort());
        int port = ownChains ? connection.destinationPort() : 0;
        return listener.getFilterChainsList().stream()
                .filter(c -> c.getFilterChainMatch().getDestinationPort().getValue() == port)
                .filter(c -> c.hasTransportSocket() == tls)
                .findFirst();
    }
}
