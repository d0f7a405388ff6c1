package io.inmesh.client;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryResponse;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A state-of-the-world stream. */
final class SotwScript implements Script {

    private final FakeStream<DiscoveryRequest, DiscoveryResponse> stream;
    private final Map<String, Deque<Sent>> waiting = new HashMap<>();

    SotwScript(FakeStream<DiscoveryRequest, DiscoveryResponse> stream) {
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
        for (DiscoveryRequest request = stream.requests.poll(); request != null; ) {
            sort(request);
            request = stream.requests.poll();
        }
        return !waiting.getOrDefault(typeUrl, new ArrayDeque<>()).isEmpty();
    }

    private void sort(DiscoveryRequest request) {
        waiting.computeIfAbsent(request.getTypeUrl(), type -> new ArrayDeque<>())
                .add(new Sent(
                        request.getTypeUrl(),
                        request.getResourceNamesList(),
                        List.of(),
                        Map.of("", request.getVersionInfo()),
                        request.getResponseNonce(),
                        request.hasErrorDetail() ? request.getErrorDetail() : null,
                        request.getNode()));
    }

    @Override
    public void send(String typeUrl, String version, String nonce, List<? extends Message> resources) {
        DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder()
                .setTypeUrl(typeUrl)
                .setVersionInfo(version)
                .setNonce(nonce);
        resources.forEach(resource ->
                response.addResources(Any.newBuilder().setTypeUrl(typeUrl).setValue(resource.toByteString())));
        stream.responses.onNext(response.build());
    }

    @Override
    public void remove(String typeUrl, String version, String nonce, List<String> names) {
        throw new UnsupportedOperationException("state of the world leaves out what is gone");
    }

    @Override
    public void say(String typeUrl, String version, String nonce) {
        send(typeUrl, version, nonce, List.of());
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
