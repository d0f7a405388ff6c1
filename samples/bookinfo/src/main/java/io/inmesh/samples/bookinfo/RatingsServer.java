package io.inmesh.samples.bookinfo;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.Mesh;
import io.inmesh.grpc.MeshGrpc;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** How readers liked the book, over gRPC. {@code FAIL_PERCENT} of its answers are errors, for trying out how that is found. */
public final class RatingsServer {

    private RatingsServer() {}

    /** Runs the service. */
    public static void main(String[] arguments) throws Exception {
        Mesh mesh = Service.join();
        int failing = Integer.parseInt(System.getenv().getOrDefault("FAIL_PERCENT", "0"));
        Server server = MeshGrpc.server(Service.port(), mesh)
                .addService(new RatingsGrpc.RatingsImplBase() {
                    @Override
                    public void getRatings(RatingsRequest request, StreamObserver<RatingsResponse> response) {
                        if (ThreadLocalRandom.current().nextInt(100) < failing) {
                            response.onError(Status.INTERNAL
                                    .withDescription("the table of stars cannot be read")
                                    .asRuntimeException());
                            return;
                        }
                        response.onNext(RatingsResponse.newBuilder()
                                .putStars("Reviewer1", 5)
                                .putStars("Reviewer2", 4)
                                .build());
                        response.onCompleted();
                    }
                })
                .build()
                .start();
        mesh.serve(Map.of("http", server.getPort()));
        Service.onStop(mesh, () -> stop(server));
        System.out.println("ratings serves on port " + server.getPort());
        server.awaitTermination();
    }

    private static void stop(Server server) {
        try {
            server.shutdown().awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
