package io.inmesh.server.ads;

import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.rpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A discovery request of either protocol.
 *
 * @param node who sends it; null if the request does not say
 * @param typeUrl the type it is about
 * @param nonce of the response it answers; empty if it answers none
 * @param error why it rejects that response; null if it accepts it
 * @param subscription what it changes about the subscription
 * @param complete whether it lists all names, so that one overtaken by a later response can be left aside: its sender will list them again
 */
record ClientRequest(
        @Nullable Node node,
        String typeUrl,
        String nonce,
        @Nullable Status error,
        Consumer<TypeState> subscription,
        boolean complete) {

    static ClientRequest of(DiscoveryRequest request) {
        return new ClientRequest(
                request.hasNode() ? request.getNode() : null,
                request.getTypeUrl(),
                request.getResponseNonce(),
                request.hasErrorDetail() ? request.getErrorDetail() : null,
                state -> state.replace(request.getResourceNamesList()),
                true);
    }

    static ClientRequest of(DeltaDiscoveryRequest request) {
        return new ClientRequest(
                request.hasNode() ? request.getNode() : null,
                request.getTypeUrl(),
                request.getResponseNonce(),
                request.hasErrorDetail() ? request.getErrorDetail() : null,
                state -> state.change(
                        request.getResourceNamesSubscribeList(),
                        request.getResourceNamesUnsubscribeList(),
                        request.getInitialResourceVersionsMap()),
                false);
    }
}
