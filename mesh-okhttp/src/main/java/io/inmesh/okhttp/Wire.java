package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.call.Call;
import io.inmesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.UnknownHostException;
import okhttp3.Connection;
import okhttp3.CookieJar;
import okhttp3.Dns;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.internal.connection.RealConnection;
import okhttp3.internal.http2.ConnectionShutdownException;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one OkHttp call does on the wire, learned by listening to it: exceptions do not tell whether anything of the request may
 * have left this process, nor which connection the call holds. One per OkHttp call, however many attempts and redirects it has.
 */
final class Wire extends EventListener {

    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

    private static final Dns NOWHERE = host -> {
        throw new UnknownHostException(host);
    };
    private static final Request ELSEWHERE =
            new Request.Builder().url("http://leave-connection.invalid/").build();

    private volatile boolean sent;
    private volatile boolean connecting;
    private volatile boolean answered;
    private volatile @Nullable Watchdog watchdog;
    private volatile @Nullable Runnable canceller;
    private volatile @Nullable Connection connection;

    private Wire() {}

    /** {@return the wire of an OkHttp call, listening from now on if it did not yet} */
    static Wire of(okhttp3.Call call) {
        Wire known = call.tag(Wire.class);
        if (known != null) {
            return known;
        }
        Wire wire = call.tag(Wire.class, Wire::new);
        call.addEventListener(wire);
        return wire;
    }

    /** Ties the call to whoever drives it, so that a cancelled call stops waiting at once. */
    void cancelBy(Runnable canceller) {
        this.canceller = canceller;
    }

    /**
     * Gives the connection of the last attempt back to the pool, unless the next attempt goes the same way.
     *
     * <p>Between attempts OkHttp leaves a call its connection, and would send the next attempt over it for no other reason than
     * that host and port of the URL are the same. It gives up a connection whose host is another one, so it is made to look for
     * a host that does not exist.
     *
     * @param chain of the call
     * @param next where the next attempt goes
     */
    void leaveConnection(Interceptor.Chain chain, Dns next) {
        Connection held = connection;
        if (held == null || held.route().address().dns() == next) {
            return;
        }
        try {
            chain.withDns(NOWHERE)
                    .withProxy(Proxy.NO_PROXY)
                    .withCache(null)
                    .withCookieJar(CookieJar.NO_COOKIES)
                    .withRetryOnConnectionFailure(false)
                    .proceed(ELSEWHERE)
                    .close();
        } catch (IOException expected) {
            LOG.trace("left {}", held, expected);
        }
    }

    /** Forgets what the last attempt did. */
    void attemptBegins() {
        sent = false;
        connecting = false;
        answered = false;
    }

    /** {@return whether anything of the attempt under way may have left this process} */
    boolean sent() {
        return sent;
    }

    /**
     * {@return whether the attempt failed because the pooled connection it was sent on was dead, and may be sent again}
     *
     * @param call what was sent
     * @param failure what OkHttp threw
     */
    boolean connectionWasDead(Call call, IOException failure) {
        if (connecting || answered || !sent || !call.replayable()) {
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
        return !reset && call.idempotent();
    }

    /**
     * Ends the attempt under way at a moment, should it still be under way then. OkHttp's own timeouts bound each wait on the
     * socket, not their sum; this bounds the sum. An HTTP/1 connection serves one call at a time and is simply closed; an
     * HTTP/2 connection is shared, and there the timeouts of the stream have to do, which begin when it is connected.
     *
     * @param deadlineNanos when, by the mesh's clock
     * @param mesh whose clock and scheduler
     * @return a handle to call when the attempt has ended; after that the attempt is left alone
     */
    Cancellable abortAt(long deadlineNanos, Mesh mesh) {
        Watchdog dog = new Watchdog();
        watchdog = dog;
        Cancellable timer = mesh.scheduler()
                .schedule(dog::bite, deadlineNanos - mesh.clock().nanos());
        return () -> {
            dog.leave();
            timer.cancel();
        };
    }

    /** Watches one attempt. */
    private final class Watchdog {
        private boolean late;
        private boolean left;

        synchronized void bite() {
            late = !left;
            if (late) {
                close(connection);
            }
        }

        synchronized void leave() {
            left = true;
        }

        /** Asked when a connection is there, so that time that was up before does not pass unseen. */
        synchronized void meet(Connection acquired) {
            if (late && !left) {
                close(acquired);
            }
        }
    }

    private static void close(@Nullable Connection current) {
        if (current != null && !isHttp2(current.protocol())) {
            // Closes the raw socket; closing what connection.socket() returns may wait for a TLS goodbye.
            ((RealConnection) current).cancel();
        }
    }

    private static boolean isHttp2(Protocol protocol) {
        return protocol == Protocol.HTTP_2 || protocol == Protocol.H2_PRIOR_KNOWLEDGE;
    }

    @Override
    public void connectionAcquired(okhttp3.Call call, Connection acquired) {
        connection = acquired;
        Watchdog dog = watchdog;
        if (dog != null) {
            dog.meet(acquired);
        }
    }

    @Override
    public void connectionReleased(okhttp3.Call call, Connection released) {
        connection = null;
        if (released.route().address().dns() instanceof Target target && target.left()) {
            closeIfUnused((RealConnection) released);
        }
    }

    /** The pool would keep a connection that no call can ever be sent on for as long as any other. */
    private static void closeIfUnused(RealConnection released) {
        released.noNewExchanges();
        // Another call that ends at the same moment may see an empty list too; closing twice does no harm.
        if (released.getCalls().isEmpty()) {
            released.cancel();
        }
    }

    @Override
    public void connectStart(okhttp3.Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
    }

    @Override
    public void requestHeadersStart(okhttp3.Call call) {
        sent = true;
    }

    @Override
    public void responseHeadersEnd(okhttp3.Call call, Response response) {
        answered = true;
    }

    @Override
    public void canceled(okhttp3.Call call) {
        Runnable current = canceller;
        if (current != null) {
            current.run();
        }
    }
}
