package io.inmesh.client;

import io.inmesh.xds.core.Node;
import io.inmesh.xds.rpc.Status;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says over the discovery stream what this process serves and whether it leaves; again on each new stream, since the stream is the
 * lease. All methods on the control thread.
 */
final class Registration {

    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final String DRAINED = "drained";
    private static final Status DRAINING = Status.newBuilder()
            .setCode(io.grpc.Status.Code.UNAVAILABLE.value())
            .setMessage("draining")
            .build();

    private final Supplier<@Nullable Wire> wire;
    private final Supplier<Node> node;
    private Map<String, Integer> ports = Map.of();
    private boolean serving;
    private @Nullable CompletableFuture<Void> leaving;

    /**
     * Makes a registration of nothing.
     *
     * @param wire the stream, null while there is none
     * @param node how this process presents itself
     */
    Registration(Supplier<@Nullable Wire> wire, Supplier<Node> node) {
        this.wire = wire;
        this.node = node;
    }

    /** {@return local ports by the name of the service's port, empty while nothing is served} */
    Map<String, Integer> ports() {
        return ports;
    }

    void serve(Map<String, Integer> portsByName) {
        ports = Map.copyOf(portsByName);
        serving = true;
        CompletableFuture<Void> before = leaving;
        leaving = null;
        if (before != null) {
            before.completeExceptionally(new IOException("this process takes requests again"));
        }
        Wire current = wire.get();
        if (current != null) {
            current.health(node.get(), null);
        }
    }

    /**
     * Leaves.
     *
     * @param done completed when callers have seen it
     */
    void drain(CompletableFuture<Void> done) {
        CompletableFuture<Void> before = leaving;
        // One that failed is no answer to who asks again.
        if (before != null && !before.isCompletedExceptionally()) {
            before.whenComplete((nothing, failure) -> finish(done, failure));
            return;
        }
        if (!serving) {
            done.complete(null);
            return;
        }
        leaving = done;
        Wire current = wire.get();
        if (current == null) {
            done.completeExceptionally(new IOException("there is no connection to a control server to tell"));
            return;
        }
        current.health(node.get(), DRAINING);
    }

    private static void finish(CompletableFuture<Void> done, @Nullable Throwable failure) {
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failure);
        }
    }

    void opened(Wire current) {
        if (serving) {
            current.health(node.get(), leaving == null ? null : DRAINING);
        }
    }

    void answered(String answer) {
        CompletableFuture<Void> done = leaving;
        if (answer.equals(DRAINED) && done != null) {
            done.complete(null);
        } else {
            LOG.info("the control server says that this process is {}", answer);
        }
    }

    /** The stream has ended; whether callers have seen a draining process leave cannot be known any more. */
    void closed() {
        CompletableFuture<Void> done = leaving;
        if (done != null) {
            done.completeExceptionally(new IOException("the control server went away while this process left"));
        }
    }
}
