package io.inmesh.okhttp;

import io.inmesh.call.Call;
import io.inmesh.call.Prober;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** A view over an OkHttp request. */
final class OkHttpCall implements Call {

    private final Request request;
    private final @Nullable Prober prober;
    private final CookieJar cookies;
    private volatile long responseBytes = SIZE_UNKNOWN;
    private volatile okhttp3.@Nullable Protocol protocol;

    /** Makes a view of a request that no cookies are added to and no probes may be made for. */
    OkHttpCall(Request request) {
        this(request, null, CookieJar.NO_COOKIES);
    }

    /**
     * Makes a view.
     *
     * @param prober asks endpoints for their load; null for none
     * @param cookies the application's cookies, which OkHttp writes into the request only after the mesh has seen it
     */
    OkHttpCall(Request request, @Nullable Prober prober, CookieJar cookies) {
        this.request = request;
        this.prober = prober;
        this.cookies = cookies;
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
        if (name.equals("cookie") && cookies != CookieJar.NO_COOKIES) {
            return cookieHeader();
        }
        String first = request.header(name);
        if (first == null) {
            return null;
        }
        List<String> values = request.headers(name);
        return values.size() == 1 ? first : String.join(",", values);
    }

    @Override
    public List<String> headerValues(String name) {
        if (name.equals("cookie") && cookies != CookieJar.NO_COOKIES) {
            return Call.super.headerValues(name);
        }
        return request.headers(name);
    }

    /** {@return the header that OkHttp is going to write: cookies of the jar take the place of those in the request} */
    private @Nullable String cookieHeader() {
        List<Cookie> kept = cookies.loadForRequest(request.url());
        return kept.isEmpty()
                ? request.header("cookie")
                : kept.stream()
                        .map(cookie -> cookie.name() + "=" + cookie.value())
                        .collect(Collectors.joining("; "));
    }

    @Override
    public long requestBytes() {
        RequestBody body = request.body();
        try {
            return body == null ? 0 : body.contentLength();
        } catch (IOException unknown) {
            return SIZE_UNKNOWN;
        }
    }

    @Override
    public long responseBytes() {
        return responseBytes;
    }

    @Override
    public @Nullable String wireProtocol() {
        okhttp3.Protocol spoken = protocol;
        if (spoken == null) {
            return null;
        }
        return spoken == okhttp3.Protocol.HTTP_2 || spoken == okhttp3.Protocol.H2_PRIOR_KNOWLEDGE
                ? "HTTP/2"
                : spoken.toString().toUpperCase(Locale.ROOT);
    }

    /** Notes what the answer to an attempt is like; its body has not been read. */
    void answered(Response response) {
        responseBytes = response.body().contentLength();
        protocol = response.protocol();
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
