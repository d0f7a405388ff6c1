package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;

/** A client that does nothing wrong, and has to be served whatever others do: on the stream it has, and on a new connection. */
final class GoodClient {
    private final TestServer server;
    private final TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> before;
    private int asked;

    GoodClient(TestServer server) throws Exception {
        this.server = server;
        this.before = stream();
        isServed();
    }

    /** Asks for what does not exist, which has to be answered at once. */
    void isServed() throws Exception {
        ask(before);
        ask(stream());
    }

    private TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream() throws Exception {
        return TestStream.incremental(server.channelOf("default", "good"));
    }

    private void ask(TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream) throws Exception {
        String name = "none-" + ++asked;
        stream.send(TestStream.subscribe(TypeUrls.ENDPOINT, name));
        DeltaDiscoveryResponse answer = stream.next();
        stream.send(TestStream.accept(answer));
        assertThat(answer.getRemovedResourcesList()).contains(name);
    }
}
