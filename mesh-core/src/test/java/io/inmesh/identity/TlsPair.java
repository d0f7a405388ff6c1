package io.inmesh.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A TLS server on loopback that tells each connection whom it sees, so that a test learns both ends' view. */
final class TlsPair implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final SSLContext server;

    /** What the server saw. */
    record Seen(String peer, String protocol, String serverName) {}

    TlsPair(SSLContext server) throws IOException {
        this.server = server;
    }

    /** {@return what the server saw, after both ends have read a byte of the other} */
    Seen connect(SSLContext client) throws Exception {
        return connect(client, parameters -> {});
    }

    Seen connect(SSLContext client, Consumer<SSLParameters> change) throws Exception {
        Future<Seen> seen = thread.submit(this::accept);
        try (Socket plain = new Socket(listener.getInetAddress(), listener.getLocalPort());
                SSLSocket socket = (SSLSocket)
                        client.getSocketFactory().createSocket(plain, "reviews", listener.getLocalPort(), true)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            SSLParameters parameters = socket.getSSLParameters();
            change.accept(parameters);
            socket.setSSLParameters(parameters);
            socket.getOutputStream().write(1);
            // In TLS 1.3 a client learns only here that the server refused it. Tickets arrive with this read as well.
            if (socket.getInputStream().read() != 2) {
                throw new IOException("the server closed the connection");
            }
        }
        try {
            return seen.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private Seen accept() throws IOException {
        try (Socket plain = listener.accept();
                SSLSocket socket = (SSLSocket) server.getSocketFactory().createSocket(plain, null, true)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            if (socket.getInputStream().read() != 1) {
                throw new IOException("the client closed the connection");
            }
            socket.getOutputStream().write(2);
            ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
            String serverName = session.getRequestedServerNames().stream()
                    .map(SNIServerName::getEncoded)
                    .map(String::new)
                    .findFirst()
                    .orElse("");
            String peer = ServerTls.peerOf(session.getPeerCertificates())
                    .orElseThrow()
                    .toString();
            return new Seen(peer, session.getProtocol(), serverName);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        thread.shutdownNow();
    }
}
