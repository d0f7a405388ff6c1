package io.inmesh.server.lrs;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import io.inmesh.xds.load.LoadReportingServiceGrpc.LoadReportingServiceImplBase;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;

/** Takes load reports over gRPC (xDS LRS). Who reports is told by its certificate. */
public final class LoadReportService extends LoadReportingServiceImplBase {
    private static final int INTERVAL_SECONDS = 10;
    private static final int MAX_CLUSTERS = 10_000;

    private final LoadReports reports;

    /** Adds what is reported to {@code reports}. */
    public LoadReportService(LoadReports reports) {
        this.reports = reports;
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

        Reporting(LoadReports.Reporter reporter, StreamObserver<LoadStatsResponse> responses) {
            this.reporter = reporter;
            this.responses = responses;
        }

        @Override
        public void onNext(LoadStatsRequest request) {
            reports.add(
                    reporter,
                    request.getClusterStatsList().stream()
                            .limit(MAX_CLUSTERS)
                            .map(LoadReportService::counts)
                            .toList());
            if (!begun) {
                begun = true;
                responses.onNext(LoadStatsResponse.newBuilder()
                        .setSendAllClusters(true)
                        .setLoadReportingInterval(Duration.newBuilder().setSeconds(INTERVAL_SECONDS))
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

    private static LoadReports.Counts counts(ClusterStats stats) {
        long issued = 0;
        long succeeded = 0;
        long failed = 0;
        long inProgress = 0;
        for (UpstreamLocalityStats locality : stats.getUpstreamLocalityStatsList()) {
            issued += locality.getTotalIssuedRequests();
            succeeded += locality.getTotalSuccessfulRequests();
            failed += locality.getTotalErrorRequests();
            inProgress += locality.getTotalRequestsInProgress();
        }
        return new LoadReports.Counts(stats.getClusterName(), issued, succeeded, failed, inProgress);
    }
}
