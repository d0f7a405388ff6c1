package io.inmesh.server.lrs;

import com.google.protobuf.Duration;
import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.server.limit.TokenBuckets;
import io.inmesh.server.model.ForeignText;
import io.inmesh.server.time.Timer;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.load.LoadReportingServiceGrpc.LoadReportingServiceImplBase;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes load reports over gRPC (xDS LRS). Who reports is told by its certificate.
 *
 * <p>Who reports far more often than it was asked to is refused, over all streams of its connection: a report may be megabytes, and all who
 * report share the threads that read them.
 */
public final class LoadReportService extends LoadReportingServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(LoadReportService.class);
    /** Of one connection, ten times that at once. Nobody is asked for more than one. */
    private static final int REPORTS_PER_SECOND = 2;

    private static final int MAX_LABELS = 100;
    private static final int MAX_LABEL_CHARACTERS = 256;

    private final Reports reports;
    private final Duration interval;
    private final TokenBuckets rate;

    /** Hands on to {@code reports} what comes, and asks for it as {@code settings} say. */
    public LoadReportService(Reports reports, ReportSettings settings, Timer timer) {
        this.reports = reports;
        this.rate = new TokenBuckets(REPORTS_PER_SECOND, timer);
        this.interval = Duration.newBuilder()
                .setSeconds(settings.interval().getSeconds())
                .setNanos(settings.interval().getNano())
                .build();
    }

    @Override
    public StreamObserver<LoadStatsRequest> streamLoadStats(StreamObserver<LoadStatsResponse> responses) {
        Caller caller = Caller.current();
        if (caller.identity().isEmpty()) {
            responses.onError(Status.UNAUTHENTICATED
                    .withDescription("a client certificate of this mesh is needed; a join token gives the first one")
                    .asRuntimeException());
            return new Ignoring();
        }
        Reporting reporting = new Reporting(caller, caller.identity().get(), responses);
        // A stream that this side ends, as the gate does with a caller that has been denied, tells its requests
        // nothing.
        ((ServerCallStreamObserver<LoadStatsResponse>) responses).setOnCloseHandler(reporting::end);
        return reporting;
    }

    /** Takes what was on its way when a stream was refused. */
    private static final class Ignoring implements StreamObserver<LoadStatsRequest> {
        @Override
        public void onNext(LoadStatsRequest request) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    private final class Reporting implements StreamObserver<LoadStatsRequest> {
        private final Caller caller;
        private final WorkloadIdentity reporter;
        private final StreamObserver<LoadStatsResponse> responses;
        private final long stream = reports.newStream();
        private final AtomicBoolean ended = new AtomicBoolean();
        private boolean begun;
        private boolean told;
        private Map<String, String> labels = Map.of();
        private String workload = "";

        Reporting(Caller caller, WorkloadIdentity reporter, StreamObserver<LoadStatsResponse> responses) {
            this.caller = caller;
            this.reporter = reporter;
            this.responses = responses;
        }

        @Override
        public void onNext(LoadStatsRequest request) {
            if (ended.get()) {
                return;
            }
            if (!rate.take(caller.address())) {
                refuse();
                return;
            }
            if (!begun) {
                // Only the first request has a node; another one later would have counts change hands.
                labels = labels(request.getNode());
                workload = workload(request.getNode(), reporter.serviceAccount());
            }
            ProcessReport report = new ProcessReport(
                    reporter.namespace(), reporter.serviceAccount(), workload, labels, request.getClusterStatsList());
            tellOmissions(request.getClusterStatsCount() - report.clusters().size());
            reports.own(stream, report);
            if (!begun) {
                begun = true;
                responses.onNext(LoadStatsResponse.newBuilder()
                        .setSendAllClusters(true)
                        .setLoadReportingInterval(interval)
                        .build());
            }
        }

        private void refuse() {
            end();
            LOG.info("{} reports load far more often than asked; its stream ends", caller);
            responses.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("this connection reports load more than " + REPORTS_PER_SECOND
                            + " times a second; report as often as asked, which is every " + interval.getSeconds()
                            + " s")
                    .asRuntimeException());
        }

        private void tellOmissions(int omitted) {
            if (omitted > 0 && !told) {
                told = true;
                LOG.info("of a load report of {}, {} clusters do not count: {}", caller, omitted, ProcessReport.LIMITS);
            }
        }

        @Override
        public void onError(Throwable cause) {
            end();
        }

        @Override
        public void onCompleted() {
            if (!ended.get()) {
                end();
                responses.onCompleted();
            }
        }

        void end() {
            if (ended.compareAndSet(false, true)) {
                reports.ownEnded(stream);
            }
        }
    }

    /** {@return what a process without labels for it is called: as it would be registered, else by its service account} */
    private static String workload(Node node, String serviceAccount) {
        String name = node.getMetadata()
                .getFieldsOrDefault("WORKLOAD_NAME", Value.getDefaultInstance())
                .getStringValue();
        return name.isEmpty() || name.length() > MAX_LABEL_CHARACTERS ? serviceAccount : ForeignText.clean(name);
    }

    private static Map<String, String> labels(Node node) {
        Map<String, String> labels = new TreeMap<>();
        node.getMetadata()
                .getFieldsOrDefault("LABELS", Value.getDefaultInstance())
                .getStructValue()
                .getFieldsMap()
                .forEach((name, value) -> {
                    if (labels.size() < MAX_LABELS
                            && name.length() + value.getStringValue().length() <= MAX_LABEL_CHARACTERS) {
                        labels.put(ForeignText.clean(name), ForeignText.clean(value.getStringValue()));
                    }
                });
        return labels;
    }
}
