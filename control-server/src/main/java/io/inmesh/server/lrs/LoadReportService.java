package io.inmesh.server.lrs;

import com.google.protobuf.Duration;
import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.server.graph.ReportedGraph;
import io.inmesh.server.graph.Subject;
import io.inmesh.server.graph.TrafficGraph;
import io.inmesh.server.graph.WorkloadVersion;
import io.inmesh.server.traffic.ObservedTraffic;
import io.inmesh.server.traffic.ReportedTraffic;
import io.inmesh.server.traffic.WorkloadGroup;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.load.LoadReportingServiceGrpc.LoadReportingServiceImplBase;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.util.Map;
import java.util.TreeMap;

/** Takes load reports over gRPC (xDS LRS). Who reports is told by its certificate. */
public final class LoadReportService extends LoadReportingServiceImplBase {
    private static final int MAX_CLUSTERS = 10_000;
    private static final int MAX_CLUSTER_CHARACTERS = 1_024;

    private static final int MAX_LABELS = 100;
    private static final int MAX_LABEL_CHARACTERS = 256;

    private final UnusableEndpoints unusable;
    private final ObservedTraffic traffic;
    private final TrafficGraph graph;
    private final Duration interval;

    /** Adds to {@code traffic} and {@code graph} who talks to whom, and to {@code unusable} who sends no calls to whom. */
    public LoadReportService(
            UnusableEndpoints unusable, ObservedTraffic traffic, TrafficGraph graph, ReportSettings settings) {
        this.graph = graph;
        this.interval = Duration.newBuilder()
                .setSeconds(settings.interval().getSeconds())
                .setNanos(settings.interval().getNano())
                .build();
        this.unusable = unusable;
        this.traffic = traffic;
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
        ((ServerCallStreamObserver<LoadStatsResponse>) responses).setOnCloseHandler(() -> unusable.left(reporting));
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
        private boolean begun;
        private Map<String, String> labels = Map.of();
        private String workload = "";

        Reporting(WorkloadIdentity reporter, StreamObserver<LoadStatsResponse> responses) {
            this.reporter = reporter;
            this.responses = responses;
        }

        @Override
        public void onNext(LoadStatsRequest request) {
            if (!begun) {
                // Only the first request has a node.
                labels = labels(request.getNode());
                workload = workload(request.getNode(), reporter.serviceAccount());
            }
            WorkloadGroup group = new WorkloadGroup(reporter.namespace(), reporter.serviceAccount(), labels);
            Subject.Reporter drawn = new Subject.Reporter(
                    reporter.namespace(),
                    reporter.serviceAccount(),
                    WorkloadVersion.of(reporter.namespace(), workload, labels));
            request.getClusterStatsList().stream()
                    .filter(LoadReportService::named)
                    .limit(MAX_CLUSTERS)
                    .forEach(stats -> {
                        ReportedTraffic.add(traffic, group, stats);
                        ReportedGraph.add(graph, drawn, stats);
                    });
            unusable.replace(
                    this,
                    request.getClusterStatsList().stream()
                            .filter(LoadReportService::named)
                            .limit(MAX_CLUSTERS)
                            .flatMap(stats -> UnusableEndpoint.of(reporter.namespace(), workload, stats).stream()));
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
            unusable.left(this);
        }

        @Override
        public void onCompleted() {
            unusable.left(this);
            responses.onCompleted();
        }
    }

    private static boolean named(ClusterStats stats) {
        return stats.getClusterName().length() <= MAX_CLUSTER_CHARACTERS;
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
