package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A call goes over a connection to the endpoint that was chosen for it, and connections are used again. */
final class ChosenEndpointTest {

    @RegisterExtension
    final Net net = new Net();

    @Test
    void manyCallsToManyEndpointsUseOneConnectionEach() throws IOException {
        Set<String> connections = ConcurrentHashMap.newKeySet();
        List<MockWebServer> servers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String name = "server-" + i;
            servers.add(net.serving(request -> {
                connections.add(name + " connection " + request.getConnectionIndex());
                return new MockResponse.Builder().body(name).build();
            }));
        }
        OkHttpClient client = net.client(Net.config(Net.cluster(servers.toArray(new MockWebServer[0]))));

        for (int i = 0; i < 400; i++) {
            Net.call(client, Net.REVIEWS);
        }

        assertThat(servers)
                .allSatisfy(server -> assertThat(server.getRequestCount()).isEqualTo(20));
        assertThat(connections).hasSize(20);
        assertThat(client.connectionPool().connectionCount()).isEqualTo(20);
    }

    @Test
    void urlWithAnAddressGoesToTheChosenEndpointToo() throws IOException {
        MockWebServer one = net.answering("one");
        MockWebServer two = net.answering("two");
        OkHttpClient client = net.client(MeshConfig.builder()
                .cluster(Net.cluster(one, two))
                .virtualHost(VirtualHostConfig.of("192.0.2.1:80", RouteConfig.to("reviews")))
                .build());

        for (int i = 0; i < 20; i++) {
            Net.call(client, "http://192.0.2.1/");
        }

        assertThat(one.getRequestCount()).isEqualTo(10);
        assertThat(two.getRequestCount()).isEqualTo(10);
    }

    @Test
    void endpointMayBeAnIpv6Address() throws IOException {
        MockWebServer server = net.serving(
                "::1", request -> new MockResponse.Builder().body("six").build(), settings -> {});
        OkHttpClient client = net.client(Net.config(ClusterConfig.of("reviews").endpoint("::1", server.getPort())));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 six");
    }

    @Test
    void endpointMayBeAName() throws IOException {
        MockWebServer server = net.answering("named");
        OkHttpClient client =
                net.client(Net.config(ClusterConfig.of("reviews").endpoint("localhost", server.getPort())));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 named");
    }

    @Test
    void serverSeesTheNameAndPathTheApplicationWrote() throws Exception {
        MockWebServer server = net.answering("hello");
        OkHttpClient client = net.client(Net.config(Net.cluster(server)));

        Net.call(client, "http://Reviews:9080/a%20b/c;d?q=%2F&q=2");

        RecordedRequest request = server.takeRequest();
        assertThat(request.getHeaders().get("Host")).isEqualTo("reviews:9080");
        assertThat(request.getTarget()).isEqualTo("/a%20b/c;d?q=%2F&q=2");
    }

    @Test
    void removedEndpointGetsNoNewCalls() throws IOException {
        MockWebServer stays = net.answering("stays");
        MockWebServer leaves = net.answering("leaves");
        Mesh mesh = net.mesh(Net.config(Net.cluster(stays, leaves)));
        OkHttpClient client = net.client(mesh);
        for (int i = 0; i < 10; i++) {
            Net.call(client, Net.REVIEWS);
        }
        assertThat(leaves.getRequestCount()).isEqualTo(5);

        mesh.apply(Net.config(Net.cluster(stays)));
        for (int i = 0; i < 10; i++) {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 stays");
        }

        assertThat(leaves.getRequestCount()).isEqualTo(5);
    }

    @Test
    void endpointThatRefusesConnectionsIsReplacedByAnother() throws IOException {
        MockWebServer live = net.answering("live");
        OkHttpClient client = net.client(Net.config(Net.cluster(live).endpoint("127.0.0.1", Net.closedPort())));

        for (int i = 0; i < 20; i++) {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 live");
        }
    }

    @Test
    void failureToConnectIsOkHttpsOwnException() throws IOException {
        OkHttpClient client =
                net.client(Net.config(ClusterConfig.of("reviews").endpoint("127.0.0.1", Net.closedPort())));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(java.net.ConnectException.class);
    }
}
