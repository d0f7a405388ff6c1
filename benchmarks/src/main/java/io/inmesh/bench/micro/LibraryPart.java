package io.inmesh.bench.micro;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.inmesh.bench.DiscardedLog;
import io.inmesh.observe.AccessLogSettings;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What libraries allocate when they are asked for what telemetry asks of them, without the mesh. */
enum LibraryPart {
    /** The SDK draws ids, looks at its sampler, and hands out a span that records nothing. */
    ASKED("OpenTelemetry SDK: asked about a trace that it does not keep") {
        @Override
        Object make() {
            return UNKEPT.spanBuilder("reviews:9080")
                    .setParent(Context.root())
                    .setSpanKind(SpanKind.INTERNAL)
                    .startSpan();
        }
    },
    /** The span of a call and below it that of its attempt, with the attributes that the mesh gives them. */
    KEPT("OpenTelemetry: two spans with the same attributes, their contexts and header") {
        @Override
        Object make() {
            Span call = KEPT_TRACES
                    .spanBuilder("reviews:9080")
                    .setParent(Context.root())
                    .setSpanKind(SpanKind.INTERNAL)
                    .startSpan();
            call.setAttribute(METHOD, "GET");
            call.setAttribute(ROUTE, "default");
            Context context = Context.root().with(call);
            Span attempt = KEPT_TRACES
                    .spanBuilder("GET")
                    .setParent(context)
                    .setSpanKind(SpanKind.CLIENT)
                    .setAttribute(ADDRESS, "reviews")
                    .setAttribute(PORT, NUMBER)
                    .setAttribute(METHOD, "GET")
                    .setAttribute(URL, "http://reviews:9080/reviews/0")
                    .setAttribute(ROUTE, "default")
                    .startSpan();
            attempt.setAttribute(CLUSTER, "reviews");
            attempt.setAttribute(PEER, "10.0.0.1");
            attempt.setAttribute(PEER_PORT, NUMBER);
            W3CTraceContextPropagator.getInstance().inject(context.with(attempt), HEADERS, Map::put);
            attempt.setAttribute(STATUS, NUMBER);
            attempt.end();
            try (Scope ignored = context.makeCurrent()) {
                call.setAttribute(ATTEMPTS, 1L);
                call.setAttribute(CLUSTER, "reviews");
                call.setAttribute(STATUS, NUMBER);
                call.end();
            }
            return call;
        }
    },
    /** A string of 55 characters. */
    TEXT("the text of a traceparent header") {
        @Override
        Object make() {
            return new String(BYTES, StandardCharsets.ISO_8859_1);
        }
    },
    /** Requests cannot be changed. */
    COPIED("OkHttp: a request copied to add a header") {
        @Override
        Object make() {
            return REQUEST.newBuilder().header("traceparent", HEADER).build();
        }
    },
    /** Headers are kept as bytes, and handed to the transport as such. */
    PUT("gRPC: metadata with one header, as the transport gets it") {
        @Override
        Object make() {
            Metadata metadata = new Metadata();
            metadata.put(TRACEPARENT, HEADER);
            return InternalMetadata.serialize(metadata);
        }
    },
    /** It looks who has called, and makes a record for its handlers, of which there is one that does nothing. */
    LOGGED("SLF4J over java.util.logging: a line handed over and thrown away") {
        @Override
        Object make() {
            LINES.info(LINE);
            return LINE;
        }
    };

    private static final long FLUSH_SECONDS = 60;
    private static final SdkTracerProvider KEEPING = Told.tracers(1);
    private static final Tracer KEPT_TRACES = KEEPING.get("library");
    private static final Tracer UNKEPT = Told.tracers(0).get("library");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("inmesh.route");
    private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");
    private static final AttributeKey<String> CLUSTER = AttributeKey.stringKey("inmesh.cluster");
    private static final AttributeKey<String> PEER = AttributeKey.stringKey("network.peer.address");
    private static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("inmesh.attempts");
    private static final Long NUMBER = 9080L;
    private static final Map<String, String> HEADERS = new HashMap<>();
    private static final String HEADER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    private static final byte[] BYTES = HEADER.getBytes(StandardCharsets.ISO_8859_1);
    private static final Request REQUEST =
            new Request.Builder().url("http://reviews:9080/reviews/0").build();
    private static final Metadata.Key<String> TRACEPARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private static final String LINE = "{\"start_time\":\"2026-01-01T00:00:00.000Z\"}";
    private static final Logger LINES = lines();

    /** Written, never read, so that the compiler cannot leave out what is counted. */
    static @Nullable Object seen;

    private final String text;

    LibraryPart(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    abstract Object make();

    private static Logger lines() {
        DiscardedLog.begin();
        return LoggerFactory.getLogger(AccessLogSettings.LOGGER);
    }

    void once() {
        seen = make();
    }

    /** Waits until the spans that were kept have been thrown away. */
    static void flush() {
        KEEPING.forceFlush().join(FLUSH_SECONDS, TimeUnit.SECONDS);
    }
}
