package io.inmesh.server.ads;

import static io.inmesh.server.ads.TestStream.accept;
import static io.inmesh.server.ads.TestStream.ask;
import static io.inmesh.server.ads.TestStream.reject;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state-of-the-world protocol over real sockets. */
class StateOfTheWorldDiscoveryTest {
    private static final VersionedResource A = TestResources.cluster("a", "1");
    private static final VersionedResource A2 = TestResources.cluster("a", "2");
    private static final VersionedResource B = TestResources.cluster("b", "1");

    @TempDir
    Path directory;

    private final TestResources resources = new TestResources();
    private TestServer server;
    private TestStream<DiscoveryRequest, DiscoveryResponse> stream;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(directory, resources);
        stream = TestStream.stateOfTheWorld(server.channelOf("default", "default"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void clustersAreAlwaysComplete() throws Exception {
        resources.put(A, B);
        stream.send(ask(TypeUrls.CLUSTER));
        DiscoveryResponse first = stream.next();
        assertThat(first.getResourcesList()).containsExactly(A.any(), B.any());
        stream.send(accept(first));

        resources.put(A2);

        assertThat(stream.next().getResourcesList()).containsExactly(A2.any(), B.any());
    }

    @Test
    void endpointsComeOnlyIfTheyChanged() throws Exception {
        VersionedResource a = TestResources.endpoints("a", "10.0.0.1");
        VersionedResource b = TestResources.endpoints("b", "10.0.0.2");
        resources.put(a, b);
        stream.send(ask(TypeUrls.ENDPOINT, "a", "b"));
        DiscoveryResponse first = stream.next();
        assertThat(first.getResourcesList()).containsExactly(a.any(), b.any());
        stream.send(accept(first, "a", "b"));

        VersionedResource b2 = TestResources.endpoints("b", "10.0.0.3");
        resources.put(b2);

        assertThat(stream.next().getResourcesList()).containsExactly(b2.any());
    }

    @Test
    void aNameAddedIsSentAlone() throws Exception {
        VersionedResource a = TestResources.endpoints("a", "10.0.0.1");
        VersionedResource b = TestResources.endpoints("b", "10.0.0.2");
        resources.put(a, b);
        stream.send(ask(TypeUrls.ENDPOINT, "a"));
        DiscoveryResponse first = stream.next();
        stream.send(accept(first, "a"));

        stream.send(accept(first, "a", "b"));

        assertThat(stream.next().getResourcesList()).containsExactly(b.any());
    }

    @Test
    void unsubscribingTheLastNameAndSubscribingAgainGoesOn() throws Exception {
        VersionedResource a = TestResources.endpoints("a", "10.0.0.1");
        resources.put(a);
        stream.send(ask(TypeUrls.ENDPOINT, "a"));
        DiscoveryResponse first = stream.next();
        stream.send(accept(first, "a"));

        stream.send(accept(first));
        stream.send(accept(first, "a"));

        DiscoveryResponse again = stream.next();
        assertThat(again.getResourcesList()).containsExactly(a.any());
        stream.send(accept(again, "a"));
        VersionedResource moved = TestResources.endpoints("a", "10.0.0.9");
        resources.put(moved);
        assertThat(stream.next().getResourcesList()).containsExactly(moved.any());
    }

    @Test
    void aClientThatForgotItsNonceIsServed() throws Exception {
        VersionedResource a = TestResources.endpoints("a", "10.0.0.1");
        VersionedResource b = TestResources.endpoints("b", "10.0.0.2");
        resources.put(a, b);
        stream.send(ask(TypeUrls.ENDPOINT, "a"));
        stream.send(accept(stream.next(), "a"));

        stream.send(ask(TypeUrls.ENDPOINT, "a", "b"));

        assertThat(stream.next().getResourcesList()).containsExactly(b.any());
    }

    @Test
    void aRequestOvertakenByALaterResponseIsLeftAside() throws Exception {
        VersionedResource a = TestResources.endpoints("a", "10.0.0.1");
        resources.put(a, TestResources.endpoints("b", "10.0.0.2"));
        stream.send(ask(TypeUrls.ENDPOINT, "a"));
        DiscoveryResponse first = stream.next();
        stream.send(accept(first, "a"));
        VersionedResource a2 = TestResources.endpoints("a", "10.0.0.3");
        resources.put(a2);
        DiscoveryResponse second = stream.next();

        stream.send(accept(first));
        stream.send(accept(second, "a"));
        VersionedResource a3 = TestResources.endpoints("a", "10.0.0.4");
        resources.put(a3);

        assertThat(stream.next().getResourcesList()).containsExactly(a3.any());
    }

    @Test
    void aClusterIsTakenAwayOnlyWhenTheRoutesThatLeaveItAreAcknowledged() throws Exception {
        resources.put(A, TestResources.routes("r", "to a"));
        stream.send(ask(TypeUrls.CLUSTER));
        stream.send(accept(stream.next()));
        stream.send(ask(TypeUrls.ROUTE, "r"));
        stream.send(accept(stream.next(), "r"));

        resources.replace(List.of(A), List.of(B, TestResources.routes("r", "to b")));

        DiscoveryResponse clusters = stream.next();
        assertThat(clusters.getResourcesList()).containsExactly(A.any(), B.any());
        DiscoveryResponse routes = stream.next();
        stream.send(accept(clusters));
        stream.send(accept(routes, "r"));
        assertThat(stream.next().getResourcesList()).containsExactly(B.any());
    }

    @Test
    void aRejectionKeepsTheStreamAndTheOldVersionIsStillTheAcknowledgedOne() throws Exception {
        resources.put(A);
        stream.send(ask(TypeUrls.CLUSTER));
        DiscoveryResponse first = stream.next();
        stream.send(accept(first));
        resources.put(A2);
        stream.send(reject(stream.next(), "no"));
        resources.put(B);

        assertThat(stream.next().getResourcesList()).containsExactly(A2.any(), B.any());
        assertThat(server.hub.processes().get(0).types().get(0).acknowledgedVersion())
                .isEqualTo(first.getVersionInfo());
    }

    @Test
    void theVersionIsThatOfTheContent() throws Exception {
        resources.put(A);
        stream.send(ask(TypeUrls.CLUSTER));
        DiscoveryResponse first = stream.next();
        stream.send(accept(first));
        resources.put(A2);
        DiscoveryResponse second = stream.next();
        stream.send(accept(second));
        resources.put(A);

        assertThat(second.getVersionInfo()).isNotEqualTo(first.getVersionInfo());
        assertThat(stream.next().getVersionInfo()).isEqualTo(first.getVersionInfo());
    }
}
