package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import java.io.IOException;
import java.net.ProtocolException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Redirects are followed above the mesh, so that each hop is routed anew. */
final class RedirectTest {

    @RegisterExtension
    final Net net = new Net();

    @Test
    void redirectToAnotherHostOfTheMeshIsRoutedByTheMesh() throws Exception {
        MockWebServer details = net.answering("details");
        OkHttpClient client = net.client(twoServices(redirecting(307, "http://details:9080/x"), details));

        try (Response response = client.newCall(post()).execute()) {
            assertThat(response.body().string()).isEqualTo("details");
            assertThat(response.request().url()).hasToString("http://details:9080/x");
            assertThat(response.priorResponse().code()).isEqualTo(307);
        }

        RecordedRequest request = details.takeRequest();
        assertThat(request.getMethod()).isEqualTo("POST");
        assertThat(request.getBody().utf8()).isEqualTo("order");
        assertThat(request.getHeaders().get("Host")).isEqualTo("details:9080");
    }

    @Test
    void redirectThatChangesTheMethodDropsTheBody() throws Exception {
        MockWebServer details = net.answering("details");
        OkHttpClient client = net.client(twoServices(redirecting(302, "http://details:9080/"), details));

        assertThat(Net.call(client, post())).isEqualTo("200 details");

        RecordedRequest request = details.takeRequest();
        assertThat(request.getMethod()).isEqualTo("GET");
        assertThat(request.getBodySize()).isZero();
        assertThat(request.getHeaders().get("Content-Length")).isNull();
    }

    @Test
    void redirectToAnUnknownHostGoesItsOwnWay() throws IOException {
        MockWebServer outside = net.answering("outside");
        OkHttpClient client =
                net.client(Net.config(Net.cluster(redirecting(302, "http://127.0.0.1:" + outside.getPort() + "/y"))));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 outside");
    }

    @Test
    void redirectFromAnUnknownHostIntoTheMeshIsRoutedByTheMesh() throws IOException {
        MockWebServer reviews = net.answering("reviews");
        MockWebServer outside = redirecting(302, Net.REVIEWS);
        OkHttpClient client = net.client(Net.config(Net.cluster(reviews)));

        assertThat(Net.call(client, "http://127.0.0.1:" + outside.getPort() + "/"))
                .isEqualTo("200 reviews");
    }

    @Test
    void redirectToTheSameHostIsBalancedAnew() throws IOException {
        MockWebServer[] servers = new MockWebServer[2];
        for (int i = 0; i < servers.length; i++) {
            servers[i] = net.serving(request -> request.getTarget().equals("/")
                    ? new MockResponse.Builder()
                            .code(302)
                            .addHeader("Location", "/there")
                            .build()
                    : new MockResponse.Builder().body("there").build());
        }
        OkHttpClient client = net.client(Net.config(Net.cluster(servers).withLoadBalancer(LoadBalancer.ROUND_ROBIN)));

        for (int i = 0; i < 6; i++) {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 there");
        }

        assertThat(servers)
                .allSatisfy(server -> assertThat(server.getRequestCount()).isEqualTo(6));
    }

    @Test
    void credentialsAreNotCarriedToAnotherHost() throws Exception {
        MockWebServer details = net.answering("details");
        OkHttpClient client = net.client(twoServices(redirecting(302, "http://details:9080/"), details));

        Net.call(
                client,
                Net.get(Net.REVIEWS)
                        .newBuilder()
                        .header("Authorization", "Basic eA==")
                        .build());

        assertThat(details.takeRequest().getHeaders().get("Authorization")).isNull();
    }

    @Test
    void clientThatFollowsNothingGetsTheRedirect() throws IOException {
        MockWebServer server = redirecting(302, "http://details:9080/");
        OkHttpClient client = net.client(
                new OkHttpClient.Builder().followRedirects(false).build(), net.mesh(Net.config(Net.cluster(server))));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("302 ");
    }

    @Test
    void bodyThatCanBeSentOnceIsNotCarriedOn() throws IOException {
        MockWebServer details = net.answering("details");
        OkHttpClient client = net.client(twoServices(redirecting(307, "http://details:9080/"), details));

        assertThat(Net.call(
                        client,
                        new Request.Builder()
                                .url(Net.REVIEWS)
                                .post(new RetryTest.OneShotBody())
                                .build()))
                .isEqualTo("307 ");
        assertThat(details.getRequestCount()).isZero();
    }

    @Test
    void circleEndsAsItDoesWithoutAMesh() throws IOException {
        MockWebServer server = redirecting(302, Net.REVIEWS);
        OkHttpClient client = net.client(Net.config(Net.cluster(server)));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("Too many follow-up requests: 21");
        assertThat(server.getRequestCount()).isEqualTo(21);
        assertThat(client.connectionPool().idleConnectionCount()).isEqualTo(1);
    }

    private MockWebServer redirecting(int status, String location) throws IOException {
        return net.serving(request -> new MockResponse.Builder()
                .code(status)
                .addHeader("Location", location)
                .build());
    }

    private static MeshConfig twoServices(MockWebServer reviews, MockWebServer details) {
        return MeshConfig.builder()
                .cluster(Net.cluster(reviews))
                .cluster(ClusterConfig.of("details").endpoint("127.0.0.1", details.getPort()))
                .virtualHost(VirtualHostConfig.of(Net.AUTHORITY, RouteConfig.to("reviews")))
                .virtualHost(VirtualHostConfig.of("details:9080", RouteConfig.to("details")))
                .build();
    }

    private static Request post() {
        return new Request.Builder()
                .url(Net.REVIEWS)
                .post(RequestBody.create("order", null))
                .build();
    }
}
