package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.lrs.ClusterLoad;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import io.inmesh.xds.load.LoadReportingServiceGrpc;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Load reports over real sockets. */
class LoadReportServiceTest {
    @TempDir
    Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(directory, new TestResources());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aReportCountsForTheCallerItsCertificateNames() throws Exception {
        Call call = new Call(server.channelOf("default", "productpage"));
        call.requests.onNext(LoadStatsRequest.newBuilder()
                .addClusterStats(ClusterStats.newBuilder()
                        .setClusterName("outbound|9080||reviews.default.svc.cluster.local")
                        .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder()
                                .setTotalIssuedRequests(7)
                                .setTotalSuccessfulRequests(4)
                                .setTotalErrorRequests(2)
                                .setTotalRequestsInProgress(1))
                        .addUpstreamLocalityStats(
                                UpstreamLocalityStats.newBuilder().setTotalIssuedRequests(3)))
                .build());

        LoadStatsResponse wish = call.response.get(30, TimeUnit.SECONDS);

        assertThat(wish.getSendAllClusters()).isTrue();
        assertThat(wish.getLoadReportingInterval().getSeconds()).isEqualTo(10);
        assertThat(server.loads.lastMinute())
                .containsExactly(new ClusterLoad(
                        "default", "productpage", "outbound|9080||reviews.default.svc.cluster.local", 10, 4, 2, 1));
    }

    @Test
    void withoutACertificateNothingIsCounted() throws Exception {
        Call call = new Call(server.anonymousChannel());

        Throwable failure = catchThrowable(() -> call.response.get(30, TimeUnit.SECONDS));

        assertThat(failure).isInstanceOf(ExecutionException.class);
        assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    private static final class Call {
        final CompletableFuture<LoadStatsResponse> response = new CompletableFuture<>();
        final StreamObserver<LoadStatsRequest> requests;

        Call(Channel channel) {
            requests = LoadReportingServiceGrpc.newStub(channel).streamLoadStats(new StreamObserver<>() {
                @Override
                public void onNext(LoadStatsResponse wish) {
                    response.complete(wish);
                }

                @Override
                public void onError(Throwable cause) {
                    response.completeExceptionally(cause);
                }

                @Override
                public void onCompleted() {
                    response.cancel(false);
                }
            });
        }
    }
}
