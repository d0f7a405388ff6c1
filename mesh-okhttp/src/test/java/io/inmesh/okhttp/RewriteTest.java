package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.HeaderEditsConfig.Header;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteConfig;
import java.util.List;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a route changes on the way out and back. */
final class RewriteTest {

    @RegisterExtension
    final Net net = new Net();

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"HTTP_1_1", "H2_PRIOR_KNOWLEDGE"})
    void pathAndAuthorityAreRewrittenAndTheQueryStays(Protocol protocol) throws Exception {
        MockWebServer server = server(protocol);
        OkHttpClient client =
                client(protocol, server, route -> route.withRewrite(new RewriteConfig("/v2/", null, null, "other:81")));

        Net.call(client, Net.REVIEWS + "a%2Fb?q=%2F");

        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/v2/a%2Fb?q=%2F");
        String name = protocol == Protocol.HTTP_1_1 ? "Host" : ":authority";
        assertThat(request.getHeaders().values(name)).containsExactly("other:81");
    }

    @Test
    void headersAreEditedBothWays() throws Exception {
        MockWebServer server = server(Protocol.HTTP_1_1);
        OkHttpClient client = client(
                Protocol.HTTP_1_1,
                server,
                route -> route.withHeaders(
                        new HeaderEditsConfig(
                                List.of(new Header("x-set", "new")),
                                List.of(new Header("x-added", "second")),
                                List.of("x-secret")),
                        new HeaderEditsConfig(List.of(new Header("x-by", "mesh")), List.of(), List.of("x-internal"))));

        try (Response response = client.newCall(Net.get(Net.REVIEWS)
                        .newBuilder()
                        .header("X-Set", "old")
                        .header("X-Added", "first")
                        .header("X-Secret", "s")
                        .build())
                .execute()) {
            assertThat(response.header("x-by")).isEqualTo("mesh");
            assertThat(response.header("x-internal")).isNull();
            assertThat(response.body().string()).isEqualTo("body");
        }

        RecordedRequest request = server.takeRequest();
        assertThat(request.getHeaders().values("x-set")).containsExactly("new");
        assertThat(request.getHeaders().values("x-added")).containsExactly("first", "second");
        assertThat(request.getHeaders().get("x-secret")).isNull();
    }

    private MockWebServer server(Protocol protocol) throws Exception {
        return net.serving(
                request -> new MockResponse.Builder()
                        .addHeader("x-internal", "i")
                        .body("body")
                        .build(),
                settings -> settings.setProtocols(List.of(protocol)));
    }

    private OkHttpClient client(Protocol protocol, MockWebServer server, Function<RouteConfig, RouteConfig> route) {
        return net.client(
                new OkHttpClient.Builder().protocols(List.of(protocol)).build(),
                net.mesh(Net.config(Net.cluster(server), route)));
    }
}
