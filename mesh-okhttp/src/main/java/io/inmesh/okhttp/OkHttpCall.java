package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.call.Call;
import io.inmesh.drive.BlockingDriver;
import io.inmesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.util.List;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A view over an OkHttp request, which also listens to its call for the one thing exceptions do not tell: whether anything of
 * the request may have left this process.
 */
final class OkHttpCall extends EventListener implements Call {

    private static final Logger LOG = LoggerFactory.getLogger(OkHttpCall.class);

    private final Request request;
    private volatile boolean sent;
    private volatile @Nullable BlockingDriver driver;
    private volatile @Nullable Connection connection;

    OkHttpCall(Request request) {
        this.request = request;
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

    /** {@return whether anything of the attempt under way may have left this process} */
    boolean sent() {
        return sent;
    }

    /** Forgets what the last attempt did. */
    void attemptBegins() {
        sent = false;
        connection = null;
    }

    /**
     * Ends the attempt under way at a moment, should it still be under way then. OkHttp's own timeouts bound each wait on the
     * socket, not their sum; this bounds the sum. An HTTP/1 connection serves one call at a time and is simply closed; an
     * HTTP/2 connection is shared, and there the read timeout of the stream has to do.
     *
     * @param deadlineNanos when, by the mesh's clock
     * @param mesh whose clock and scheduler
     * @return a handle to call when the attempt has ended
     */
    Cancellable abortAt(long deadlineNanos, Mesh mesh) {
        return mesh.scheduler()
                .schedule(this::abort, deadlineNanos - mesh.clock().nanos());
    }

    private void abort() {
        Connection current = connection;
        if (current == null || isHttp2(current.protocol())) {
            return;
        }
        try {
            current.socket().close();
        } catch (IOException alreadyBroken) {
            LOG.debug("closing the connection of an attempt past its deadline", alreadyBroken);
        }
    }

    private static boolean isHttp2(okhttp3.Protocol protocol) {
        return protocol == okhttp3.Protocol.HTTP_2 || protocol == okhttp3.Protocol.H2_PRIOR_KNOWLEDGE;
    }

    @Override
    public void connectionAcquired(okhttp3.Call call, Connection acquired) {
        connection = acquired;
    }

    @Override
    public void connectionReleased(okhttp3.Call call, Connection released) {
        connection = null;
    }

    /** Ties the call to its driver, so that a cancelled call stops waiting at once. */
    void drivenBy(BlockingDriver driver) {
        this.driver = driver;
    }

    @Override
    public void requestHeadersStart(okhttp3.Call call) {
        sent = true;
    }

    @Override
    public void canceled(okhttp3.Call call) {
        BlockingDriver current = driver;
        if (current != null) {
            current.cancel();
        }
    }
}
