package io.inmesh.server.ads;

import static io.inmesh.server.ads.TestStream.accept;
import static io.inmesh.server.ads.TestStream.ask;
import static io.inmesh.server.ads.TestStream.names;
import static io.inmesh.server.ads.TestStream.resume;
import static io.inmesh.server.ads.TestStream.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Envoy makes a cluster that changes anew and waits for its endpoints, for which it does not ask again (envoyproxy/envoy#13009): who sends
 * the cluster has to send them as well.
 */
class ClusterRebuildTest {
    private static final VersionedResource A = TestResources.cluster("a", "1");
    private static final VersionedResource A2 = TestResources.cluster("a", "2");
    private static final VersionedResource B = TestResources.cluster("b", "1");
    private static final VersionedResource AT_A = TestResources.endpoints("a", "10.0.0.1");
    private static final VersionedResource AT_B = TestResources.endpoints("b", "10.0.0.2");

    @TempDir
    Path directory;

    private final TestResources resources = new TestResources();
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(directory, resources);
        resources.put(A, B, AT_A, AT_B);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void endpointsFollowAClusterThatHasChanged() throws Exception {
        var stream = incrementalThatHasAll("envoy");

        resources.put(A2);

        DeltaDiscoveryResponse cluster = stream.next();
        assertThat(names(cluster)).containsExactly("a");
        DeltaDiscoveryResponse endpoints = stream.next();
        assertThat(endpoints.getTypeUrl()).isEqualTo(TypeUrls.ENDPOINT);
        assertThat(names(endpoints)).containsExactly("a");
        stream.send(accept(cluster));
        stream.send(accept(endpoints));

        resources.put(TestResources.cluster("b", "2"));

        assertThat(names(stream.next())).as("a is not sent for ever").containsExactly("b");
        assertThat(names(stream.next())).containsExactly("b");
    }

    @Test
    void endpointsFollowInTheOlderProtocolToo() throws Exception {
        TestStream<DiscoveryRequest, DiscoveryResponse> stream =
                TestStream.stateOfTheWorld(server.channelOf("default", "default"));
        stream.send(ask(TypeUrls.CLUSTER).toBuilder().setNode(node("envoy")).build());
        stream.send(accept(stream.next()));
        stream.send(ask(TypeUrls.ENDPOINT, "a", "b"));
        stream.send(accept(stream.next(), "a", "b"));

        resources.put(A2);

        assertThat(stream.next().getResourcesList()).containsExactly(A2.any(), B.any());
        assertThat(stream.next().getResourcesList()).containsExactly(AT_A.any());
    }

    @Test
    void whoKeepsItsEndpointsIsNotSentThemAgain() throws Exception {
        var stream = incrementalThatHasAll("inmesh-java");

        resources.put(A2);
        stream.send(accept(stream.next()));
        resources.put(TestResources.endpoints("b", "10.0.0.3"));

        assertThat(names(stream.next())).containsExactly("b");
    }

    @Test
    void aClusterThatChangedWhileTheClientWasAwayIsFollowedToo() throws Exception {
        TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream =
                TestStream.incremental(server.channelOf("default", "default"));
        stream.send(from("envoy", resume(TypeUrls.CLUSTER, Map.of("a", "an older one", "b", B.version()))));
        assertThat(names(stream.next())).containsExactly("a");
        // Asked for only now, and the client says that it has them.
        stream.send(resume(TypeUrls.ENDPOINT, Map.of("a", AT_A.version(), "b", AT_B.version()), "a", "b"));

        assertThat(names(stream.next())).containsExactly("a");
    }

    @Test
    void endpointsThatAreGoneByThenAreSaidToBe() {
        TypeState endpoints = new TypeState(TypeUrls.ENDPOINT, 10);
        ResourceSet before = ResourceSet.builder().add(AT_A).build();
        endpoints.change(List.of("a"), List.of(), Map.of());
        endpoints.sent(endpoints.additions(before));
        assertThat(endpoints.additions(before).isEmpty()).isTrue();

        endpoints.repeat(List.of("a", "unknown"));

        assertThat(endpoints.additions(before).changed()).containsExactly(AT_A);
        ResourceSet after = ResourceSet.builder().build();
        assertThat(endpoints.additions(after).isEmpty()).isTrue();
        assertThat(endpoints.removals(after)).containsExactly("a");
        endpoints.sent(Update.removing(List.of("a")));
        endpoints.sent(endpoints.additions(before));
        assertThat(endpoints.additions(before).isEmpty()).as("sent once").isTrue();
    }

    private TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> incrementalThatHasAll(String userAgent)
            throws Exception {
        TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream =
                TestStream.incremental(server.channelOf("default", "default"));
        stream.send(from(userAgent, subscribe(TypeUrls.CLUSTER)));
        stream.send(accept(stream.next()));
        stream.send(subscribe(TypeUrls.ENDPOINT, "a", "b"));
        DeltaDiscoveryResponse endpoints = stream.next();
        assertThat(names(endpoints)).containsExactly("a", "b");
        stream.send(accept(endpoints));
        return stream;
    }

    private static DeltaDiscoveryRequest from(String userAgent, DeltaDiscoveryRequest request) {
        return request.toBuilder().setNode(node(userAgent)).build();
    }

    private static Node node(String userAgent) {
        return TestStream.node("test").toBuilder().setUserAgentName(userAgent).build();
    }
}
