package io.inmesh.server.lrs;

import com.google.protobuf.Duration;
import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.load.LoadReportingServiceGrpc.LoadReportingServiceImplBase;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Takes load reports over gRPC (xDS LRS). Who reports is told by its certificate. */
public final class LoadReportService extends LoadReportingServiceImplBase {
    private static final int MAX_LABELS = 100;
    private static final int MAX_LABEL_CHARACTERS = 256;

    private final Reports reports;
    private final Duration interval;

    /** Hands on to {@code reports} what comes, and asks for it as {@code settings} say. */
    public LoadReportService(Reports reports, ReportSettings settings) {
        this.reports = reports;
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
        Reporting reporting = new Reporting(caller.identity().get(), responses);
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
        private final WorkloadIdentity reporter;
        private final StreamObserver<LoadStatsResponse> responses;
        private final long stream = reports.newStream();
        private final AtomicBoolean ended = new AtomicBoolean();
        private boolean begun;
        private Map<String, String> labels = Map.of();
        private String workload = "";

        Reporting(WorkloadIdentity reporter, StreamObserver<LoadStatsResponse> responses) {
            this.reporter = reporter;
            this.responses = responses;
        }

        @Override
        public void onNext(LoadStatsRequest request) {
            if (ended.get()) {
                return;
            }
            if (!begun) {
                // Only the first request has a node.
                labels = labels(request.getNode());
                workload = workload(request.getNode(), reporter.serviceAccount());
            }
            reports.own(
                    stream,
                    new ProcessReport(
                            reporter.namespace(),
                            reporter.serviceAccount(),
                            workload,
                            labels,
                            request.getClusterStatsList()));
            if (!begun) {
                begun = true;
                responses.onNext(LoadStatsResponse.newBuilder()
                        .setSendAllClusters(true)
                        .setLoadReportingInterval(interval)
                        .build());
            }
        }

        @Override
        public void onError(Throwable cause) {
            end();
        }

        @Override
        public void onCompleted() {
            end();
            responses.onCompleted();
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
        return name.isEmpty() || name.length() > MAX_LABEL_CHARACTERS ? serviceAccount : name;
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
                        labels.put(name, value.getStringValue());
                    }
                });
        return labels;
    }
}
