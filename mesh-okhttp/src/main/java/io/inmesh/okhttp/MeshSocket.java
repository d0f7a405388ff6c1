package io.inmesh.okhttp;

import io.inmesh.identity.ClientTls;
import io.inmesh.identity.ForwardingSocket;
import io.inmesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that goes to its target: it connects to the endpoint's address whatever address it is told, and where it has to secure
 * the connection it finishes the TLS handshake before {@code connect} returns, so that whoever holds it reads and writes
 * plaintext.
 */
final class MeshSocket extends ForwardingSocket {

    private static final Logger LOG = LoggerFactory.getLogger(MeshSocket.class);

    private final Target target;
    private final Socket plain;
    private final @Nullable SSLSocketFactory tls;
    private final SocketSettings settings;
    private volatile Socket socket;

    /**
     * Makes a socket.
     *
     * @param target where it goes
     * @param plain does the work
     * @param tls secures it, null for plaintext
     * @param settings what it is made with
     */
    MeshSocket(Target target, Socket plain, @Nullable SSLSocketFactory tls, SocketSettings settings) {
        this.target = target;
        this.plain = plain;
        this.tls = tls;
        this.settings = settings;
        this.socket = plain;
        target.opened(this);
    }

    @Override
    public void connect(SocketAddress told) throws IOException {
        connect(told, 0);
    }

    @Override
    public void connect(SocketAddress told, int timeoutMillis) throws IOException {
        long started = System.nanoTime();
        plain.connect(
                target.addressFor(told instanceof InetSocketAddress inet ? inet.getAddress() : null), timeoutMillis);
        if (tls != null) {
            secure(tls, remainingMillis(started, timeoutMillis));
        }
    }

    private void secure(SSLSocketFactory tls, int timeoutMillis) throws IOException {
        // The host and port given here key the client's session cache, so endpoints do not overwrite each other's
        // sessions.
        SSLSocket secured = (SSLSocket) tls.createSocket(
                plain, target.endpoint().host(), target.endpoint().port(), true);
        try {
            secure(secured, timeoutMillis);
        } catch (IOException | RuntimeException failure) {
            closeQuietly();
            ClientTls.release(secured);
            throw failure;
        }
        socket = secured;
        // Whoever closed this meanwhile saw the plain socket only.
        if (plain.isClosed()) {
            releaseIfSecured();
        }
    }

    private void secure(SSLSocket secured, int timeoutMillis) throws IOException {
        int readTimeoutMillis = plain.getSoTimeout();
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {settings.applicationProtocol()});
        secured.setSSLParameters(parameters);
        secured.setSoTimeout(timeoutMillis);
        handshake(secured, timeoutMillis);
        target.proved(secured.getSession());
        secured.setSoTimeout(readTimeoutMillis);
    }

    /** A read timeout bounds each read; a peer that sends a byte at a time needs a bound of the whole. */
    private void handshake(SSLSocket secured, int timeoutMillis) throws IOException {
        if (timeoutMillis == 0) {
            secured.startHandshake();
            return;
        }
        AtomicBoolean late = new AtomicBoolean();
        Cancellable watchdog = settings.scheduler()
                .schedule(
                        () -> {
                            late.set(true);
                            closeQuietly();
                        },
                        TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
        try {
            secured.startHandshake();
        } catch (IOException failure) {
            if (late.get()) {
                throw (IOException) new SocketTimeoutException(
                                "TLS handshake with " + target + " not finished within " + timeoutMillis + " ms")
                        .initCause(failure);
            }
            throw failure;
        } finally {
            watchdog.cancel();
        }
    }

    /** Closes, whatever comes of it. */
    void closeQuietly() {
        try {
            close();
        } catch (IOException alreadyBroken) {
            LOG.debug("closing a connection to {}", target, alreadyBroken);
        }
    }

    private static int remainingMillis(long startedNanos, int timeoutMillis) throws SocketTimeoutException {
        if (timeoutMillis == 0) {
            return 0;
        }
        long left = timeoutMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
        if (left <= 0) {
            throw new SocketTimeoutException("connect timed out before the TLS handshake");
        }
        return (int) left;
    }

    /**
     * Closes without the goodbye of TLS, which waits for whoever is writing: a cancelled call must end while its upload is stuck.
     * HTTP says by itself where a message ends.
     */
    @Override
    public void close() throws IOException {
        try {
            plain.close();
        } finally {
            releaseIfSecured();
        }
    }

    private void releaseIfSecured() {
        Socket now = socket;
        if (now != plain) {
            ClientTls.release(now);
        }
    }

    /** The TLS socket does not notice that the one underneath was closed, and the pool would offer a dead connection for ever. */
    @Override
    public boolean isClosed() {
        return plain.isClosed() || socket.isClosed();
    }

    @Override
    protected Socket socket() {
        return socket;
    }
}
