package io.inmesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** TLS of a server that speaks one version only. */
final class OneVersion extends SSLSocketFactory {

    private final String version;
    private final SSLSocketFactory sockets;

    OneVersion(String version, SSLSocketFactory sockets) {
        this.version = version;
        this.sockets = sockets;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        SSLSocket secured = (SSLSocket) sockets.createSocket(socket, host, port, autoClose);
        secured.setEnabledProtocols(new String[] {version});
        return secured;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("servers wrap sockets they have");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("servers wrap sockets they have");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("servers wrap sockets they have");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException("servers wrap sockets they have");
    }
}
