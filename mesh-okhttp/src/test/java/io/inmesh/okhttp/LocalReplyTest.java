package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.MeshRejectedException;
import io.inmesh.call.Outcome;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.HeaderEditsConfig.Header;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.VirtualHostConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Answers and refusals of the mesh itself, for which nobody is called. */
final class LocalReplyTest {

    @RegisterExtension
    final Net net = new Net();

    @Test
    void injectedAbortIsAnAnswerThatSaysWhoGaveIt() throws IOException {
        MockWebServer server = net.answering("never");
        OkHttpClient client = net.client(Net.config(
                Net.cluster(server),
                route -> route.withFault(new FaultConfig(null, new FaultConfig.Abort(418, -1, 1_000_000)))));

        try (Response response = client.newCall(Net.get(Net.REVIEWS)).execute()) {
            assertThat(response.code()).isEqualTo(418);
            assertThat(response.header("x-inmesh-local-reply")).isEqualTo("fault");
            assertThat(response.request().url()).hasToString(Net.REVIEWS);
        }
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void injectedDelayIsFollowedByTheCall() throws IOException {
        OkHttpClient client = net.client(Net.config(
                Net.cluster(net.answering("after")),
                route -> route.withFault(
                        new FaultConfig(new FaultConfig.Delay(Duration.ofMillis(1), 1_000_000), null))));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 after");
    }

    @Test
    void noRouteIsNotFoundAndSaysWhatWasLookedFor() throws IOException {
        OkHttpClient client = net.client(only(RouteConfig.of(
                "only", new RouteMatch(PathMatch.exact("/a"), List.of(), List.of()), RouteAction.to("reviews"))));

        try (Response response = client.newCall(Net.get(Net.REVIEWS + "b")).execute()) {
            assertThat(response.code()).isEqualTo(404);
            assertThat(response.header("x-inmesh-local-reply")).isEqualTo("no_route");
            assertThat(response.body().string()).contains("GET /b").contains(Net.AUTHORITY);
        }
    }

    @Test
    void routeMayAnswerByItself() throws IOException {
        OkHttpClient client = net.client(
                only(RouteConfig.of("direct", RouteMatch.ANY, new RouteAction.DirectResponse(203, "from the route"))));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("203 from the route");
    }

    @Test
    void anAnswerOfTheRouteHasTheHeadersTheRouteSets() throws IOException {
        OkHttpClient client =
                net.client(only(RouteConfig.of("direct", RouteMatch.ANY, new RouteAction.DirectResponse(200, "{}"))
                        .withHeaders(
                                HeaderEditsConfig.NONE,
                                new HeaderEditsConfig(
                                        List.of(new Header("content-type", "application/json")),
                                        List.of(new Header("x-by", "mesh")),
                                        List.of()))));

        try (Response response = client.newCall(Net.get(Net.REVIEWS)).execute()) {
            assertThat(response.headers("content-type")).containsExactly("application/json");
            assertThat(response.header("x-by")).isEqualTo("mesh");
            assertThat(response.body().contentType()).hasToString("application/json; charset=utf-8");
            assertThat(response.body().string()).isEqualTo("{}");
        }
    }

    @Test
    void redirectOfTheRouteIsFollowedThroughTheMesh() throws IOException {
        MockWebServer details = net.answering("details");
        OkHttpClient client = net.client(MeshConfig.builder()
                .cluster(Net.cluster(details))
                .virtualHost(VirtualHostConfig.of("details:9080", RouteConfig.to("reviews")))
                .virtualHost(VirtualHostConfig.of(
                        Net.AUTHORITY,
                        RouteConfig.of(
                                "away",
                                RouteMatch.ANY,
                                new RouteAction.Redirect(302, null, "details", 9080, "/elsewhere", null))))
                .build());

        try (Response response = client.newCall(Net.get(Net.REVIEWS)).execute()) {
            assertThat(response.body().string()).isEqualTo("details");
            assertThat(response.request().url()).hasToString("http://details:9080/elsewhere");
        }
    }

    @Test
    void noEndpointIsAnExceptionThatExplains() {
        OkHttpClient client = net.client(Net.config(ClusterConfig.of("reviews")));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS))
                .isInstanceOfSatisfying(MeshRejectedException.class, e -> {
                    assertThat(e.rejection().reason()).isEqualTo(Outcome.Reason.NO_ENDPOINT);
                    assertThat(e).hasMessageContaining("reviews");
                    assertThat(e.explanation()).asString().contains("reviews");
                });
    }

    @Test
    void routeToNoClusterIsAnException() {
        OkHttpClient client = net.client(only(RouteConfig.to("nowhere")));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS))
                .isInstanceOfSatisfying(
                        MeshRejectedException.class,
                        e -> assertThat(e.rejection().reason()).isEqualTo(Outcome.Reason.NO_CLUSTER));
    }

    @Test
    void tooManyRequestsInFlightAreRefused() throws IOException {
        MockWebServer server = net.answering("never");
        OkHttpClient client = net.client(Net.config(Net.cluster(server)
                .withCircuitBreaker(new CircuitBreakerConfig(
                        0, CircuitBreakerConfig.UNLIMITED, 0, 100, 100, Duration.ofSeconds(30)))));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS))
                .isInstanceOfSatisfying(
                        MeshRejectedException.class,
                        e -> assertThat(e.rejection().reason()).isEqualTo(Outcome.Reason.OVERFLOW));
        assertThat(server.getRequestCount()).isZero();
    }

    private static MeshConfig only(RouteConfig route) {
        return MeshConfig.builder()
                .cluster(ClusterConfig.of("reviews"))
                .virtualHost(VirtualHostConfig.of(Net.AUTHORITY, route))
                .build();
    }
}
