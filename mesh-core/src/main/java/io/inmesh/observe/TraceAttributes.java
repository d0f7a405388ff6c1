package io.inmesh.observe;

import io.inmesh.authz.Decision;
import io.inmesh.authz.ExternalDecision;
import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.identity.SpiffeId;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What spans say, in the words of the OpenTelemetry conventions. */
final class TraceAttributes {

    private static final AttributeKey<String> HTTP_METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> HTTP_METHOD_ORIGINAL =
            AttributeKey.stringKey("http.request.method_original");
    private static final AttributeKey<Long> HTTP_STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> RESEND_COUNT = AttributeKey.longKey("http.request.resend_count");
    private static final AttributeKey<String> RPC_SYSTEM = AttributeKey.stringKey("rpc.system.name");
    private static final AttributeKey<String> RPC_METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<String> RPC_STATUS = AttributeKey.stringKey("rpc.response.status_code");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> URL_FULL = AttributeKey.stringKey("url.full");
    private static final AttributeKey<String> URL_PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> URL_SCHEME = AttributeKey.stringKey("url.scheme");
    private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> PEER_ADDRESS = AttributeKey.stringKey("network.peer.address");
    private static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");
    private static final AttributeKey<String> CLUSTER = AttributeKey.stringKey("inmesh.cluster");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("inmesh.route");
    private static final AttributeKey<String> PEER = AttributeKey.stringKey("inmesh.peer");
    private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("inmesh.attempts");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("inmesh.attempt");
    private static final AttributeKey<Long> RETRY_DELAY = AttributeKey.longKey("inmesh.retry.delay_ms");
    private static final AttributeKey<String> REFUSAL = AttributeKey.stringKey("inmesh.retry.refusal");
    private static final AttributeKey<Long> DELAY = AttributeKey.longKey("inmesh.fault.delay_ms");
    private static final AttributeKey<Boolean> HEDGE = AttributeKey.booleanKey("inmesh.hedge");
    private static final AttributeKey<String> REJECTION = AttributeKey.stringKey("inmesh.rejection");

    private static final AttributeKey<String> POLICY = AttributeKey.stringKey("inmesh.authorization.policy");
    private static final AttributeKey<String> AUTHORIZER = AttributeKey.stringKey("inmesh.authorizer");
    private static final AttributeKey<String> RESULT = AttributeKey.stringKey("inmesh.authorization.result");
    private static final AttributeKey<Boolean> ALLOWED = AttributeKey.booleanKey("inmesh.authorization.allowed");

    private static final long NANOS_PER_MILLI = 1_000_000;

    private TraceAttributes() {}

    /** Where attributes go: into a span that is to begin, or one that has begun. */
    private interface Sink {
        <T> void set(AttributeKey<T> key, T value);
    }

    /**
     * {@return a started span of a call, which its attempts are part of}
     *
     * @param undescribed whether whoever decides about traces does not look at attributes, so that only a span that is kept gets them
     */
    static Span call(
            Tracer tracer, Call call, String virtualHost, Context parent, @Nullable String route, boolean undescribed) {
        // A virtual host comes from config, so there are so many names and no more.
        SpanBuilder builder = tracer.spanBuilder(virtualHost).setParent(parent).setSpanKind(SpanKind.INTERNAL);
        if (!undescribed) {
            called(builder::setAttribute, call, route);
            return builder.startSpan();
        }
        Span span = builder.startSpan();
        if (span.isRecording()) {
            called(span::setAttribute, call, route);
        }
        return span;
    }

    private static void called(Sink sink, Call call, @Nullable String route) {
        if (call.protocol() == Call.Protocol.GRPC) {
            sink.set(RPC_METHOD, Methods.grpc(call.path()));
        } else {
            sink.set(HTTP_METHOD, Methods.known(call.method()));
        }
        if (route != null) {
            sink.set(ROUTE, route);
        }
    }

    static void route(Span span, @Nullable String route) {
        if (route != null) {
            span.setAttribute(ROUTE, route);
        }
    }

    static void delayed(Span span, long delayNanos) {
        span.setAttribute(DELAY, delayNanos / NANOS_PER_MILLI);
    }

    static void retrying(Span span, Attempt ended, long delayNanos) {
        if (span.isRecording()) {
            span.addEvent(
                    "inmesh.retry",
                    Attributes.of(ATTEMPT, (long) ended.number(), RETRY_DELAY, delayNanos / NANOS_PER_MILLI));
        }
    }

    static void retryRefused(Span span, Attempt ended, CallObserver.RetryRefusal why) {
        if (span.isRecording()) {
            span.addEvent(
                    "inmesh.retry.refused",
                    Attributes.of(
                            ATTEMPT, (long) ended.number(), REFUSAL, why.name().toLowerCase(Locale.ROOT)));
        }
    }

    static void callEnded(Span span, @Nullable Attempt last, int attempts) {
        span.setAttribute(ATTEMPTS, (long) attempts);
        if (last != null) {
            span.setAttribute(CLUSTER, last.cluster());
        }
    }

    /** {@return a started client span of an attempt} */
    static Span client(Tracer tracer, Call call, Context parent, @Nullable String route) {
        SpanBuilder span = tracer.spanBuilder(name(call))
                .setSpanKind(SpanKind.CLIENT)
                .setParent(parent)
                .setAttribute(SERVER_ADDRESS, call.host())
                .setAttribute(SERVER_PORT, Boxed.of(call.port()));
        request(span::setAttribute, call);
        if (call.protocol() == Call.Protocol.HTTP) {
            // The query is left out: it is where secrets hide.
            span.setAttribute(URL_FULL, call.scheme() + "://" + call.host() + ":" + call.port() + call.path());
        }
        if (route != null) {
            span.setAttribute(ROUTE, route);
        }
        return span.startSpan();
    }

    static void attempt(Span span, Attempt attempt) {
        span.setAttribute(CLUSTER, attempt.cluster());
        span.setAttribute(PEER_ADDRESS, attempt.endpoint().host());
        span.setAttribute(PEER_PORT, Boxed.of(attempt.endpoint().port()));
        if (attempt.number() > 1) {
            span.setAttribute(RESEND_COUNT, (long) attempt.number() - 1);
        }
        if (attempt.hedge()) {
            span.setAttribute(HEDGE, true);
        }
    }

    /**
     * {@return a started server span of a request}
     *
     * @param undescribed whether whoever decides about traces does not look at attributes, so that only a span that is kept gets them
     */
    static Span server(Tracer tracer, InboundCall call, Context parent, boolean undescribed) {
        SpanBuilder builder =
                tracer.spanBuilder(name(call)).setSpanKind(SpanKind.SERVER).setParent(parent);
        if (!undescribed) {
            served(builder::setAttribute, call);
            return builder.startSpan();
        }
        Span span = builder.startSpan();
        if (span.isRecording()) {
            served(span::setAttribute, call);
        }
        return span;
    }

    private static void served(Sink sink, InboundCall call) {
        request(sink, call);
        if (call.protocol() == Call.Protocol.HTTP) {
            sink.set(URL_PATH, call.path());
            sink.set(URL_SCHEME, call.scheme());
        }
        InetAddress address = call.peerAddress();
        if (address != null) {
            sink.set(PEER_ADDRESS, address.getHostAddress());
        }
    }

    static void peer(Span span, InboundCall call) {
        SpiffeId peer = call.peer();
        if (peer != null && span.isRecording()) {
            span.setAttribute(PEER, peer.toString());
        }
    }

    static void clientOutcome(Span span, Call call, Outcome outcome) {
        int code = OutcomeCode.of(call.protocol(), outcome);
        outcome(span, call, outcome, code, OutcomeCode.clientError(code));
    }

    /** As for an attempt, but for the exception, which the attempt has. */
    static void callOutcome(Span span, Call call, Outcome outcome) {
        int code = OutcomeCode.of(call.protocol(), outcome);
        status(span, call, code, OutcomeCode.clientError(code));
    }

    static void serverOutcome(Span span, Call call, Outcome outcome) {
        int code = OutcomeCode.of(call.protocol(), outcome);
        outcome(span, call, outcome, code, OutcomeCode.serverError(code));
    }

    /** An event, so that it has the time of the answer. */
    static void checked(Span span, ExternalDecision decision) {
        if (span.isRecording()) {
            span.addEvent(
                    "inmesh.authorization.external",
                    Attributes.builder()
                            .put(AUTHORIZER, decision.authorizer())
                            .put(POLICY, decision.policy())
                            .put(RESULT, decision.result().name().toLowerCase(Locale.ROOT))
                            .build());
        }
    }

    /** Says which policy decided, if one did. */
    static void authorized(Span span, Decision decision) {
        if (decision.policy() != null) {
            span.setAttribute(POLICY, decision.policy());
        }
    }

    /** An event, since several policies may mark a request. */
    static void audited(Span span, Decision match) {
        if (span.isRecording()) {
            span.addEvent("inmesh.authorization.audited", policy(match).build());
        }
    }

    static void shadowDecided(Span span, Decision shadow) {
        if (span.isRecording()) {
            span.addEvent(
                    "inmesh.authorization.shadow",
                    policy(shadow).put(ALLOWED, shadow.allowed()).build());
        }
    }

    private static AttributesBuilder policy(Decision decision) {
        AttributesBuilder attributes = Attributes.builder();
        return decision.policy() == null ? attributes : attributes.put(POLICY, decision.policy());
    }

    /** Says why the mesh refused. */
    static void rejection(Span span, Outcome outcome) {
        if (outcome instanceof Outcome.Rejection rejection) {
            span.setAttribute(REJECTION, rejection.message());
        } else if (outcome instanceof Outcome.LocalReply reply) {
            span.setAttribute(REJECTION, OutcomeCode.reason(reply.reason()));
        }
    }

    private static void outcome(Span span, Call call, Outcome outcome, int code, @Nullable String error) {
        status(span, call, code, error);
        if (outcome instanceof Outcome.Failure failure && span.isRecording()) {
            span.recordException(failure.cause());
        }
    }

    private static void status(Span span, Call call, int code, @Nullable String error) {
        if (call.protocol() == Call.Protocol.GRPC) {
            String status = OutcomeCode.status(code);
            if (status != null) {
                span.setAttribute(RPC_STATUS, status);
            }
        } else if (OutcomeCode.httpStatus(code)) {
            span.setAttribute(HTTP_STATUS, Boxed.of(code));
        }
        if (error != null) {
            span.setAttribute(ERROR_TYPE, error);
            span.setStatus(StatusCode.ERROR);
        }
    }

    private static String name(Call call) {
        if (call.protocol() == Call.Protocol.GRPC) {
            return Methods.grpc(call.path());
        }
        String method = Methods.known(call.method());
        return method.equals(call.method()) ? method : "HTTP";
    }

    private static void request(Sink sink, Call call) {
        if (call.protocol() == Call.Protocol.GRPC) {
            sink.set(RPC_SYSTEM, "grpc");
            sink.set(RPC_METHOD, Methods.grpc(call.path()));
            return;
        }
        String method = Methods.known(call.method());
        sink.set(HTTP_METHOD, method);
        if (!method.equals(call.method())) {
            sink.set(HTTP_METHOD_ORIGINAL, call.method());
        }
    }
}
