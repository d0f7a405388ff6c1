package io.inmesh.server.ctl;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.inmesh.xds.status.ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceImplBase;
import io.inmesh.xds.status.ClientStatusRequest;
import io.inmesh.xds.status.ClientStatusResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;

/**
 * Answers CSDS ({@code envoy.service.status.v3}) about one process on this machine's loopback address, by asking the control server each
 * time. So programs that know neither the mesh's certificates nor how to say which process they mean can ask, and no process opens a port.
 */
final class ClientStatusRelay implements AutoCloseable {

    private final Server server;

    /**
     * A relay that answers.
     *
     * @param api the control server
     * @param process names the process, as the query of a URL
     * @param port the port to answer at; 0 for any
     * @throws IOException if that port is taken
     */
    ClientStatusRelay(Api api, String process, int port) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(new Answers(api, process))
                .build()
                .start();
    }

    /** {@return the port it answers at} */
    int port() {
        return server.getPort();
    }

    /** Waits for its end, which comes with an interrupt only. */
    void await() throws InterruptedException {
        server.awaitTermination();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    /**
     * {@return what the control server says of a process now}
     *
     * @throws Failure if it says nothing: there is no such process, say, or the user may not ask
     */
    static ClientStatusResponse ask(Api api, String process) throws Failure {
        String status = api.get("/inmesh/v1/csds" + process)
                .orFail()
                .path("clientStatus")
                .asText();
        try {
            return ClientStatusResponse.parseFrom(Base64.getDecoder().decode(status));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new Failure(ExitCode.FINDINGS, "the server's answer cannot be read: " + e.getMessage());
        }
    }

    private static final class Answers extends ClientStatusDiscoveryServiceImplBase {

        private final Api api;
        private final String process;

        Answers(Api api, String process) {
            this.api = api;
            this.process = process;
        }

        @Override
        public void fetchClientStatus(ClientStatusRequest request, StreamObserver<ClientStatusResponse> responses) {
            try {
                responses.onNext(answer(request));
                responses.onCompleted();
            } catch (StatusException e) {
                responses.onError(e);
            }
        }

        @Override
        public StreamObserver<ClientStatusRequest> streamClientStatus(StreamObserver<ClientStatusResponse> responses) {
            return new StreamObserver<>() {
                private boolean ended;

                @Override
                public void onNext(ClientStatusRequest request) {
                    if (ended) {
                        return;
                    }
                    try {
                        responses.onNext(answer(request));
                    } catch (StatusException e) {
                        ended = true;
                        responses.onError(e);
                    }
                }

                @Override
                public void onError(Throwable cause) {
                    ended = true;
                }

                @Override
                public void onCompleted() {
                    if (!ended) {
                        responses.onCompleted();
                    }
                }
            };
        }

        private ClientStatusResponse answer(ClientStatusRequest request) throws StatusException {
            try {
                ClientStatusResponse.Builder answer = ask(api, process).toBuilder();
                if (request.getExcludeResourceContents()) {
                    answer.getConfigBuilderList()
                            .forEach(config -> config.getGenericXdsConfigsBuilderList()
                                    .forEach(resource -> resource.clearXdsConfig()));
                }
                return answer.build();
            } catch (Failure failure) {
                throw Status.UNAVAILABLE.withDescription(failure.getMessage()).asException();
            }
        }
    }
}
