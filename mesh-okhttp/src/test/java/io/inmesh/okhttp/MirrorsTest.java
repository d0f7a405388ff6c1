package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.HeaderEditsConfig.Header;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.Mirror;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.observe.MeshObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Copies of calls on real sockets. */
final class MirrorsTest {

    private static final long SECONDS = 20;

    @RegisterExtension
    final Net net = new Net();

    private final Log log = new Log();

    @Test
    void aCopyIsEditedLikeTheCallAndItsAnswerIsThrownAway() throws Exception {
        MockWebServer primary = net.answering("from the primary");
        MockWebServer mirror = net.status(500);
        OkHttpClient client = client(
                primary,
                mirror,
                route -> route.withRewrite(new RewriteConfig("/moved", null, null, "elsewhere"))
                        .withHeaders(
                                new HeaderEditsConfig(List.of(new Header("x-set", "1")), List.of(), List.of()),
                                HeaderEditsConfig.NONE));

        Request request = new Request.Builder()
                .url(Net.REVIEWS + "?q=1")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .post(RequestBody.create("the body", MediaType.get("text/plain")))
                .build();
        assertThat(Net.call(client, request)).isEqualTo("200 from the primary");

        RecordedRequest copy = mirror.takeRequest(SECONDS, TimeUnit.SECONDS);
        assertThat(copy.getMethod()).isEqualTo("POST");
        assertThat(copy.getTarget()).isEqualTo("/moved?q=1");
        assertThat(copy.getHeaders().get("Host")).isEqualTo("elsewhere");
        assertThat(copy.getHeaders().get("x-set")).isEqualTo("1");
        assertThat(copy.getHeaders().get("traceparent"))
                .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
        assertThat(copy.getBody().utf8()).isEqualTo("the body");
        assertThat(primary.takeRequest().getHeaders().get("traceparent")).endsWith("-01");
        assertThat(log.next()).isEqualTo("ended mirror 500");
    }

    @Test
    void aMirrorThatHangsDoesNotHoldTheCallAndEndsWithTheMesh() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        MockWebServer mirror = net.serving(request -> {
            reached.countDown();
            release.await();
            return new MockResponse.Builder().build();
        });
        Mesh mesh = mesh(net.answering("ok"), mirror, route -> route);
        OkHttpClient client = net.client(mesh);
        try {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 ok");
            assertThat(reached.await(SECONDS, TimeUnit.SECONDS)).isTrue();

            mesh.close();
            assertThat(log.next()).isEqualTo("ended mirror cancelled");
        } finally {
            release.countDown();
        }
    }

    @Test
    void aMirrorThatIsDownDoesNotShow() throws Exception {
        ClusterConfig down = ClusterConfig.of("mirror").endpoint("127.0.0.1", Net.closedPort());
        OkHttpClient client = net.client(mesh(config(net.answering("ok"), down, route -> route)));
        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 ok");
        assertThat(log.next()).isEqualTo("ended mirror CONNECT");
    }

    @Test
    void bodiesThatCannotBeCopiedAreReportedAndTheCallGoesOn() throws Exception {
        MockWebServer primary = net.answering("ok");
        OkHttpClient client = client(primary, net.answering("never"), route -> route);

        assertThat(Net.call(client, post(body(3, true)))).isEqualTo("200 ok");
        assertThat(log.next()).isEqualTo("skipped mirror BODY_NOT_REPLAYABLE");
        assertThat(Net.call(client, post(body(-1, false)))).isEqualTo("200 ok");
        assertThat(log.next()).isEqualTo("skipped mirror BODY_NOT_REPLAYABLE");
        assertThat(Net.call(client, post(RequestBody.create(new byte[Mirrors.MAX_BODY_BYTES + 1]))))
                .isEqualTo("200 ok");
        assertThat(log.next()).isEqualTo("skipped mirror BODY_TOO_LARGE");
        assertThat(Net.call(client, post(RequestBody.create(new byte[Mirrors.MAX_BODY_BYTES]))))
                .isEqualTo("200 ok");
        assertThat(log.next()).isEqualTo("ended mirror 200");
    }

    @Test
    void retriesAreNotCopied() throws Exception {
        MockWebServer primary = net.status(503);
        MockWebServer mirror = net.answering("copy");
        OkHttpClient client = client(
                primary,
                mirror,
                route -> route.withRetry(Net.retries(2, io.inmesh.config.RetryConfig.Condition.GATEWAY_ERROR)));
        assertThat(Net.call(client, Net.REVIEWS)).startsWith("503");
        assertThat(primary.getRequestCount()).isEqualTo(3);
        assertThat(log.next()).isEqualTo("ended mirror 200");
        assertThat(mirror.getRequestCount()).isEqualTo(1);
    }

    @Test
    void aCallThatIsRefusedIsNotCopied() throws Exception {
        ClusterConfig empty = ClusterConfig.of("reviews");
        MockWebServer mirror = net.answering("copy");
        MeshConfig config = MeshConfig.builder()
                .cluster(empty)
                .cluster(ClusterConfig.of("mirror").endpoint("127.0.0.1", mirror.getPort()))
                .virtualHost(VirtualHostConfig.of(Net.AUTHORITY, mirrored()))
                .build();
        OkHttpClient client = net.client(mesh(config));
        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(IOException.class);
        assertThat(mirror.getRequestCount()).isZero();
        assertThat(log.lines).isEmpty();
    }

    private static Request post(RequestBody body) {
        return new Request.Builder().url(Net.REVIEWS).post(body).build();
    }

    private static RequestBody body(long length, boolean oneShot) {
        return new RequestBody() {
            @Override
            public @Nullable MediaType contentType() {
                return null;
            }

            @Override
            public long contentLength() {
                return length;
            }

            @Override
            public boolean isOneShot() {
                return oneShot;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeUtf8("abc");
            }
        };
    }

    private OkHttpClient client(MockWebServer primary, MockWebServer mirror, UnaryOperator<RouteConfig> route) {
        return net.client(mesh(primary, mirror, route));
    }

    private Mesh mesh(MockWebServer primary, MockWebServer mirror, UnaryOperator<RouteConfig> route) {
        return mesh(config(primary, ClusterConfig.of("mirror").endpoint("127.0.0.1", mirror.getPort()), route));
    }

    private Mesh mesh(MeshConfig config) {
        return net.keep(Mesh.builder().config(config).observer(log).build());
    }

    private static MeshConfig config(MockWebServer primary, ClusterConfig mirror, UnaryOperator<RouteConfig> route) {
        return MeshConfig.builder()
                .cluster(Net.cluster(primary))
                .cluster(mirror)
                .virtualHost(VirtualHostConfig.of(Net.AUTHORITY, route.apply(mirrored())))
                .build();
    }

    private static RouteConfig mirrored() {
        return RouteConfig.of(
                "default",
                RouteMatch.ANY,
                new RouteAction.Forward(
                        List.of(WeightedCluster.of("reviews", 1)), List.of(new Mirror("mirror", 1_000_000))));
    }

    private static final class Log implements MeshObserver {
        final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        String next() throws InterruptedException {
            String line = lines.poll(SECONDS, TimeUnit.SECONDS);
            return line == null ? "nothing" : line;
        }

        @Override
        public void mirrorEnded(String cluster, Call copy, Outcome outcome, long durationNanos) {
            String how = outcome instanceof Outcome.Response response
                    ? Integer.toString(response.httpStatus())
                    : outcome instanceof Outcome.Failure failure
                            ? failure.kind().name()
                            : "cancelled";
            lines.add("ended " + cluster + " " + how);
        }

        @Override
        public void mirrorSkipped(String cluster, MirrorSkip why) {
            lines.add("skipped " + cluster + " " + why);
        }
    }
}
