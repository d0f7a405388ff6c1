package io.inmesh.server.lrs;

import com.google.protobuf.Duration;
import com.google.protobuf.Value;
import io.grpc.Status;
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
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import io.inmesh.xds.load.LoadReportingServiceGrpc.LoadReportingServiceImplBase;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.util.Map;
import java.util.TreeMap;

/** Takes load reports over gRPC (xDS LRS). Who reports is told by its certificate. */
public final class LoadReportService extends LoadReportingServiceImplBase {
    private static final int MAX_CLUSTERS = 10_000;
    private static final int MAX_CLUSTER_CHARACTERS = 1_024;
    private static final long MAX_COUNT = 1L << 40;

    private static final int MAX_LABELS = 100;
    private static final int MAX_LABEL_CHARACTERS = 256;

    private final LoadReports reports;
    private final ObservedTraffic traffic;
    private final TrafficGraph graph;
    private final Duration interval;

    /** Adds what is reported to {@code reports}, and who talks to whom to {@code traffic} and {@code graph}. */
    public LoadReportService(
            LoadReports reports, ObservedTraffic traffic, TrafficGraph graph, ReportSettings settings) {
        this.graph = graph;
        this.interval = Duration.newBuilder()
                .setSeconds(settings.interval().getSeconds())
                .setNanos(settings.interval().getNano())
                .build();
        this.reports = reports;
        this.traffic = traffic;
    }

    @Override
    public StreamObserver<LoadStatsRequest> streamLoadStats(StreamObserver<LoadStatsResponse> responses) {
        Caller caller = Caller.current();
        if (caller.identity().isEmpty()) {
            responses.onError(Status.UNAUTHENTICATED
                    .withDescription("a client certificate of this mesh is needed; a join token gives the first one")
                    .asRuntimeException());
            return new Reporting(new LoadReports.Reporter(new Object(), "", ""), responses);
        }
        WorkloadIdentity identity = caller.identity().get();
        return new Reporting(
                new LoadReports.Reporter(new Object(), identity.namespace(), identity.serviceAccount()), responses);
    }

    private final class Reporting implements StreamObserver<LoadStatsRequest> {
        private final LoadReports.Reporter reporter;
        private final StreamObserver<LoadStatsResponse> responses;
        private boolean begun;
        private Map<String, String> labels = Map.of();
        private String workload = "";

        Reporting(LoadReports.Reporter reporter, StreamObserver<LoadStatsResponse> responses) {
            this.reporter = reporter;
            this.responses = responses;
        }

        @Override
        public void onNext(LoadStatsRequest request) {
            if (!begun) {
                // Only the first request has a node.
                labels = labels(request.getNode());
                workload = workload(request.getNode(), reporter.service());
            }
            WorkloadGroup group = new WorkloadGroup(reporter.namespace(), reporter.service(), labels);
            Subject.Reporter drawn = new Subject.Reporter(
                    reporter.namespace(),
                    reporter.service(),
                    WorkloadVersion.of(reporter.namespace(), workload, labels));
            request.getClusterStatsList().stream()
                    .filter(LoadReportService::named)
                    .limit(MAX_CLUSTERS)
                    .forEach(stats -> {
                        ReportedTraffic.add(traffic, group, stats);
                        ReportedGraph.add(graph, drawn, stats);
                    });
            reports.add(
                    reporter,
                    request.getClusterStatsList().stream()
                            .filter(LoadReportService::named)
                            .limit(MAX_CLUSTERS)
                            .map(LoadReportService::counts)
                            .toList());
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
            reports.left(reporter);
        }

        @Override
        public void onCompleted() {
            reports.left(reporter);
            responses.onCompleted();
        }
    }

    /** A count that a process can have reached; what is beyond would only spoil sums. */
    private static long count(long reported) {
        return Math.min(Math.max(0, reported), MAX_COUNT);
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

    private static LoadReports.Counts counts(ClusterStats stats) {
        long issued = 0;
        long succeeded = 0;
        long failed = 0;
        long inProgress = 0;
        for (UpstreamLocalityStats locality : stats.getUpstreamLocalityStatsList()) {
            issued += count(locality.getTotalIssuedRequests());
            succeeded += count(locality.getTotalSuccessfulRequests());
            failed += count(locality.getTotalErrorRequests());
            inProgress += count(locality.getTotalRequestsInProgress());
        }
        return new LoadReports.Counts(stats.getClusterName(), issued, succeeded, failed, inProgress);
    }
}
