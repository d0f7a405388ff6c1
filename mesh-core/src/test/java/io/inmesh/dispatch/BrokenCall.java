package io.inmesh.dispatch;

import io.inmesh.call.Call;

/** A call whose native request fails when it is read. */
final class BrokenCall implements Call {

    @Override
    public Protocol protocol() {
        return Protocol.HTTP;
    }

    @Override
    public String host() {
        return "reviews";
    }

    @Override
    public int port() {
        return 9080;
    }

    @Override
    public String scheme() {
        return "http";
    }

    @Override
    public String method() {
        throw new IllegalStateException("request was recycled");
    }

    @Override
    public String path() {
        throw new IllegalStateException("request was recycled");
    }

    @Override
    public String query() {
        return null;
    }

    @Override
    public String header(String name) {
        return null;
    }

    @Override
    public boolean replayable() {
        return true;
    }
}
