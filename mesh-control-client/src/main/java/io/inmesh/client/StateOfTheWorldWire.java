package io.inmesh.client;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryResponse;
import io.inmesh.xds.rpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** State-of-the-world xDS: every response holds all of its type (listeners, clusters) or whatever changed (the others). */
final class StateOfTheWorldWire implements Wire {

    private final StreamObserver<DiscoveryRequest> requests;

    StateOfTheWorldWire(AggregatedDiscoveryServiceStub stub, Events events) {
        requests = stub.streamAggregatedResources(new ClientResponseObserver<DiscoveryRequest, DiscoveryResponse>() {
            @Override
            public void beforeStart(ClientCallStreamObserver<DiscoveryRequest> call) {
                call.setOnReadyHandler(events::begun);
            }

            @Override
            public void onNext(DiscoveryResponse response) {
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

    private static Update read(DiscoveryResponse response) {
        List<Update.Item> items = new ArrayList<>();
        response.getResourcesList().forEach(any -> items.add(new Update.Item(null, "", any.getValue())));
        boolean rootType = response.getTypeUrl().equals(TypeUrls.LISTENER)
                || response.getTypeUrl().equals(TypeUrls.CLUSTER);
        return new Update(
                response.getTypeUrl(), response.getVersionInfo(), response.getNonce(), items, List.of(), rootType);
    }

    @Override
    public void subscribe(TypeState type, Node node) {
        requests.onNext(request(type).setNode(node).build());
    }

    @Override
    public void resubscribe(TypeState type, Set<String> added, Set<String> dropped) {
        requests.onNext(request(type).setResponseNonce(type.nonce()).build());
    }

    @Override
    public void describe(TypeState type, Node node) {
        requests.onNext(
                request(type).setResponseNonce(type.nonce()).setNode(node).build());
    }

    @Override
    public void answer(TypeState type, @Nullable Status error) {
        DiscoveryRequest.Builder answer = request(type).setResponseNonce(type.nonce());
        if (error != null) {
            answer.setErrorDetail(error);
        }
        requests.onNext(answer.build());
    }

    private static DiscoveryRequest.Builder request(TypeState type) {
        return DiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setVersionInfo(type.version())
                .addAllResourceNames(type.wanted());
    }

    @Override
    public void health(Node node, @Nullable Status error) {
        DiscoveryRequest.Builder health =
                DiscoveryRequest.newBuilder().setNode(node).setTypeUrl(TypeUrls.HEALTH);
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
