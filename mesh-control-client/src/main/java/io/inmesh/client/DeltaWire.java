package io.inmesh.client;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import io.inmesh.xds.discovery.Resource;
import io.inmesh.xds.rpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Incremental xDS: only what changed travels. */
final class DeltaWire implements Wire {

    private final StreamObserver<DeltaDiscoveryRequest> requests;

    DeltaWire(AggregatedDiscoveryServiceStub stub, Events events) {
        requests = stub.deltaAggregatedResources(
                new ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse>() {
                    @Override
                    public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> call) {
                        call.setOnReadyHandler(events::begun);
                    }

                    @Override
                    public void onNext(DeltaDiscoveryResponse response) {
                        events.update(read(response));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        events.closed(failure);
                    }

                    @Override
                    public void onCompleted() {
                        events.closed(null);
                    }
                });
    }

    private static Update read(DeltaDiscoveryResponse response) {
        List<Update.Item> items = new ArrayList<>();
        for (Resource resource : response.getResourcesList()) {
            if (!resource.hasResource()) {
                // A sign of life of a resource with a time to live; nothing has changed.
                continue;
            }
            items.add(new Update.Item(
                    resource.getName(),
                    resource.getVersion(),
                    resource.getResource().getValue()));
        }
        return new Update(
                response.getTypeUrl(),
                response.getSystemVersionInfo(),
                response.getNonce(),
                items,
                response.getRemovedResourcesList(),
                false);
    }

    @Override
    public void subscribe(TypeState type, Node node) {
        // What is here already need not be sent again, and what is gone since will be named.
        DeltaRequests.subscription(type, node).forEach(requests::onNext);
    }

    @Override
    public void resubscribe(TypeState type, Set<String> added, Set<String> dropped) {
        DeltaRequests.change(type.typeUrl(), added, dropped).forEach(requests::onNext);
    }

    @Override
    public void describe(TypeState type, Node node) {
        requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setNode(node)
                .setTypeUrl(type.typeUrl())
                .build());
    }

    @Override
    public void answer(TypeState type, @Nullable Status error) {
        DeltaDiscoveryRequest.Builder answer =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl()).setResponseNonce(type.nonce());
        if (error != null) {
            answer.setErrorDetail(error);
        }
        requests.onNext(answer.build());
    }

    @Override
    public void health(Node node, @Nullable Status error) {
        DeltaDiscoveryRequest.Builder health =
                DeltaDiscoveryRequest.newBuilder().setNode(node).setTypeUrl(TypeUrls.HEALTH);
        if (error != null) {
            health.setErrorDetail(error);
        }
        requests.onNext(health.build());
    }

    @Override
    public void close() {
        requests.onCompleted();
    }
}
