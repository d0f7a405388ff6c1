package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.call.Call.Protocol;
import io.inmesh.call.Outcome;
import io.inmesh.config.MetricsConfig.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Istio's metrics of the requests from one workload to another, found by a small number for each way in which they can end. */
final class IstioMeters {

    private static final double NANOS_PER_MILLI = 1e6;

    // Envoy's default buckets, which Istio leaves as they are.
    private static final double[] BUCKETS = {
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
        3_600_000
    };

    private static final int OK = 200;
    private static final int GRPC = 600;
    private static final int STATUS_LIMIT = 700;
    private static final ResponseFlag[] FLAGS = ResponseFlag.values();

    private final IstioGeneration generation;
    private final String reporter;
    private final Map<String, String> pair;
    private final MeterTable<Row> rows = new MeterTable<>(this::row);

    IstioMeters(IstioGeneration generation, String reporter, IstioPair pair) {
        this.generation = generation;
        this.reporter = reporter;
        this.pair = IstioTags.pair(reporter, pair);
    }

    /** What one way of ending is counted in; null where a metric is switched off. */
    private record Row(
            @Nullable Counter requests,
            @Nullable DistributionSummary duration,
            @Nullable DistributionSummary requestBytes,
            @Nullable DistributionSummary responseBytes) {}

    /**
     * Counts a request that has ended.
     *
     * @param attempts how often it was sent; 0 or 1 where that has no meaning
     * @param secure whether it came over mutual TLS
     */
    void record(Call call, Outcome outcome, int attempts, boolean secure, long durationNanos) {
        Row row = rows.get(key(call.protocol(), outcome, attempts, secure));
        if (row.requests != null) {
            row.requests.increment();
        }
        if (row.duration != null) {
            row.duration.record(durationNanos / NANOS_PER_MILLI);
        }
        record(row.requestBytes, call.requestBytes());
        record(row.responseBytes, call.responseBytes());
    }

    private static void record(@Nullable DistributionSummary sizes, long bytes) {
        // Where a size is not known, none is made up.
        if (sizes != null && bytes >= 0) {
            sizes.record(bytes);
        }
    }

    private static int key(Protocol protocol, Outcome outcome, int attempts, boolean secure) {
        int status = Answers.httpStatus(protocol, outcome);
        int code = protocol == Protocol.GRPC && (status == OK || status == Answers.NONE)
                ? GRPC + Math.floorMod(Answers.grpcStatus(outcome), STATUS_LIMIT - GRPC)
                : status >= 0 && status < GRPC ? status : 0;
        int flag = ResponseFlag.of(outcome).ordinal() * 2 + (ResponseFlag.retriesExhausted(outcome, attempts) ? 1 : 0);
        return ((flag * 2 + (secure ? 1 : 0)) * 2 + (protocol == Protocol.GRPC ? 1 : 0)) * STATUS_LIMIT + code;
    }

    private Row row(int key) {
        int code = key % STATUS_LIMIT;
        int rest = key / STATUS_LIMIT;
        boolean grpc = rest % 2 == 1;
        boolean secure = rest / 2 % 2 == 1;
        boolean exhausted = rest / 4 % 2 == 1;
        ResponseFlag flag = FLAGS[rest / 8];
        Map<String, String> labels = new HashMap<>(pair);
        labels.put("request_protocol", grpc ? "grpc" : "http");
        labels.put("response_code", code < GRPC ? Integer.toString(code) : cancelled(flag) ? "0" : "200");
        labels.put("grpc_response_status", code < GRPC ? "" : Integer.toString(code - GRPC));
        labels.put("response_flags", flag.text(exhausted));
        labels.put(
                "connection_security_policy",
                reporter.equals(IstioTags.CLIENT) ? Workload.NOT_KNOWN : secure ? "mutual_tls" : "none");
        return new Row(
                counter(labels),
                summary(Metric.REQUEST_DURATION, "istio.request.duration.milliseconds", "Duration of requests", labels),
                summary(Metric.REQUEST_SIZE, "istio.request.bytes", "Size of request bodies", labels),
                summary(Metric.RESPONSE_SIZE, "istio.response.bytes", "Size of response bodies", labels));
    }

    private static boolean cancelled(ResponseFlag flag) {
        return flag == ResponseFlag.CLIENT_GONE;
    }

    private @Nullable Counter counter(Map<String, String> labels) {
        Tags tags = generation.tags(reporter, Metric.REQUEST_COUNT, labels);
        return tags == null ? null : generation.counter("istio.requests", "Requests that have ended", tags);
    }

    private @Nullable DistributionSummary summary(
            Metric metric, String name, String description, Map<String, String> labels) {
        Tags tags = generation.tags(reporter, metric, labels);
        return tags == null ? null : generation.summary(name, description, tags, BUCKETS);
    }
}
