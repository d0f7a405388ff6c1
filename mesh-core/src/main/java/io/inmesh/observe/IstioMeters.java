package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.call.Call.Protocol;
import io.inmesh.call.Outcome;
import io.inmesh.config.MetricsConfig.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
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
    private volatile @Nullable Messages messages;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Meter> made = new ArrayList<>();
    private volatile boolean used = true;
    private volatile boolean gone;

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
            @Nullable DistributionSummary responseBytes) {

        static final Row NONE = new Row(null, null, null, null);
    }

    /** What the messages of gRPC are counted in, whatever became of their calls; null where a metric is switched off. */
    private record Messages(
            @Nullable Counter sent, @Nullable Counter answered) {

        static void add(@Nullable Counter counter, long messages) {
            if (counter != null && messages > 0) {
                counter.increment(messages);
            }
        }
    }

    /**
     * Counts a request that has ended.
     *
     * @param attempts how often it was sent; 0 or 1 where that has no meaning
     * @param secure whether it came over mutual TLS
     */
    void record(Call call, Outcome outcome, int attempts, boolean secure, long durationNanos) {
        if (!used) {
            used = true;
        }
        Row row = rows.get(key(call.protocol(), outcome, attempts, secure));
        if (row.requests != null) {
            row.requests.increment();
        }
        if (row.duration != null) {
            row.duration.record(durationNanos / NANOS_PER_MILLI);
        }
        record(row.requestBytes, call.requestBytes());
        record(row.responseBytes, call.responseBytes());
        if (call.protocol() == Protocol.GRPC && call.requestMessages() >= 0) {
            Messages counted = messages();
            Messages.add(counted.sent, call.requestMessages());
            Messages.add(counted.answered, call.responseMessages());
        }
    }

    private Messages messages() {
        Messages known = messages;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            if (messages == null) {
                messages = gone
                        ? new Messages(null, null)
                        : new Messages(
                                counter(
                                        Metric.GRPC_REQUEST_MESSAGES,
                                        "istio.request.messages",
                                        "Messages that gRPC calls have sent",
                                        pair),
                                counter(
                                        Metric.GRPC_RESPONSE_MESSAGES,
                                        "istio.response.messages",
                                        "Messages that gRPC calls were answered with",
                                        pair));
            }
            return messages;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether anything was counted since this was asked last} */
    boolean takeUsed() {
        boolean taken = used;
        used = false;
        return taken;
    }

    /** {@return whether it has ended, so that whoever knows it has to ask for another one} */
    boolean gone() {
        return gone;
    }

    /** Takes its meters out of the registry. What is still counted here is lost. */
    void end() {
        lock.lock();
        try {
            gone = true;
            generation.remove(made);
            made.clear();
        } finally {
            lock.unlock();
        }
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
        lock.lock();
        try {
            return gone ? Row.NONE : row(labels);
        } finally {
            lock.unlock();
        }
    }

    private Row row(Map<String, String> labels) {
        return new Row(
                counter(Metric.REQUEST_COUNT, "istio.requests", "Requests that have ended", labels),
                summary(Metric.REQUEST_DURATION, "istio.request.duration.milliseconds", "Duration of requests", labels),
                summary(Metric.REQUEST_SIZE, "istio.request.bytes", "Size of request bodies", labels),
                summary(Metric.RESPONSE_SIZE, "istio.response.bytes", "Size of response bodies", labels));
    }

    private static boolean cancelled(ResponseFlag flag) {
        return flag == ResponseFlag.CLIENT_GONE;
    }

    private @Nullable Counter counter(Metric metric, String name, String description, Map<String, String> labels) {
        Tags tags = generation.tags(reporter, metric, labels);
        return tags == null ? null : keep(generation.counter(name, description, tags));
    }

    private @Nullable DistributionSummary summary(
            Metric metric, String name, String description, Map<String, String> labels) {
        Tags tags = generation.tags(reporter, metric, labels);
        return tags == null ? null : keep(generation.summary(name, description, tags, BUCKETS));
    }

    private <T extends Meter> @Nullable T keep(@Nullable T meter) {
        if (meter != null) {
            made.add(meter);
        }
        return meter;
    }
}
