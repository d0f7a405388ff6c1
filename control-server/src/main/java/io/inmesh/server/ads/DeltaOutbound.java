package io.inmesh.server.ads;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.ControlPlane;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import io.inmesh.xds.discovery.Resource;

/** Writes incremental responses: what changed and what is gone. */
final class DeltaOutbound implements Outbound {
    private final ServerCallStreamObserver<DeltaDiscoveryResponse> observer;
    private final ControlPlane server;

    DeltaOutbound(ServerCallStreamObserver<DeltaDiscoveryResponse> observer, ControlPlane server) {
        this.observer = observer;
        this.server = server;
    }

    @Override
    public boolean ready() {
        return observer.isReady();
    }

    @Override
    public boolean tellsRemovals(TypeState state) {
        return true;
    }

    @Override
    public Sent send(TypeState state, Update update, String nonce) {
        Update part = update.limitedTo(MAX_RESPONSE_BYTES);
        state.sent(part);
        DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(state.typeUrl())
                .setNonce(nonce)
                .setSystemVersionInfo(state.version())
                .setControlPlane(server)
                .addAllRemovedResources(part.removed());
        part.changed()
                .forEach(resource -> response.addResources(Resource.newBuilder()
                        .setName(resource.name())
                        .setVersion(resource.version())
                        .setResource(resource.any())));
        DeltaDiscoveryResponse built = response.build();
        observer.onNext(built);
        return new Sent(part, built.getSerializedSize());
    }

    @Override
    public void sendHealthAnswer(String answer, String nonce) {
        observer.onNext(DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(TypeUrls.HEALTH)
                .setNonce(nonce)
                .setSystemVersionInfo(answer)
                .setControlPlane(server)
                .build());
    }

    @Override
    public void close(Status status) {
        observer.onError(status.asRuntimeException());
    }
}
