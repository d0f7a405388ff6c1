package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.peer.rpc.AskRequest;
import io.inmesh.server.peer.rpc.AttendeesRequest;
import io.inmesh.server.peer.rpc.Batch;
import io.inmesh.server.peer.rpc.HearingRequest;
import io.inmesh.server.peer.rpc.PeersGrpc;
import io.inmesh.server.peer.rpc.ProcessesRequest;
import io.inmesh.server.peer.rpc.Report;
import io.inmesh.server.peer.rpc.Taken;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call what servers have for each other. */
class PeersOverGrpcTest {

    @TempDir
    private Path folder;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(folder, new TestResources());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aWorkloadIsRefusedWhateverItsNameAndNothingOfItIsCounted() throws Exception {
        for (String namespace : new String[] {"default", "inmesh-system"}) {
            assertThat(end(server.channelOf(namespace, "productpage")).getCode())
                    .as(namespace)
                    .isEqualTo(Status.Code.PERMISSION_DENIED);
        }
        assertThat(end(server.channelOf("default", "control-server")).getCode())
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(server.traffic.flows()).isEmpty();
    }

    @Test
    void whoShowsNoCertificateIsRefused() throws Exception {
        assertThat(end(server.anonymousChannel()).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(end(server.plaintextChannel()).getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(server.traffic.flows()).isEmpty();
    }

    @Test
    void aWorkloadMayNeitherListNorAskProcesses() throws Exception {
        ManagedChannel channel = server.channelOf("default", "productpage");
        PeersGrpc.PeersBlockingStub stub = PeersGrpc.newBlockingStub(channel);
        for (Supplier<Iterator<?>> call : List.<Supplier<Iterator<?>>>of(
                () -> stub.processes(ProcessesRequest.getDefaultInstance()),
                () -> stub.attendees(AttendeesRequest.getDefaultInstance()),
                () -> List.of(stub.hears(HearingRequest.getDefaultInstance())).iterator(),
                () -> stub.ask(AskRequest.getDefaultInstance()))) {
            assertThatThrownBy(() -> call.get().hasNext())
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));
        }
    }

    /** {@return how a stream ends that passes reports on} */
    private static Status end(ManagedChannel channel) throws Exception {
        CompletableFuture<Status> ended = new CompletableFuture<>();
        StreamObserver<Batch> batches = PeersGrpc.newStub(channel).passOn(new StreamObserver<>() {
            @Override
            public void onNext(Taken taken) {
                ended.complete(Status.OK);
            }

            @Override
            public void onError(Throwable cause) {
                ended.complete(Status.fromThrowable(cause));
            }

            @Override
            public void onCompleted() {
                ended.complete(Status.OK);
            }
        });
        batches.onNext(Batch.newBuilder()
                .setSender("somebody")
                .setNumber(1)
                .addReports(Report.newBuilder()
                        .setNamespace("default")
                        .setServiceAccount("productpage")
                        .addClusters(ClusterStats.newBuilder()
                                .setClusterName("outbound|9080||reviews.default.svc.cluster.local")
                                .addUpstreamLocalityStats(
                                        UpstreamLocalityStats.newBuilder().setTotalIssuedRequests(1))))
                .build());
        return ended.get();
    }
}
