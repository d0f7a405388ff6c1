package io.inmesh.okhttp;

import io.inmesh.call.Call;
import io.inmesh.call.Prober;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** A view over an OkHttp request. */
final class OkHttpCall implements Call {

    private final Request request;
    private final @Nullable Prober prober;

    OkHttpCall(Request request) {
        this(request, null);
    }

    OkHttpCall(Request request, @Nullable Prober prober) {
        this.request = request;
        this.prober = prober;
    }

    @Override
    public @Nullable Prober prober() {
        return prober;
    }

    @Override
    public Call.Protocol protocol() {
        return Call.Protocol.HTTP;
    }

    @Override
    public String host() {
        return request.url().host();
    }

    @Override
    public int port() {
        return request.url().port();
    }

    @Override
    public String scheme() {
        return request.url().scheme();
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public String path() {
        return request.url().encodedPath();
    }

    @Override
    public @Nullable String query() {
        return request.url().encodedQuery();
    }

    @Override
    public @Nullable String header(String name) {
        String first = request.header(name);
        if (first == null) {
            return null;
        }
        List<String> values = request.headers(name);
        return values.size() == 1 ? first : String.join(",", values);
    }

    @Override
    public List<String> headerValues(String name) {
        return request.headers(name);
    }

    @Override
    public boolean replayable() {
        RequestBody body = request.body();
        return body == null || !(body.isOneShot() || body.isDuplex());
    }

    @Override
    public boolean idempotent() {
        Idempotent word = request.tag(Idempotent.class);
        return word == null ? Call.super.idempotent() : word == Idempotent.YES;
    }

    /** {@return the URL the application wrote} */
    HttpUrl url() {
        return request.url();
    }

    /** {@return the request the application wrote} */
    Request request() {
        return request;
    }
}
