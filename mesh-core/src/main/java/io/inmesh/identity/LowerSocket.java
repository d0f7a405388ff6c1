package io.inmesh.identity;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/**
 * The connection below TLS as Conscrypt gets to see it: open until Conscrypt itself has closed it.
 *
 * <p>Each TLS socket of Conscrypt holds two file descriptors, and lets go of them once the last bytes it has to say are out of its
 * hands. It takes nothing out where the connection below says that it is closed, so a connection that is cut from below, as a
 * cancelled call does it, would keep them until a garbage collection. Here the last bytes are taken and fail to be written.
 */
final class LowerSocket extends ForwardingSocket {

    private final Socket socket;
    // A closed socket does not give its stream away any more.
    private final OutputStream output;
    private volatile boolean closed;

    /**
     * Wraps a connected socket.
     *
     * @throws IOException if it is closed
     */
    LowerSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.output = socket.getOutputStream();
    }

    @Override
    protected Socket socket() {
        return socket;
    }

    @Override
    public OutputStream getOutputStream() {
        return output;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        socket.close();
    }
}
