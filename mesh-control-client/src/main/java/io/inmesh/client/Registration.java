package io.inmesh.client;

import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.xds.rpc.Status;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What this process tells others about itself: who it is, where it listens, whether it stays. */
final class Registration {

    private static final int UNAVAILABLE = 14;
    private static final String SERVICE_ACCOUNT = "/sa/";

    private final Node node;
    private final IdentityHolder identity;
    private Map<String, Integer> ports = Map.of();
    private boolean serving;
    private @Nullable CompletableFuture<Void> leaving;

    Registration(Node node, IdentityHolder identity) {
        this.node = node;
        this.identity = identity;
    }

    /** {@return the node message of now} */
    io.inmesh.xds.core.Node message() {
        IdentityEpoch epoch = identity.current();
        String path = epoch == null ? "" : epoch.identity().id().path();
        int at = path.indexOf(SERVICE_ACCOUNT);
        return node.message(at < 0 ? "" : path.substring(at + SERVICE_ACCOUNT.length()), ports);
    }

    /** Takes requests from now on. */
    void serve(Map<String, Integer> portsByName, @Nullable Wire wire) {
        ports = portsByName;
        serving = true;
        leaving = null;
        announce(wire);
    }

    /** Says again what was said before, on a new stream. */
    void announce(@Nullable Wire wire) {
        if (serving && wire != null) {
            wire.health(message(), leaving == null ? null : draining());
        }
    }

    /** Begins to leave; {@code done} completes when callers have seen it. */
    void drain(CompletableFuture<Void> done, @Nullable Wire wire) {
        if (!serving || leaving != null) {
            done.complete(null);
        } else if (wire == null) {
            done.completeExceptionally(new IOException("there is no control server to tell"));
        } else {
            leaving = done;
            announce(wire);
        }
    }

    /** The server has answered what was said. */
    void answered(String answer) {
        if (answer.equals("drained") && leaving != null) {
            leaving.complete(null);
        }
    }

    /** The server has gone. */
    void disconnected() {
        if (leaving != null) {
            leaving.completeExceptionally(new IOException("the control server went away while this process left"));
        }
    }

    private static Status draining() {
        return Status.newBuilder().setCode(UNAVAILABLE).setMessage("draining").build();
    }
}
