package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.lrs.UnusableEndpoint;
import io.inmesh.server.traffic.Flow;
import io.inmesh.xds.core.Address;
import io.inmesh.xds.core.Locality;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.UpstreamEndpointStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import io.inmesh.xds.load.LoadReportingServiceGrpc;
import io.inmesh.xds.load.LoadStatsRequest;
import io.inmesh.xds.load.LoadStatsResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
        call.requests.onNext(report(
                ejected("10.0.0.5", "5 server errors in a row"), ejected("10.0.0.6", "\u001b[2J" + "x".repeat(300))));

        LoadStatsResponse wish = call.response.get(30, TimeUnit.SECONDS);

        assertThat(wish.getSendAllClusters()).isTrue();
        assertThat(wish.getLoadReportingInterval().getSeconds()).isEqualTo(10);
        assertThat(server.reports.unusable())
                .extracting(UnusableEndpoint::namespace, UnusableEndpoint::caller, UnusableEndpoint::host)
                .containsOnly(tuple("default", "productpage", "reviews.default.svc.cluster.local"));
        assertThat(server.reports.unusable())
                .extracting(UnusableEndpoint::address, UnusableEndpoint::cause, UnusableEndpoint::why)
                .containsExactly(
                        tuple("10.0.0.5", "ejected", "5 server errors in a row"),
                        tuple("10.0.0.6", "ejected", "?[2J" + "x".repeat(252)));
    }

    @Test
    void whatACallerBelievesCountsUntilItSaysOtherwiseOrGoes() throws Exception {
        Call one = new Call(server.channelOf("default", "productpage"));
        one.requests.onNext(report(ejected("10.0.0.5", "once")));
        one.response.get(30, TimeUnit.SECONDS);
        Call two = new Call(server.channelOf("default", "productpage"));
        two.requests.onNext(report(ejected("10.0.0.5", "twice")));
        two.response.get(30, TimeUnit.SECONDS);
        assertThat(server.reports.unusable())
                .extracting(UnusableEndpoint::why)
                .containsExactlyInAnyOrder("once", "twice");

        two.requests.onNext(report());
        awaitReasons("once");
        one.requests.onCompleted();
        awaitReasons();
    }

    @Test
    void whatADeniedCallerBelievedIsForgottenWhenTheGateEndsItsStream() throws Exception {
        Call call = new Call(server.channelOf("default", "productpage"));
        call.requests.onNext(report(ejected("10.0.0.5", "once")));
        call.response.get(30, TimeUnit.SECONDS);
        server.denied.deny("spiffe://inmesh.local/ns/default/sa/productpage", "stolen", null, "test");

        call.requests.onNext(report(ejected("10.0.0.5", "twice")));

        awaitReasons();
    }

    @Test
    void hostileClientThatReportsThousandsOfTimesIsRefusedAndNobodyElse() throws Exception {
        Call good = new Call(server.channelOf("default", "productpage"));
        good.requests.onNext(report(ejected("10.0.0.5", "once")));
        good.response.get(30, TimeUnit.SECONDS);
        Channel connection = server.channelOf("default", "mallory");
        Call hostile = new Call(connection);
        for (int i = 0; i < 2_000; i++) {
            hostile.requests.onNext(report(ejected("10.0.0.6", "again")));
        }

        assertThat(hostile.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(hostile.end().getDescription()).contains("report as often as asked, which is every 10 s");
        good.requests.onNext(report(ejected("10.0.0.5", "twice")));
        awaitReasons("twice");
    }

    @Test
    void hostileReportIsCutAndItsNumbersThatCannotBeDoNotCount() throws Exception {
        LoadStatsRequest.Builder hostile = LoadStatsRequest.newBuilder();
        for (long count : new long[] {-1, Long.MIN_VALUE}) {
            hostile.addClusterStats(ClusterStats.newBuilder()
                    .setClusterName("outbound|9080||impossible")
                    .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder().setTotalIssuedRequests(count)));
        }
        ClusterStats.Builder localities = ClusterStats.newBuilder().setClusterName("outbound|9080||many-places");
        for (int i = 0; i < 100_000; i++) {
            localities.addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder()
                    .setLocality(Locality.newBuilder().setRegion("region-" + i).setZone("x".repeat(10)))
                    .setTotalIssuedRequests(Long.MAX_VALUE));
        }
        hostile.addClusterStats(localities);
        for (int i = 0; i < 50_000; i++) {
            hostile.addClusterStats(ClusterStats.newBuilder()
                    .setClusterName("outbound|9080||s" + i)
                    .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder().setTotalIssuedRequests(1)));
        }
        Call call = new Call(server.channelOf("default", "mallory"));
        call.requests.onNext(hostile.build());
        call.response.get(30, TimeUnit.SECONDS);

        assertThat(server.traffic.flows())
                .hasSize(10_000)
                .allSatisfy(
                        flow -> assertThat(((Flow.Outbound) flow).requests()).isEqualTo(1));
    }

    @Test
    void reportWithoutNodeCountsForItsAccountAndALaterNodeChangesNothing() throws Exception {
        Call call = new Call(server.channelOf("default", "productpage"));
        call.requests.onNext(report(ejected("10.0.0.5", "once")));
        call.response.get(30, TimeUnit.SECONDS);
        call.requests.onNext(report(ejected("10.0.0.5", "twice")).toBuilder()
                .setNode(Node.newBuilder()
                        .setId("sidecar~10.0.0.9~ledger-1.bank~bank.svc.cluster.local")
                        .setMetadata(Struct.newBuilder()
                                .putFields(
                                        "WORKLOAD_NAME",
                                        Value.newBuilder()
                                                .setStringValue("ledger")
                                                .build())))
                .build());
        awaitReasons("twice");

        assertThat(server.reports.unusable())
                .extracting(UnusableEndpoint::namespace, UnusableEndpoint::caller)
                .containsExactly(tuple("default", "productpage"));
    }

    private void awaitReasons(String... reasons) {
        while (!server.reports.unusable().stream()
                .map(UnusableEndpoint::why)
                .toList()
                .equals(List.of(reasons))) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static LoadStatsRequest report(UpstreamEndpointStats... endpoints) {
        return LoadStatsRequest.newBuilder()
                .addClusterStats(ClusterStats.newBuilder()
                        .setClusterName("outbound|9080||reviews.default.svc.cluster.local")
                        .addUpstreamLocalityStats(
                                UpstreamLocalityStats.newBuilder().addAllUpstreamEndpointStats(List.of(endpoints))))
                .build();
    }

    private static UpstreamEndpointStats ejected(String address, String why) {
        return UpstreamEndpointStats.newBuilder()
                .setAddress(Address.newBuilder()
                        .setSocketAddress(
                                SocketAddress.newBuilder().setAddress(address).setPortValue(9080)))
                .setMetadata(Struct.newBuilder()
                        .putFields(
                                "unusable",
                                Value.newBuilder().setStringValue("ejected").build())
                        .putFields("why", Value.newBuilder().setStringValue(why).build()))
                .build();
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
        final CompletableFuture<Status> ended = new CompletableFuture<>();
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
                    ended.complete(Status.fromThrowable(cause));
                }

                @Override
                public void onCompleted() {
                    response.cancel(false);
                    ended.complete(Status.OK);
                }
            });
        }

        Status end() throws Exception {
            return ended.get(60, TimeUnit.SECONDS);
        }
    }
}
