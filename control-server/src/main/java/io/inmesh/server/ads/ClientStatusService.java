package io.inmesh.server.ads;

import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.xds.status.ClientConfig;
import io.inmesh.xds.status.ClientResourceStatus;
import io.inmesh.xds.status.ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceImplBase;
import io.inmesh.xds.status.ClientStatusRequest;
import io.inmesh.xds.status.ClientStatusResponse;
import io.inmesh.xds.status.ConfigStatus;
import io.inmesh.xds.status.UpdateFailureState;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells what clients have been sent and what they made of it (CSDS), so that {@code grpcdebug} works against the server.
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
                .forEach(config -> response.addConfig(message(config, !request.getExcludeResourceContents())));
        return response.build();
    }

    private static ClientConfig message(ProcessConfig process, boolean contents) {
        ClientConfig.Builder config = ClientConfig.newBuilder().setNode(process.node());
        Map<String, TypeStatus> types = new HashMap<>();
        process.process().types().forEach(type -> types.put(type.typeUrl(), type));
        for (HeldResource held : process.held()) {
            ClientConfig.GenericXdsConfig.Builder one = config.addGenericXdsConfigsBuilder()
                    .setTypeUrl(held.typeUrl())
                    .setName(held.name())
                    .setVersionInfo(held.version());
            if (contents && held.resource() != null) {
                one.setXdsConfig(held.resource().any());
            }
            TypeStatus type = types.get(held.typeUrl());
            if (type != null) {
                describe(one, held, type);
            }
        }
        return config.build();
    }

    private static void describe(ClientConfig.GenericXdsConfig.Builder one, HeldResource held, TypeStatus type) {
        boolean rejected = type.state() == TypeStatus.State.REJECTED
                && type.rejectedNames().contains(held.name());
        one.setLastUpdated(timestamp(type.since()));
        if (rejected) {
            one.setConfigStatus(ConfigStatus.ERROR)
                    .setClientStatus(ClientResourceStatus.NACKED)
                    .setErrorState(UpdateFailureState.newBuilder()
                            .setDetails(type.rejection())
                            .setVersionInfo(held.version())
                            .setLastUpdateAttempt(timestamp(type.since())));
        } else if (held.version().isEmpty()) {
            one.setConfigStatus(ConfigStatus.NOT_SENT).setClientStatus(ClientResourceStatus.DOES_NOT_EXIST);
        } else if (type.state() == TypeStatus.State.STALE) {
            one.setConfigStatus(ConfigStatus.STALE).setClientStatus(ClientResourceStatus.REQUESTED);
        } else {
            one.setConfigStatus(ConfigStatus.SYNCED).setClientStatus(ClientResourceStatus.ACKED);
        }
    }

    private static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
