package io.inmesh.server.ads;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.AggregatedDiscoveryServiceGrpc;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A client without any cleverness: it sends what the test says and hands over what comes back, in order. What should not come is shown
 * by what comes next instead.
 */
final class TestStream<Q, A> {
    private static final long PATIENCE_SECONDS = 30;

    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final StreamObserver<Q> requests;

    private TestStream(Function<StreamObserver<A>, StreamObserver<Q>> call) {
        this.requests = call.apply(new StreamObserver<>() {
            @Override
            public void onNext(A response) {
                received.add(response);
            }

            @Override
            public void onError(Throwable cause) {
                received.add(Status.fromThrowable(cause));
            }

            @Override
            public void onCompleted() {
                received.add(Status.OK);
            }
        });
    }

    static TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> incremental(Channel channel) {
        return new TestStream<>(stub(channel)::deltaAggregatedResources);
    }

    static TestStream<DiscoveryRequest, DiscoveryResponse> stateOfTheWorld(Channel channel) {
        return new TestStream<>(stub(channel)::streamAggregatedResources);
    }

    /** Connects again if a connection was not ready in the time that the server of a test leaves it: this machine may be busy. */
    private static AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub stub(Channel channel) {
        return AggregatedDiscoveryServiceGrpc.newStub(channel).withWaitForReady();
    }

    static Node node(String id) {
        return Node.newBuilder()
                .setId("sidecar~10.0.0.1~" + id + ".default~default.svc.cluster.local")
                .setUserAgentName("inmesh-java")
                .build();
    }

    void send(Q request) {
        requests.onNext(request);
    }

    /** Ends the stream in order. */
    void end() {
        requests.onCompleted();
    }

    /** The next response. */
    A next() throws InterruptedException {
        Object next = take();
        if (next instanceof Status status) {
            throw new AssertionError("the stream ended with " + status + " where a response was due");
        }
        @SuppressWarnings("unchecked")
        A response = (A) next;
        return response;
    }

    /** How the stream ended; nothing may come before. */
    Status status() throws InterruptedException {
        Object next = take();
        if (next instanceof Status status) {
            return status;
        }
        throw new AssertionError("a response came where the end of the stream was due: " + next);
    }

    private Object take() throws InterruptedException {
        Object next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
        }
        return next;
    }

    // Requests, the short way.

    static DeltaDiscoveryRequest subscribe(String type, String... names) {
        return DeltaDiscoveryRequest.newBuilder()
                .setNode(node("test"))
                .setTypeUrl(type)
                .addAllResourceNamesSubscribe(List.of(names))
                .build();
    }

    static DeltaDiscoveryRequest unsubscribe(String type, String... names) {
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type)
                .addAllResourceNamesUnsubscribe(List.of(names))
                .build();
    }

    static DeltaDiscoveryRequest resume(String type, Map<String, String> versions, String... names) {
        return subscribe(type, names).toBuilder()
                .putAllInitialResourceVersions(versions)
                .build();
    }

    static DeltaDiscoveryRequest accept(DeltaDiscoveryResponse response) {
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce())
                .build();
    }

    static DeltaDiscoveryRequest reject(DeltaDiscoveryResponse response, String why) {
        return accept(response).toBuilder()
                .setErrorDetail(io.inmesh.xds.rpc.Status.newBuilder().setCode(3).setMessage(why))
                .build();
    }

    static DiscoveryRequest ask(String type, String... names) {
        return DiscoveryRequest.newBuilder()
                .setNode(node("test"))
                .setTypeUrl(type)
                .addAllResourceNames(List.of(names))
                .build();
    }

    static DiscoveryRequest accept(DiscoveryResponse response, String... names) {
        return DiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce())
                .setVersionInfo(response.getVersionInfo())
                .addAllResourceNames(List.of(names))
                .build();
    }

    static DiscoveryRequest reject(DiscoveryResponse response, String why, String... names) {
        return accept(response, names).toBuilder()
                .setErrorDetail(io.inmesh.xds.rpc.Status.newBuilder().setCode(3).setMessage(why))
                .build();
    }

    /** Names of the resources in a response. */
    static List<String> names(DeltaDiscoveryResponse response) {
        List<String> names = new ArrayList<>();
        response.getResourcesList().forEach(resource -> names.add(resource.getName()));
        return names;
    }
}
