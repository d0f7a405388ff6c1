package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.call.Call;
import io.inmesh.drive.BlockingDriver;
import io.inmesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.util.List;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.internal.connection.RealConnection;
import okhttp3.internal.http2.ConnectionShutdownException;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;
import org.jspecify.annotations.Nullable;

/**
 * A view over an OkHttp request, which also listens to its call for the one thing exceptions do not tell: whether anything of
 * the request may have left this process.
 */
final class OkHttpCall extends EventListener implements Call {

    private final Request request;
    private volatile boolean sent;
    private volatile boolean connecting;
    private volatile boolean answered;
    private volatile boolean aborted;
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
        connecting = false;
        answered = false;
        connection = null;
    }

    /**
     * {@return whether the attempt failed because the pooled connection it was sent on was dead, and may be sent again}
     *
     * @param failure what OkHttp threw
     */
    boolean connectionWasDead(IOException failure) {
        if (connecting || answered || !sent || !replayable()) {
            return false;
        }
        if (failure instanceof ConnectionShutdownException) {
            // The connection was closed before the stream was opened; nothing was sent.
            return true;
        }
        if (failure instanceof InterruptedIOException || failure instanceof ProtocolException) {
            return false;
        }
        // OkHttp says CANCEL when the peer closed an HTTP/2 connection without a word.
        boolean reset = failure instanceof StreamResetException stream && stream.errorCode != ErrorCode.CANCEL;
        return !reset && idempotent();
    }

    /**
     * Ends the attempt under way at a moment, should it still be under way then. OkHttp's own timeouts bound each wait on the
     * socket, not their sum; this bounds the sum. An HTTP/1 connection serves one call at a time and is simply closed; an
     * HTTP/2 connection is shared, and there the timeouts of the stream have to do, which begin when it is connected.
     *
     * @param deadlineNanos when, by the mesh's clock
     * @param mesh whose clock and scheduler
     * @return a handle to call when the attempt has ended
     */
    Cancellable abortAt(long deadlineNanos, Mesh mesh) {
        aborted = false;
        return mesh.scheduler()
                .schedule(this::abort, deadlineNanos - mesh.clock().nanos());
    }

    private void abort() {
        aborted = true;
        close(connection);
    }

    private static void close(@Nullable Connection current) {
        if (current != null && !isHttp2(current.protocol())) {
            // Closes the raw socket; closing what connection.socket() returns may wait for a TLS goodbye.
            ((RealConnection) current).cancel();
        }
    }

    private static boolean isHttp2(okhttp3.Protocol protocol) {
        return protocol == okhttp3.Protocol.HTTP_2 || protocol == okhttp3.Protocol.H2_PRIOR_KNOWLEDGE;
    }

    @Override
    public void connectionAcquired(okhttp3.Call call, Connection acquired) {
        connection = acquired;
        // Looked at after the connection is known, so that the end of the attempt either sees it or is seen here.
        if (aborted) {
            close(acquired);
        }
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
    public void connectStart(okhttp3.Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
    }

    @Override
    public void responseHeadersEnd(okhttp3.Call call, Response response) {
        answered = true;
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
