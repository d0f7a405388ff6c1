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
import io.inmesh.xds.core.Address;
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
