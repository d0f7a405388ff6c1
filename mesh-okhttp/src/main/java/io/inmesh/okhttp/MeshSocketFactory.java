package io.inmesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Makes sockets that find their endpoint by the label of the address they are told to connect to.
 *
 * <p>One object serves a whole client; it is not part of OkHttp's pool key and need not be.
 */
final class MeshSocketFactory extends SocketFactory {

    private final Targets targets;
    private final SocketFactory application;
    private final String applicationProtocol;

    /**
     * Makes a factory.
     *
     * @param targets where labels lead
     * @param application the socket factory the application had, used for what is not ours
     * @param applicationProtocol ALPN name offered on mesh TLS
     */
    MeshSocketFactory(Targets targets, SocketFactory application, String applicationProtocol) {
        this.targets = targets;
        this.application = application;
        this.applicationProtocol = applicationProtocol;
    }

    @Override
    public Socket createSocket() throws IOException {
        return new MeshSocket(targets, application.createSocket(), applicationProtocol);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(address, port), new InetSocketAddress(localAddress, localPort));
    }

    private Socket connected(InetSocketAddress remote, @org.jspecify.annotations.Nullable InetSocketAddress local)
            throws IOException {
        Socket socket = createSocket();
        try {
            if (local != null) {
                socket.bind(local);
            }
            socket.connect(remote);
            return socket;
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }
}
