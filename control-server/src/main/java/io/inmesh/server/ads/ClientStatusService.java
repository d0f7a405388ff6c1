package io.inmesh.server.ads;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.xds.status.ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceImplBase;
import io.inmesh.xds.status.ClientStatusRequest;
import io.inmesh.xds.status.ClientStatusResponse;
import java.util.Optional;

/**
 * Tells what clients have been sent and what they made of it (CSDS). {@code grpcdebug} takes an answer about one client only, and
 * cannot say which it wants; {@code meshctl csds} asks for it.
 *
 * <p>A workload is told of processes with its own identity only; where nobody can prove who they are, on loopback, of all. A request with a
 * node asks for the client of that id, one without asks for all.
 */
public final class ClientStatusService extends ClientStatusDiscoveryServiceImplBase {

    private final StreamHub hub;
    private final boolean certificateNeeded;

    /**
     * Tells of the clients of {@code hub}.
     *
     * @param certificateNeeded whether callers have to prove who they are
     */
    public ClientStatusService(StreamHub hub, boolean certificateNeeded) {
        this.hub = hub;
        this.certificateNeeded = certificateNeeded;
    }

    @Override
    public void fetchClientStatus(ClientStatusRequest request, StreamObserver<ClientStatusResponse> responses) {
        Optional<WorkloadIdentity> identity = Caller.current().identity();
        if (certificateNeeded && identity.isEmpty()) {
            responses.onError(Status.UNAUTHENTICATED
                    .withDescription("a client certificate of this mesh is needed")
                    .asRuntimeException());
            return;
        }
        responses.onNext(answer(request, identity));
        responses.onCompleted();
    }

    @Override
    public StreamObserver<ClientStatusRequest> streamClientStatus(StreamObserver<ClientStatusResponse> responses) {
        Optional<WorkloadIdentity> identity = Caller.current().identity();
        if (certificateNeeded && identity.isEmpty()) {
            responses.onError(Status.UNAUTHENTICATED
                    .withDescription("a client certificate of this mesh is needed")
                    .asRuntimeException());
        }
        return new StreamObserver<>() {
            @Override
            public void onNext(ClientStatusRequest request) {
                if (!certificateNeeded || identity.isPresent()) {
                    responses.onNext(answer(request, identity));
                }
            }

            @Override
            public void onError(Throwable cause) {
                // Whoever asked is gone.
            }

            @Override
            public void onCompleted() {
                if (!certificateNeeded || identity.isPresent()) {
                    responses.onCompleted();
                }
            }
        };
    }

    private ClientStatusResponse answer(ClientStatusRequest request, Optional<WorkloadIdentity> caller) {
        ClientStatusResponse.Builder response = ClientStatusResponse.newBuilder();
        String wanted = request.getNode().getId();
        hub.configs(process -> (wanted.isEmpty() || wanted.equals(process.nodeId()))
                        && caller.map(who -> who.namespace().equals(process.namespace())
                                        && who.serviceAccount().equals(process.serviceAccount()))
                                .orElse(!certificateNeeded))
                .configs()
                .forEach(
                        config -> response.addConfig(ClientStatuses.of(config, !request.getExcludeResourceContents())));
        return response.build();
    }
}
