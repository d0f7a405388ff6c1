package io.inmesh.identity;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;

/**
 * A socket whose work another one does: all that is asked of it is asked of {@link #socket()}, unless a subclass says otherwise.
 *
 * <p>It has no channel, since whoever used one would go around the socket. {@link Socket} guards some methods with its own monitor;
 * forwarding takes no locks but those of the other socket.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
public abstract class ForwardingSocket extends Socket {

    /** For subclasses. */
    protected ForwardingSocket() {}

    /** {@return the socket that does the work} */
    protected abstract Socket socket();

    @Override
    public void connect(SocketAddress remote) throws IOException {
        socket().connect(remote);
    }

    @Override
    public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
        socket().connect(remote, timeoutMillis);
    }

    @Override
    public void bind(SocketAddress local) throws IOException {
        socket().bind(local);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return socket().getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return socket().getOutputStream();
    }

    @Override
    public void close() throws IOException {
        socket().close();
    }

    @Override
    public void shutdownInput() throws IOException {
        socket().shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket().shutdownOutput();
    }

    @Override
    public boolean isConnected() {
        return socket().isConnected();
    }

    @Override
    public boolean isBound() {
        return socket().isBound();
    }

    @Override
    public boolean isClosed() {
        return socket().isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return socket().isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket().isOutputShutdown();
    }

    @Override
    public InetAddress getInetAddress() {
        return socket().getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket().getLocalAddress();
    }

    @Override
    public int getPort() {
        return socket().getPort();
    }

    @Override
    public int getLocalPort() {
        return socket().getLocalPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket().getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return socket().getLocalSocketAddress();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        socket().setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return socket().getTcpNoDelay();
    }

    @Override
    public void setSoTimeout(int timeoutMillis) throws SocketException {
        socket().setSoTimeout(timeoutMillis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return socket().getSoTimeout();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        socket().setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return socket().getKeepAlive();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + socket() + "]";
    }
}
