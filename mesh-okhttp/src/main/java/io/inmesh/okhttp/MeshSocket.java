package io.inmesh.okhttp;

import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A socket that goes to a target: it connects to the endpoint's real address, and where the target is secured it finishes
 * the TLS handshake before {@code connect} returns, so that whoever holds it reads and writes plaintext.
 *
 * <p>Told to connect to an address without a label it behaves like the socket it wraps.
 */
final class MeshSocket extends Socket {

    private final Targets targets;
    private final String applicationProtocol;
    private volatile Socket socket;

    MeshSocket(Targets targets, Socket plain, String applicationProtocol) {
        this.targets = targets;
        this.socket = plain;
        this.applicationProtocol = applicationProtocol;
    }

    @Override
    public void connect(SocketAddress remote) throws IOException {
        connect(remote, 0);
    }

    @Override
    public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
        InetAddress address = remote instanceof InetSocketAddress inet ? inet.getAddress() : null;
        // A label is a host name the address already has, so asking for it resolves nothing. An address without a name
        // would
        // be looked up backwards; its text form (slash first) tells the two apart.
        String name = address == null || address.toString().startsWith("/") ? "" : address.getHostName();
        if (address == null || !Targets.isLabel(name)) {
            socket.connect(remote, timeoutMillis);
            return;
        }
        Target target = targets.byLabel(name);
        if (target == null) {
            throw new ConnectException("the endpoint behind " + name + " left the mesh before it was connected to");
        }
        long started = System.nanoTime();
        socket.connect(target.addressOf(address), timeoutMillis);
        PeerExpectation security = target.security();
        if (security != null) {
            secure(target, security, remainingMillis(started, timeoutMillis));
        }
    }

    private void secure(Target target, PeerExpectation security, int timeoutMillis) throws IOException {
        IdentityEpoch epoch = target.epoch();
        if (epoch == null) {
            throw new SocketException("no identity to call " + target + " with");
        }
        Socket plain = socket;
        int readTimeoutMillis = plain.getSoTimeout();
        // The host and port given here key the client's session cache, so endpoints do not overwrite each other's
        // sessions.
        SSLSocket secured = (SSLSocket) epoch.clientContext(security)
                .getSocketFactory()
                .createSocket(plain, target.endpoint().host(), target.endpoint().port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {applicationProtocol});
        secured.setSSLParameters(parameters);
        secured.setSoTimeout(timeoutMillis);
        secured.startHandshake();
        secured.setSoTimeout(readTimeoutMillis);
        socket = secured;
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

    @Override
    public InputStream getInputStream() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public void bind(SocketAddress local) throws IOException {
        socket.bind(local);
    }

    // Not synchronized: closing must work while another thread reads or connects.
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public void shutdownInput() throws IOException {
        socket.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isBound() {
        return socket.isBound();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public InetAddress getInetAddress() {
        return socket.getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public int getPort() {
        return socket.getPort();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return socket.getLocalSocketAddress();
    }

    @Override
    public SocketChannel getChannel() {
        return socket.getChannel();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        socket.setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return socket.getTcpNoDelay();
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public void setSoTimeout(int timeoutMillis) throws SocketException {
        socket.setSoTimeout(timeoutMillis);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public int getSoTimeout() throws SocketException {
        return socket.getSoTimeout();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        socket.setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return socket.getKeepAlive();
    }

    @Override
    public String toString() {
        return "MeshSocket[" + socket + "]";
    }
}
