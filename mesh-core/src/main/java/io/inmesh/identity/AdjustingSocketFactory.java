package io.inmesh.identity;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Sets the context's role and parameters on every socket it makes. */
final class AdjustingSocketFactory extends SSLSocketFactory {

    private final Supplier<SSLContext> inner;
    private final MeshContextSpi context;

    AdjustingSocketFactory(Supplier<SSLContext> inner, MeshContextSpi context) {
        this.inner = inner;
        this.context = context;
    }

    private SSLSocketFactory inner() {
        return inner.get().getSocketFactory();
    }

    private Socket adjusted(Socket socket) {
        SSLSocket tls = (SSLSocket) socket;
        tls.setUseClientMode(context.client());
        tls.setSSLParameters(context.adjusted(tls.getSSLParameters()));
        return tls;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        // The session cache is keyed by what is given here. Endpoints of a cluster share a host name but not their
        // ticket keys.
        InetAddress address = socket.getInetAddress();
        String peer = address == null ? host : address.getHostAddress();
        int peerPort = address == null ? port : socket.getPort();
        if (context.client()) {
            // A handshake is written part by part; each would wait until the peer's delayed acknowledgement comes.
            socket.setTcpNoDelay(true);
        }
        SSLContext made = inner.get();
        Socket lower = ConscryptSearch.made(made.getProvider()) ? new LowerSocket(socket) : socket;
        return adjusted(made.getSocketFactory().createSocket(lower, peer, peerPort, autoClose));
    }

    @Override
    public Socket createSocket(Socket socket, InputStream consumed, boolean autoClose) throws IOException {
        return adjusted(inner().createSocket(socket, consumed, autoClose));
    }

    @Override
    public Socket createSocket() throws IOException {
        return adjusted(inner().createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return adjusted(inner().createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return adjusted(inner().createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return adjusted(inner().createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return adjusted(inner().createSocket(address, port, localAddress, localPort));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return inner().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return inner().getSupportedCipherSuites();
    }
}
