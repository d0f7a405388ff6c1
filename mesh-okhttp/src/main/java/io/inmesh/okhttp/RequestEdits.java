package io.inmesh.okhttp;

import io.inmesh.call.HeaderSink;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Writes header changes into a request builder that is only made when there is a change. */
final class RequestEdits implements HeaderSink {
    private final Request original;
    private Request.@Nullable Builder builder;

    RequestEdits(Request original) {
        this.original = original;
    }

    Request.Builder builder() {
        Request.Builder current = builder;
        if (current == null) {
            current = original.newBuilder();
            builder = current;
        }
        return current;
    }

    @Override
    public void set(String name, String value) {
        builder().header(name, value);
    }

    @Override
    public void add(String name, String value) {
        builder().addHeader(name, value);
    }

    @Override
    public void remove(String name) {
        builder().removeHeader(name);
    }

    Request result() {
        return builder == null ? original : builder.build();
    }
}
