package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.okhttp.MeshOkHttp;
import jakarta.servlet.ServletOutputStream;
import java.util.List;
import java.util.Set;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 on the connector for Jetty. */
class Http2Test {

    private final OkHttpClient plain = new OkHttpClient();
    private final OkHttpClient priorKnowledge =
            plain.newBuilder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    private final Application application = new Application()
            .on(
                    "/who",
                    (request, response) -> response.getWriter()
                            .print(request.getProtocol() + " from " + request.getAttribute(MeshFilter.PEER)))
            .on("/endless", (request, response) -> {
                ServletOutputStream out = response.getOutputStream();
                while (true) {
                    out.write(new byte[1024]);
                    out.flush();
                }
            });

    @AfterEach
    void stop() {
        plain.dispatcher().executorService().shutdown();
        plain.connectionPool().evictAll();
    }

    @Test
    void meshedClientsMaySpeakItInsideMutualTls() throws Exception {
        assertThat(answerToMeshed(priorKnowledge))
                .isEqualTo("HTTP/2.0 from spiffe://inmesh.local/ns/default/sa/productpage");
    }

    @Test
    void meshedClientsThatDoNotAskForItGetHttp11() throws Exception {
        assertThat(answerToMeshed(plain)).isEqualTo("HTTP/1.1 from spiffe://inmesh.local/ns/default/sa/productpage");
    }

    private String answerToMeshed(OkHttpClient client) throws Exception {
        try (Service service = Service.of(Container.JETTY, application, Mtls.STRICT);
                Mesh callers = callers(service);
                Response response = MeshOkHttp.wrap(client, callers)
                        .newCall(get("http://reviews:9080/who"))
                        .execute()) {
            assertThat(service.ends.next()).isEqualTo("200");
            return response.body().string();
        }
    }

    @Test
    void plaintextClientsMaySpeakItWhereTheModeAllows() throws Exception {
        try (Service service = Service.open(Container.JETTY, application)) {
            try (Response response = priorKnowledge
                    .newCall(get("http://127.0.0.1:" + service.port() + "/who"))
                    .execute()) {
                assertThat(response.body().string()).isEqualTo("HTTP/2.0 from null");
            }
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @Test
    void streamThatTheClientCancelsCountsAsCancelled() throws Exception {
        try (Service service = Service.open(Container.JETTY, application)) {
            Call call = priorKnowledge.newCall(get("http://127.0.0.1:" + service.port() + "/endless"));
            try (Response response = call.execute()) {
                assertThat(response.body().source().readByte()).isZero();
                call.cancel();
            }
            assertThat(service.ends.next()).isEqualTo("cancelled");
        }
    }

    private static Request get(String url) {
        return new Request.Builder().url(url).build();
    }

    private static Mesh callers(Service service) {
        Mesh mesh = Mesh.of(MeshConfig.builder()
                .cluster(ClusterConfig.of("reviews")
                        .endpoint("127.0.0.1", service.port())
                        .withTls(new ClientTlsConfig(
                                ClientTlsConfig.Mode.MESH,
                                Set.of(Service.REVIEWS.toString()),
                                Service.EXPECT_REVIEWS.serverName())))
                .virtualHost(VirtualHostConfig.of("reviews:9080", RouteConfig.to("reviews")))
                .build());
        mesh.identity().update(service.ca.issue("default", "productpage"), service.ca.bundle());
        return mesh;
    }
}
