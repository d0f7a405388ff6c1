package io.inmesh.bench.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.stub.ClientCalls;
import io.inmesh.Mesh;
import io.inmesh.bench.Echo;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.grpc.MeshGrpc;
import io.inmesh.okhttp.MeshOkHttp;
import io.inmesh.servlet.MeshFilter;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** OkHttp calls a servlet, which fails once and is asked again, and calls gRPC on another thread: one trace of it all. */
class OneTraceTest {

    // The spans of servers end after the answer has been sent; only a test that fails waits this long.
    private static final long PATIENCE_SECONDS = 60;
    private static final int SPANS = 8;

    private final CountDownLatch ended = new CountDownLatch(SPANS);
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .addSpanProcessor(new Counting(ended))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();

    private final Mesh ratings = Mesh.builder().openTelemetry(sdk).build();
    private final Mesh reviews = Mesh.builder().openTelemetry(sdk).build();
    private final Mesh page = Mesh.builder().openTelemetry(sdk).build();
    private final org.eclipse.jetty.server.Server jetty = new org.eclipse.jetty.server.Server();

    @AfterEach
    void close() throws Exception {
        jetty.stop();
        page.close();
        reviews.close();
        ratings.close();
        sdk.close();
    }

    @Test
    void fromOkHttpThroughAnAsynchronousServletToGrpcWithARetry() throws Exception {
        Server grpc =
                MeshGrpc.server(0, ratings).addService(Echo.service()).build().start();
        reviews.apply(config("ratings", 9080, grpc.getPort(), RetryConfig.NONE));
        ManagedChannel channel = MeshGrpc.channel("ratings:9080", reviews);
        try {
            int port = serve(new FailingOnce(channel));
            RetryConfig retry = RetryConfig.DEFAULT.withConditions(Set.of(RetryConfig.Condition.SERVER_ERROR));
            page.apply(config("reviews", 9080, port, retry));
            OkHttpClient http = MeshOkHttp.wrap(new OkHttpClient(), page);
            try (Response response = http.newCall(new Request.Builder()
                            .url("http://reviews:9080/reviews/1")
                            .build())
                    .execute()) {
                assertThat(response.code()).isEqualTo(200);
            }
            assertThat(ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            channel.shutdownNow();
            grpc.shutdownNow();
        }
        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans).hasSize(SPANS);
        assertThat(spans.stream().map(SpanData::getTraceId).distinct()).hasSize(1);
        Map<String, SpanData> byId = spans.stream().collect(Collectors.toMap(SpanData::getSpanId, Function.identity()));
        SpanData call = one(spans, SpanKind.INTERNAL, "reviews:9080");
        assertThat(call.getParentSpanId()).isEqualTo(SpanId.getInvalid());
        assertThat(call.getAttributes().get(AttributeKey.longKey("inmesh.attempts")))
                .isEqualTo(2);
        List<SpanData> attempts = of(spans, SpanKind.CLIENT, "GET");
        assertThat(attempts)
                .hasSize(2)
                .allSatisfy(attempt -> assertThat(attempt.getParentSpanId()).isEqualTo(call.getSpanId()));
        assertThat(attempts)
                .extracting(attempt -> attempt.getAttributes().get(AttributeKey.longKey("http.request.resend_count")))
                .containsExactlyInAnyOrder(null, 1L);
        List<SpanData> servers = of(spans, SpanKind.SERVER, "GET");
        assertThat(servers)
                .extracting(server -> byId.get(server.getParentSpanId()))
                .containsExactlyInAnyOrderElementsOf(attempts);
        assertThat(servers)
                .extracting(server -> server.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
                .containsExactlyInAnyOrder(503L, 200L);
        SpanData inner = one(spans, SpanKind.INTERNAL, "ratings:9080");
        SpanData outer = byId.get(inner.getParentSpanId());
        assertThat(outer.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(outer.getEndEpochNanos()).isGreaterThanOrEqualTo(inner.getEndEpochNanos());
        SpanData sent = one(spans, SpanKind.CLIENT, "inmesh.bench.Echo/Echo");
        assertThat(sent.getParentSpanId()).isEqualTo(inner.getSpanId());
        assertThat(one(spans, SpanKind.SERVER, "inmesh.bench.Echo/Echo").getParentSpanId())
                .isEqualTo(sent.getSpanId());
    }

    private int serve(HttpServlet servlet) throws Exception {
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        FilterHolder filter = new FilterHolder(new MeshFilter(reviews));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.allOf(DispatcherType.class));
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        jetty.setHandler(context);
        jetty.start();
        return connector.getLocalPort();
    }

    private static MeshConfig config(String host, int port, int realPort, RetryConfig retry) {
        return MeshConfig.builder()
                .cluster(ClusterConfig.of(host).endpoint("127.0.0.1", realPort))
                .virtualHost(VirtualHostConfig.of(
                        host + ":" + port, RouteConfig.to(host).withRetry(retry)))
                .build();
    }

    private static SpanData one(List<SpanData> spans, SpanKind kind, String name) {
        List<SpanData> found = of(spans, kind, name);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static List<SpanData> of(List<SpanData> spans, SpanKind kind, String name) {
        return spans.stream()
                .filter(span -> span.getKind() == kind && span.getName().equals(name))
                .toList();
    }

    /** Answers 503 at first, and then, on a thread of its own, with what gRPC says. */
    private static final class FailingOnce extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient ManagedChannel channel;
        private final transient AtomicInteger requests = new AtomicInteger();

        FailingOnce(ManagedChannel channel) {
            this.channel = channel;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            if (requests.incrementAndGet() == 1) {
                response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
                return;
            }
            AsyncContext async = request.startAsync();
            Runnable work = () -> {
                ClientCalls.blockingUnaryCall(channel, Echo.METHOD, CallOptions.DEFAULT, new byte[] {1});
                async.complete();
            };
            new Thread(Context.current().wrap(work), "answering").start();
        }
    }
}
