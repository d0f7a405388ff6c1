package io.inmesh.server.ads;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.ControlPlane;
import io.inmesh.xds.discovery.DiscoveryResponse;
import java.util.List;

/**
 * Writes state-of-the-world responses. Listeners and clusters are always complete, since a missing one means that it is gone; of other
 * types only what changed is sent, and a name that is gone cannot be told.
 */
final class StateOfTheWorldOutbound implements Outbound {
    private final ServerCallStreamObserver<DiscoveryResponse> observer;
    private final ControlPlane server;

    StateOfTheWorldOutbound(ServerCallStreamObserver<DiscoveryResponse> observer, ControlPlane server) {
        this.observer = observer;
        this.server = server;
    }

    @Override
    public boolean ready() {
        return observer.isReady();
    }

    @Override
    public boolean tellsRemovals(TypeState state) {
        return PushOrder.root(state.typeUrl());
    }

    @Override
    public Sent send(TypeState state, Update update, String nonce) {
        boolean complete = PushOrder.root(state.typeUrl());
        Update part = complete ? update : update.limitedTo(MAX_RESPONSE_BYTES);
        List<VersionedResource> resources = complete ? state.completed(part) : part.changed();
        state.sent(part);
        DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder()
                .setTypeUrl(state.typeUrl())
                .setNonce(nonce)
                .setVersionInfo(state.version())
                .setControlPlane(server);
        resources.forEach(resource -> response.addResources(resource.any()));
        DiscoveryResponse built = response.build();
        observer.onNext(built);
        return new Sent(part, built.getSerializedSize());
    }

    @Override
    public void sendHealthAnswer(String answer, String nonce) {
        observer.onNext(DiscoveryResponse.newBuilder()
                .setTypeUrl(TypeUrls.HEALTH)
                .setNonce(nonce)
                .setVersionInfo(answer)
                .setControlPlane(server)
                .build());
    }

    @Override
    public void close(Status status) {
        observer.onError(status.asRuntimeException());
    }
}
