package io.inmesh.okhttp;

import io.inmesh.call.HeaderSink;
import okhttp3.Response;

/** Writes header changes into a response. */
record ResponseEdits(Response.Builder builder) implements HeaderSink {
    @Override
    public void set(String name, String value) {
        builder.header(name, value);
    }

    @Override
    public void add(String name, String value) {
        builder.addHeader(name, value);
    }

    @Override
    public void remove(String name) {
        builder.removeHeader(name);
    }

    Response result() {
        return builder.build();
    }
}
