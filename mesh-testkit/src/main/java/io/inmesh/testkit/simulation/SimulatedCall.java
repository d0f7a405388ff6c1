package io.inmesh.testkit.simulation;

import io.inmesh.call.Call;
import io.inmesh.call.Prober;
import org.jspecify.annotations.Nullable;

/**
 * An idempotent request without body.
 *
 * @param host whom it is for
 * @param deadlineNanos virtual time at which the caller gives up
 * @param prober asks replicas for their load
 */
record SimulatedCall(String host, long deadlineNanos, Prober prober) implements Call {

    @Override
    public Protocol protocol() {
        return Protocol.HTTP;
    }

    @Override
    public int port() {
        return 80;
    }

    @Override
    public String scheme() {
        return "http";
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/";
    }

    @Override
    public @Nullable String query() {
        return null;
    }

    @Override
    public @Nullable String header(String name) {
        return null;
    }

    @Override
    public boolean replayable() {
        return true;
    }
}
