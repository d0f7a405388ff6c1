package io.inmesh.okhttp;

import io.inmesh.call.Call;
import io.inmesh.dispatch.Dispatch;
import java.util.List;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * A view over an OkHttp request, which also listens to its call for the one thing exceptions do not tell: whether anything of
 * the request may have left this process.
 */
final class OkHttpCall extends EventListener implements Call {

    private final Request request;
    private volatile boolean sent;
    private volatile @Nullable Dispatch dispatch;
    private volatile @Nullable Thread waiter;

    OkHttpCall(Request request) {
        this.request = request;
    }

    @Override
    public Protocol protocol() {
        return Protocol.HTTP;
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

    /** {@return whether anything of the attempt under way may have left this process} */
    boolean sent() {
        return sent;
    }

    /** Forgets what the last attempt did. */
    void attemptBegins() {
        sent = false;
    }

    /** Ties the call to its dispatch, so that a cancelled call stops waiting at once. */
    void driveBy(Dispatch dispatch) {
        this.dispatch = dispatch;
    }

    @Override
    public void requestHeadersStart(okhttp3.Call call) {
        sent = true;
    }

    @Override
    public void canceled(okhttp3.Call call) {
        Dispatch current = dispatch;
        if (current != null) {
            current.cancel();
        }
        Thread waiting = waiter;
        if (waiting != null) {
            java.util.concurrent.locks.LockSupport.unpark(waiting);
        }
    }
}
