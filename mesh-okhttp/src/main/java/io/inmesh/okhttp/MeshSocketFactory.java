package io.inmesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Makes sockets that go to one target, whatever address they are told to connect to. */
final class MeshSocketFactory extends SocketFactory {

    private final Target target;
    private final @Nullable SSLSocketFactory tls;
    private final SocketSettings settings;

    /**
     * Makes a factory.
     *
     * @param target where the sockets go
     * @param tls secures them, null for plaintext
     * @param settings what they are made with
     */
    MeshSocketFactory(Target target, @Nullable SSLSocketFactory tls, SocketSettings settings) {
        this.target = target;
        this.tls = tls;
        this.settings = settings;
    }

    @Override
    public Socket createSocket() throws IOException {
        return new MeshSocket(target, settings.application().createSocket(), tls, settings);
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

    private Socket connected(InetSocketAddress remote, @Nullable InetSocketAddress local) throws IOException {
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
