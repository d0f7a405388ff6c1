package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.identity.ServerTls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLHandshakeException;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that reads one byte, and is TLS or plaintext from then on, as that byte and the mode of the moment say.
 *
 * <p>Tomcat asks a channel for its handshake before it does anything else with a connection; that is where the choice is made.
 */
final class TomcatModeChannel extends SecureNioChannel {

    private static final Logger LOG = LoggerFactory.getLogger(TomcatModeChannel.class);

    /** Each read is bounded by the connection's timeout already; a peer that sends a byte at a time needs a bound of the whole. */
    private static final long HANDSHAKE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int CLOSE = -1;
    private static final int DONE = 0;

    private final Mesh mesh;
    private long acceptedNanos;
    private boolean decided;
    private boolean plaintext;
    private boolean firstByteUnread;

    TomcatModeChannel(SocketBufferHandler buffers, NioEndpoint endpoint, Mesh mesh) {
        super(buffers, endpoint);
        this.mesh = mesh;
    }

    /** Tomcat uses channels again, for one connection after another. */
    @Override
    public void reset(SocketChannel channel, NioSocketWrapper wrapper) throws IOException {
        super.reset(channel, wrapper);
        if (channel != null) {
            acceptedNanos = mesh.clock().nanos();
            decided = false;
            plaintext = false;
            firstByteUnread = false;
        }
    }

    @Override
    public int handshake(boolean read, boolean write) throws IOException {
        if (mesh.clock().nanos() - acceptedNanos > HANDSHAKE_NANOS) {
            LOG.debug("closed: the TLS handshake with {} takes too long", sc.getRemoteAddress());
            return CLOSE;
        }
        if (!decided) {
            int next = decide();
            if (next != DONE) {
                return next;
            }
            decided = true;
        }
        return plaintext ? DONE : super.handshake(read, write);
    }

    /** Leaves the byte in the buffer where the handshake, or the first read of plaintext, takes it from. */
    private int decide() throws IOException {
        netInBuffer.limit(1);
        int count = sc.read(netInBuffer);
        netInBuffer.limit(netInBuffer.capacity());
        if (count <= 0) {
            return count < 0 ? CLOSE : SelectionKey.OP_READ;
        }
        Mtls mode = mesh.inboundMtls(sc.socket().getLocalPort());
        plaintext = mode == Mtls.DISABLE || !ServerTls.beginsTls(netInBuffer.get(0));
        if (plaintext && mode == Mtls.STRICT) {
            LOG.debug("closed: a plaintext connection from {}, but mutual TLS is STRICT", sc.getRemoteAddress());
            return CLOSE;
        }
        firstByteUnread = plaintext;
        return DONE;
    }

    @Override
    public boolean isHandshakeComplete() {
        return plaintext || super.isHandshakeComplete();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!plaintext) {
            int count = super.read(target);
            refuseRenegotiation();
            return count;
        }
        if (!firstByteUnread || !target.hasRemaining()) {
            return sc.read(target);
        }
        target.put(netInBuffer.get(0));
        firstByteUnread = false;
        // An end that follows at once is found by the next read.
        return 1 + Math.max(0, sc.read(target));
    }

    /** With TLS 1.2 a peer could become another one in the middle of a connection. */
    private void refuseRenegotiation() throws IOException {
        SSLEngine engine = sslEngine;
        if (engine != null
                && engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
                && engine.getSession().getProtocol().equals("TLSv1.2")) {
            throw new SSLHandshakeException("renegotiation is not allowed");
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        if (!plaintext) {
            long count = super.read(targets, offset, length);
            refuseRenegotiation();
            return count;
        }
        for (int i = offset; firstByteUnread && i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                return read(targets[i]);
            }
        }
        return sc.read(targets, offset, length);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        if (!plaintext) {
            return super.write(source);
        }
        checkInterruptStatus();
        return source.hasRemaining() ? sc.write(source) : 0;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        if (!plaintext) {
            return super.write(sources, offset, length);
        }
        checkInterruptStatus();
        return sc.write(sources, offset, length);
    }

    @Override
    public int getOutboundRemaining() {
        return plaintext ? 0 : super.getOutboundRemaining();
    }

    @Override
    public boolean flushOutbound() throws IOException {
        return !plaintext && super.flushOutbound();
    }
}
