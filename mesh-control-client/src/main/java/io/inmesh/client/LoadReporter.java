package io.inmesh.client;

import com.google.protobuf.Duration;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.inmesh.cluster.ClusterLoad.LocalityShare;
import io.inmesh.spi.LoadReport;
import io.inmesh.spi.MeshLink;
import io.inmesh.xds.core.Locality;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import io.inmesh.xds.load.LoadReportingServiceGrpc;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports load (LRS) on a stream of its own, as often as the server asks for. */
final class LoadReporter {

    private static final Logger LOG = LoggerFactory.getLogger(LoadReporter.class);

    private final MeshLink mesh;
    private final ControlThread thread;
    private @Nullable StreamObserver<LoadStatsRequest> requests;
    private int generation;

    LoadReporter(MeshLink mesh, ControlThread thread) {
        this.mesh = mesh;
        this.thread = thread;
    }

    void open(ManagedChannel channel, Node node) {
        int mine = ++generation;
        StreamObserver<LoadStatsRequest> stream = LoadReportingServiceGrpc.newStub(channel)
                .streamLoadStats(new StreamObserver<>() {
                    @Override
                    public void onNext(LoadStatsResponse response) {
                        long nanos = TimeUnit.SECONDS.toNanos(
                                        response.getLoadReportingInterval().getSeconds())
                                + response.getLoadReportingInterval().getNanos();
                        long interval = Math.max(TimeUnit.SECONDS.toNanos(1), nanos);
                        thread.schedule(() -> report(mine, interval), interval);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        LOG.debug("load is not reported: {}", failure.getMessage());
                        thread.execute(() -> closed(mine));
                    }

                    @Override
                    public void onCompleted() {
                        thread.execute(() -> closed(mine));
                    }
                });
        requests = stream;
        stream.onNext(LoadStatsRequest.newBuilder().setNode(node).build());
    }

    private void closed(int which) {
        if (which == generation) {
            requests = null;
        }
    }

    private void report(int which, long intervalNanos) {
        StreamObserver<LoadStatsRequest> stream = requests;
        if (which != generation || stream == null) {
            return;
        }
        LoadReport report = mesh.takeLoadReport();
        LoadStatsRequest.Builder request = LoadStatsRequest.newBuilder();
        for (LoadReport.Entry entry : report.clusters()) {
            request.addClusterStats(stats(entry, report.period()));
        }
        stream.onNext(request.build());
        thread.schedule(() -> report(which, intervalNanos), intervalNanos);
    }

    private static ClusterStats stats(LoadReport.Entry entry, java.time.Duration period) {
        ClusterStats.Builder stats = ClusterStats.newBuilder()
                .setClusterName(entry.cluster())
                .setClusterServiceName(entry.service())
                .setLoadReportInterval(
                        Duration.newBuilder().setSeconds(period.getSeconds()).setNanos(period.getNano()));
        for (LocalityShare share : entry.localities()) {
            stats.addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder()
                    .setLocality(locality(share.locality()))
                    .setTotalIssuedRequests(share.started())
                    .setTotalSuccessfulRequests(share.succeeded())
                    .setTotalErrorRequests(share.failed())
                    .setTotalRequestsInProgress(share.inProgress()));
        }
        return stats.build();
    }

    private static Locality locality(String path) {
        String[] parts = path.split("/", -1);
        Locality.Builder locality = Locality.newBuilder().setRegion(parts[0]);
        if (parts.length > 1) {
            locality.setZone(parts[1]);
        }
        if (parts.length > 2) {
            locality.setSubZone(parts[2]);
        }
        return locality.build();
    }

    void close() {
        generation++;
        requests = null;
    }
}
