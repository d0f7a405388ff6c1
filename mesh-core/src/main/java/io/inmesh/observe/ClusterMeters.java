package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.observe.CallObserver.RetryRefusal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The meters of one route that end at one cluster. */
final class ClusterMeters {

    // Methods of one service that one process calls; stubs are code, so more would be names made at run time.
    private static final int MAX_GRPC_METHODS = 500;

    private final MeterFactory meters;
    private final boolean keepsDurations;
    private final Tags tags;
    private final Tags target;
    private final MeterTable<Timer> durations = new MeterTable<>(this::httpDuration);
    private final NamedTable<MeterTable<Timer>> grpcDurations;
    private final MeterTable<Counter> rejections = new MeterTable<>(this::rejectionsCounter);
    private final MeterTable<Counter> attempts = new MeterTable<>(this::attemptsCounter);
    private final MeterTable<Counter> refusals = new MeterTable<>(this::refusalsCounter);
    private final Counter retries;
    // Made by the first hedge: most clusters never have one.
    private final MeterTable<Counter> hedges = new MeterTable<>(this::hedgesCounter);

    /**
     * Makes the meters.
     *
     * @param target tags of the destination: {@code server.address}, {@code server.port}, and the route
     * @param cluster name of the cluster, or {@link MeterFactory#NONE}
     * @param keepsDurations whether durations are kept here
     */
    ClusterMeters(MeterFactory meters, Tags target, String cluster, boolean keepsDurations) {
        this.meters = meters;
        this.keepsDurations = keepsDurations;
        this.tags = Tags.of("inmesh.cluster", cluster);
        this.target = target.and(tags);
        this.grpcDurations = new NamedTable<>(
                MAX_GRPC_METHODS,
                method -> new MeterTable<>(outcome -> grpcDuration(method, outcome)),
                meters.overflow("gRPC methods that are called"));
        this.retries = meters.counter("inmesh.client.retries", "Attempts after the first", tags);
    }

    void attempt(int outcome) {
        attempts.get(outcome).increment();
    }

    void retry() {
        retries.increment();
    }

    void hedge() {
        hedges.get(0).increment();
    }

    void retryRefused(RetryRefusal why) {
        refusals.get(why.ordinal()).increment();
    }

    void rejected(Reason reason) {
        rejections.get(reason.ordinal()).increment();
    }

    void ended(Call call, int outcome, long durationNanos) {
        if (!keepsDurations) {
            return;
        }
        Timer timer = call.protocol() == Call.Protocol.GRPC
                ? grpcDurations.get(call.path()).get(outcome)
                : durations.get(Methods.index(call.method()) * OutcomeCode.LIMIT + outcome);
        timer.record(durationNanos, TimeUnit.NANOSECONDS);
    }

    private Timer grpcDuration(String path, int outcome) {
        return meters.duration(
                "rpc.client.call.duration",
                "Duration of outbound gRPC calls, retries included",
                target.and(
                        "rpc.system.name", "grpc",
                        "rpc.method", Methods.grpc(path),
                        "rpc.response.status_code", MeterFactory.orNone(OutcomeCode.status(outcome)),
                        "error.type", MeterFactory.orNone(OutcomeCode.clientError(outcome))));
    }

    private Timer httpDuration(int key) {
        int outcome = key % OutcomeCode.LIMIT;
        return meters.duration(
                "http.client.request.duration",
                "Duration of outbound HTTP calls, retries included",
                target.and(
                        "http.request.method", Methods.name(key / OutcomeCode.LIMIT),
                        "http.response.status_code", MeterFactory.orNone(OutcomeCode.status(outcome)),
                        "error.type", MeterFactory.orNone(OutcomeCode.clientError(outcome))));
    }

    private Counter attemptsCounter(int outcome) {
        return meters.counter(
                "inmesh.client.attempts", "Attempts sent", tags.and("outcome", OutcomeCode.summary(outcome)));
    }

    private Counter hedgesCounter(int only) {
        return meters.counter("inmesh.client.hedges", "Attempts sent beside slow ones", tags);
    }

    private Counter rejectionsCounter(int ordinal) {
        return meters.counter(
                "inmesh.client.rejections",
                "Calls that the mesh answered itself",
                tags.and("reason", OutcomeCode.reason(Reason.values()[ordinal])));
    }

    private Counter refusalsCounter(int ordinal) {
        String reason = RetryRefusal.values()[ordinal].name().toLowerCase(Locale.ROOT);
        return meters.counter(
                "inmesh.client.retries.refused",
                "Failed attempts that could have been repeated and were not",
                tags.and("reason", reason));
    }
}
