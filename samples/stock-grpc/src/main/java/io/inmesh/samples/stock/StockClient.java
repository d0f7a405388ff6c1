package io.inmesh.samples.stock;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.xds.XdsChannelCredentials;
import io.inmesh.samples.bookinfo.RatingsGrpc;
import io.inmesh.samples.bookinfo.RatingsRequest;
import java.util.concurrent.TimeUnit;

/** Calls ratings by its name in xDS. The bootstrap file is the one that {@code GRPC_XDS_BOOTSTRAP} names. */
public final class StockClient {

    private static final String DEFAULT_TARGET = "xds:///ratings:9080";
    private static final int DEADLINE_SECONDS = 30;

    private StockClient() {}

    /**
     * Makes one call; prints the answer and ends with status 0, or prints the gRPC status and ends with 1.
     *
     * @param arguments the target, {@code xds:///ratings:9080} if absent
     */
    public static void main(String[] arguments) throws InterruptedException {
        String target = arguments.length > 0 ? arguments[0] : DEFAULT_TARGET;
        // The inner credentials are for services that xDS says have no TLS. Those that have it are never called
        // without.
        ManagedChannel channel = Grpc.newChannelBuilder(
                        target, XdsChannelCredentials.create(InsecureChannelCredentials.create()))
                .build();
        int status = 0;
        try {
            System.out.println(RatingsGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .withWaitForReady()
                    .getRatings(RatingsRequest.getDefaultInstance())
                    .getStarsMap());
        } catch (StatusRuntimeException refused) {
            System.out.println(refused.getStatus());
            status = 1;
        }
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        System.exit(status);
    }
}
