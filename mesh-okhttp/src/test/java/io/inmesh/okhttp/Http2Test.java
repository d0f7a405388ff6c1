package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryConfig;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.QueueDispatcher;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HTTP/2: by prior knowledge, and under the application's own TLS where the mesh asks for none. */
final class Http2Test {

    private static final List<Protocol> PRIOR_KNOWLEDGE = List.of(Protocol.H2_PRIOR_KNOWLEDGE);

    @RegisterExtension
    final Net net = new Net();

    @Test
    void endpointsHaveOneConnectionEachAndTheAuthorityIsTheName() throws Exception {
        MockWebServer one = serving(request -> new MockResponse.Builder().build());
        MockWebServer two = serving(request -> new MockResponse.Builder().build());
        OkHttpClient client = client(Net.config(Net.cluster(one, two)));

        for (int i = 0; i < 20; i++) {
            Net.call(client, Net.REVIEWS);
        }

        assertThat(one.getRequestCount()).isEqualTo(10);
        assertThat(two.getRequestCount()).isEqualTo(10);
        assertThat(client.connectionPool().connectionCount()).isEqualTo(2);
        RecordedRequest request = one.takeRequest();
        assertThat(request.getHeaders().get(":authority")).isEqualTo("reviews:9080");
        assertThat(request.getVersion()).isEqualTo("HTTP/2");
    }

    @Test
    void refusedStreamIsRepeatedWhateverTheMethod() throws IOException {
        MockWebServer server = queueing(
                closing(ErrorCode.REFUSED_STREAM),
                new MockResponse.Builder().body("second").build());
        OkHttpClient client = client(Net.config(Net.cluster(server)));

        assertThat(Net.call(client, post())).isEqualTo("200 second");

        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void streamResetByTheServerIsNotRepeatedForPost() throws IOException {
        MockWebServer server = queueing(
                closing(ErrorCode.INTERNAL_ERROR),
                new MockResponse.Builder().body("second").build());
        OkHttpClient client = client(Net.config(Net.cluster(server)));

        assertThatThrownBy(() -> Net.call(client, post())).isInstanceOf(StreamResetException.class);

        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void streamResetByTheServerIsRepeatedForGet() throws IOException {
        MockWebServer server = queueing(
                closing(ErrorCode.INTERNAL_ERROR),
                new MockResponse.Builder().body("second").build());
        OkHttpClient client = client(Net.config(Net.cluster(server)));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 second");
    }

    @Test
    void streamResetOnAConnectionInUseIsNoDeadConnection() throws IOException {
        MockWebServer server = queueing(
                new MockResponse.Builder().body("first").build(),
                closing(ErrorCode.INTERNAL_ERROR),
                new MockResponse.Builder().body("third").build());
        OkHttpClient client = client(Net.config(Net.cluster(server), route -> route.withRetry(RetryConfig.NONE)));
        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 first");

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(StreamResetException.class);

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 third");
    }

    @Test
    void httpsToAClusterWithoutMeshTlsIsTheApplicationsOwn() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("reviews")
                .build();
        MockWebServer server = net.serving(
                request -> new MockResponse.Builder().body(request.getVersion()).build(),
                settings -> settings.useHttps(new HandshakeCertificates.Builder()
                        .heldCertificate(certificate)
                        .build()
                        .sslSocketFactory()));
        OkHttpClient client = net.client(trusting(certificate), net.mesh(Net.config(Net.cluster(server))));

        assertThat(Net.call(client, "https://reviews:9080/")).isEqualTo("200 HTTP/2");

        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void applicationsOwnTlsStillComparesTheName() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("ratings")
                .build();
        MockWebServer server = net.serving(
                request -> new MockResponse.Builder().build(),
                settings -> settings.useHttps(new HandshakeCertificates.Builder()
                        .heldCertificate(certificate)
                        .build()
                        .sslSocketFactory()));
        OkHttpClient client = net.client(trusting(certificate), net.mesh(Net.config(Net.cluster(server))));

        assertThatThrownBy(() -> Net.call(client, "https://reviews:9080/"))
                .isInstanceOf(SSLPeerUnverifiedException.class);

        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void retriedAnswerLeavesItsStreamAndNotItsConnection() throws IOException {
        MockWebServer bad = serving(request ->
                new MockResponse.Builder().code(503).body("x".repeat(200_000)).build());
        MockWebServer good =
                serving(request -> new MockResponse.Builder().body("good").build());
        OkHttpClient client = client(Net.config(
                Net.cluster(bad, good), route -> route.withRetry(Net.retries(1, RetryConfig.Condition.GATEWAY_ERROR))));

        for (int i = 0; i < 10; i++) {
            try (Response response = client.newCall(Net.get(Net.REVIEWS)).execute()) {
                assertThat(response.body().string()).isEqualTo("good");
            }
        }

        assertThat(bad.getRequestCount()).isPositive();
        assertThat(client.connectionPool().connectionCount()).isEqualTo(2);
        assertThat(client.connectionPool().idleConnectionCount()).isEqualTo(2);
    }

    private MockWebServer serving(Net.Handler handler) throws IOException {
        return net.serving(handler, server -> server.setProtocols(PRIOR_KNOWLEDGE));
    }

    /** A server whose effects on streams take place, which it looks up before it has read a request. */
    private MockWebServer queueing(MockResponse... answers) throws IOException {
        MockWebServer server = net.serving(request -> answers[0], settings -> settings.setProtocols(PRIOR_KNOWLEDGE));
        server.setDispatcher(new QueueDispatcher());
        for (MockResponse answer : answers) {
            server.enqueue(answer);
        }
        return server;
    }

    private OkHttpClient client(MeshConfig config) {
        return net.client(new OkHttpClient.Builder().protocols(PRIOR_KNOWLEDGE).build(), net.mesh(config));
    }

    private static OkHttpClient trusting(HeldCertificate certificate) {
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        return new OkHttpClient.Builder()
                .sslSocketFactory(trust.sslSocketFactory(), trust.trustManager())
                .build();
    }

    private static MockResponse closing(ErrorCode code) {
        return new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseStream(code.getHttpCode()))
                .build();
    }

    private static Request post() {
        return new Request.Builder()
                .url(Net.REVIEWS)
                .post(RequestBody.create("order", null))
                .build();
    }
}
