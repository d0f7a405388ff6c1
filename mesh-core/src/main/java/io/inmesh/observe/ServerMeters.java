package io.inmesh.observe;

import io.inmesh.authz.Decision;
import io.inmesh.authz.ExternalDecision;
import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Counts inbound requests. One object for all of them. Nothing a client can choose freely becomes a tag. */
final class ServerMeters implements InboundObserver {

    private static final int MAX_GRPC_METHODS = 2000;

    private final MeterFactory meters;
    private final boolean durations;
    private final MeterTable<Timer> http = new MeterTable<>(this::httpDuration);
    private final MeterTable<Timer> https = new MeterTable<>(this::httpsDuration);
    private final NamedTable<MeterTable<Timer>> grpc;
    private final MeterTable<Counter> rejections = new MeterTable<>(this::rejectionsCounter);

    private final AuthorizationMeters authorization;

    ServerMeters(MeterFactory meters, boolean durations) {
        this.meters = meters;
        this.durations = durations;
        this.authorization = new AuthorizationMeters(meters);
        this.grpc = new NamedTable<>(
                MAX_GRPC_METHODS,
                path -> new MeterTable<>(outcome -> grpcDuration(path, outcome)),
                meters.overflow("gRPC methods that are served"));
    }

    @Override
    public void checked(InboundCall call, ExternalDecision decision) {
        authorization.checked(decision);
    }

    @Override
    public void authorized(InboundCall call, Decision decision) {
        authorization.decided(decision);
    }

    @Override
    public void audited(InboundCall call, Decision match) {
        authorization.audited(match);
    }

    @Override
    public void shadowDecided(InboundCall call, Decision decision, Decision shadow) {
        authorization.shadowDecided(decision, shadow);
    }

    @Override
    public void refused(InboundCall call, Outcome outcome, long durationNanos) {
        if (outcome instanceof Outcome.Rejection rejection) {
            rejections.get(rejection.reason().ordinal()).increment();
            record(call, answered(call, rejection), durationNanos, false);
        } else {
            if (outcome instanceof Outcome.LocalReply reply) {
                // An external authorizer's denial; what it answers with is its own.
                rejections.get(reply.reason().ordinal()).increment();
            }
            record(call, outcome, durationNanos, false);
        }
    }

    @Override
    public void ended(InboundCall call, Outcome outcome, long durationNanos) {
        record(call, outcome, durationNanos, true);
    }

    /** A refusal is an answer like another to whoever watches the server from outside. */
    private static Outcome answered(InboundCall call, Outcome.Rejection rejection) {
        return call.protocol() == Call.Protocol.GRPC
                ? Outcome.Response.grpc(rejection.grpcStatus())
                : Outcome.Response.http(rejection.httpStatus());
    }

    private void record(InboundCall call, Outcome outcome, long durationNanos, boolean reached) {
        if (!durations) {
            return;
        }
        int code = OutcomeCode.of(call.protocol(), outcome);
        timer(call, code, reached && code != OutcomeCode.GRPC_UNIMPLEMENTED)
                .record(durationNanos, TimeUnit.NANOSECONDS);
    }

    /** A call that reached no method may name one that does not exist, and what clients make up must not become a tag. */
    private Timer timer(InboundCall call, int code, boolean methodExists) {
        if (call.protocol() == Call.Protocol.GRPC) {
            return grpc.get(methodExists ? call.path() : known(call.path())).get(code);
        }
        return (call.secure() ? https : http).get(Methods.index(call.method()) * OutcomeCode.LIMIT + code);
    }

    private String known(String path) {
        return grpc.contains(path) ? path : NamedTable.OTHER;
    }

    private Timer httpDuration(int key) {
        return duration("http", key);
    }

    private Timer httpsDuration(int key) {
        return duration("https", key);
    }

    private Timer duration(String scheme, int key) {
        int outcome = key % OutcomeCode.LIMIT;
        return meters.duration(
                "http.server.request.duration",
                "Duration of inbound HTTP requests, to their real end",
                Tags.of(
                        "http.request.method", Methods.name(key / OutcomeCode.LIMIT),
                        "url.scheme", scheme,
                        "http.response.status_code", MeterFactory.orNone(OutcomeCode.status(outcome)),
                        "error.type", MeterFactory.orNone(OutcomeCode.serverError(outcome))));
    }

    private Timer grpcDuration(String path, int outcome) {
        return meters.duration(
                "rpc.server.call.duration",
                "Duration of inbound gRPC calls, to their real end",
                Tags.of(
                        "rpc.system.name", "grpc",
                        "rpc.method", Methods.grpc(path),
                        "rpc.response.status_code", MeterFactory.orNone(OutcomeCode.status(outcome)),
                        "error.type", MeterFactory.orNone(OutcomeCode.serverError(outcome))));
    }

    private Counter rejectionsCounter(int ordinal) {
        return meters.counter(
                "inmesh.server.rejections",
                "Inbound requests that the mesh refused",
                Tags.of("reason", OutcomeCode.reason(Reason.values()[ordinal])));
    }
}
