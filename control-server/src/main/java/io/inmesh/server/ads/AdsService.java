package io.inmesh.server.ads;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.limit.HangUp;
import io.inmesh.xds.core.ControlPlane;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryResponse;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** Serves both protocols of the aggregated discovery service; what they have in common is in {@link ClientStream}. */
public final class AdsService extends AggregatedDiscoveryServiceImplBase {
    private static final ControlPlane SERVER =
            ControlPlane.newBuilder().setIdentifier("inmesh-control-server").build();

    private final AdsParts parts;
    private final Executor pool;
    private final Admission admission;
    private final boolean certificateNeeded;

    /**
     * @param pool runs what streams do; bounded, shared by all of them
     * @param certificateNeeded whether clients have to prove who they are; without, they can read but not register
     */
    public AdsService(AdsParts parts, Executor pool, boolean certificateNeeded) {
        this.parts = parts;
        this.pool = pool;
        this.admission = new Admission(parts.limits().streamsPerSecond(), parts.timer());
        this.certificateNeeded = certificateNeeded;
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
        return open(responses, false, StateOfTheWorldOutbound::new, ClientRequest::of);
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        return open(responses, true, DeltaOutbound::new, ClientRequest::of);
    }

    private <Q, A> StreamObserver<Q> open(
            StreamObserver<A> responses,
            boolean incremental,
            BiFunction<ServerCallStreamObserver<A>, ControlPlane, Outbound> outbound,
            Function<Q, ClientRequest> reader) {
        Caller caller = Caller.current();
        Status refusal = refusal(caller);
        if (!refusal.isOk()) {
            responses.onError(refusal.asRuntimeException());
            return new Inbound<>(request -> {}, () -> {});
        }
        ServerCallStreamObserver<A> observer = (ServerCallStreamObserver<A>) responses;
        Mailbox mailbox = new Mailbox(pool);
        ClientStream stream = new ClientStream(
                parts, caller, incremental, outbound.apply(observer, SERVER), mailbox, HangUp.current());
        // The next request is asked for when the last one has been dealt with: a client cannot fill the mailbox.
        observer.disableAutoRequest();
        observer.setOnReadyHandler(stream::wake);
        observer.setOnCancelHandler(() -> mailbox.execute(stream::ended));
        observer.request(1);
        return new Inbound<>(
                request -> mailbox.execute(() -> {
                    try {
                        stream.receive(reader.apply(request));
                    } finally {
                        observer.request(1);
                    }
                }),
                () -> mailbox.execute(() -> {
                    if (stream.ended()) {
                        observer.onCompleted();
                    }
                }));
    }

    private Status refusal(Caller caller) {
        if (certificateNeeded && caller.identity().isEmpty()) {
            return Status.UNAUTHENTICATED.withDescription(
                    "a client certificate of this mesh is needed; a join token gives the first one");
        }
        if (caller.certificateExpiry()
                .filter(end -> end.isBefore(parts.clock().instant()))
                .isPresent()) {
            return Status.UNAUTHENTICATED.withDescription(
                    "the client certificate of this connection has expired; connect again with a new one");
        }
        if (parts.hub().leaving()) {
            return StreamHub.LEAVING;
        }
        if (!admission.admit()) {
            return Status.RESOURCE_EXHAUSTED.withDescription(
                    "too many clients connect at this moment; try again shortly, or another server");
        }
        return Status.OK;
    }

    /** Requests and the orderly end of a stream; every other end comes through the cancel handler as well. */
    private record Inbound<Q>(Consumer<Q> requests, Runnable end) implements StreamObserver<Q> {
        @Override
        public void onNext(Q request) {
            requests.accept(request);
        }

        @Override
        public void onError(Throwable cause) {
            // The cancel handler has it.
        }

        @Override
        public void onCompleted() {
            end.run();
        }
    }
}
