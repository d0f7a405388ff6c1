package io.inmesh.client;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import io.inmesh.xds.discovery.Resource;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An incremental stream. */
final class DeltaScript implements Script {

    final FakeStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream;
    private final Map<String, Deque<Sent>> waiting = new HashMap<>();

    DeltaScript(FakeStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream) {
        this.stream = stream;
    }

    @Override
    public Sent next(String typeUrl) throws InterruptedException {
        Deque<Sent> own = waiting.computeIfAbsent(typeUrl, type -> new ArrayDeque<>());
        while (own.isEmpty()) {
            sort(FakeControlPlane.next(stream.requests));
        }
        return own.remove();
    }

    @Override
    public boolean waits(String typeUrl) {
        for (DeltaDiscoveryRequest request = stream.requests.poll(); request != null; ) {
            sort(request);
            request = stream.requests.poll();
        }
        return !waiting.getOrDefault(typeUrl, new ArrayDeque<>()).isEmpty();
    }

    private void sort(DeltaDiscoveryRequest request) {
        waiting.computeIfAbsent(request.getTypeUrl(), type -> new ArrayDeque<>())
                .add(new Sent(
                        request.getTypeUrl(),
                        request.getResourceNamesSubscribeList(),
                        request.getResourceNamesUnsubscribeList(),
                        request.getInitialResourceVersionsMap(),
                        request.getResponseNonce(),
                        request.hasErrorDetail() ? request.getErrorDetail() : null,
                        request.getNode()));
    }

    @Override
    public void send(String typeUrl, String version, String nonce, List<? extends Message> resources) {
        DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(typeUrl)
                .setSystemVersionInfo(version)
                .setNonce(nonce);
        for (Message resource : resources) {
            response.addResources(Resource.newBuilder()
                    .setName(Shapes.name(resource))
                    .setVersion(version)
                    .setResource(Any.newBuilder().setTypeUrl(typeUrl).setValue(resource.toByteString())));
        }
        stream.responses.onNext(response.build());
    }

    @Override
    public void remove(String typeUrl, String version, String nonce, List<String> names) {
        stream.responses.onNext(DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(typeUrl)
                .setSystemVersionInfo(version)
                .setNonce(nonce)
                .addAllRemovedResources(names)
                .build());
    }

    @Override
    public void say(String typeUrl, String version, String nonce) {
        remove(typeUrl, version, nonce, List.of());
    }

    @Override
    public void end() {
        stream.responses.onCompleted();
    }

    @Override
    public @Nullable X509Certificate peer() {
        return stream.peer;
    }
}
