package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.identity.InboundConnections;
import io.inmesh.time.Randomness;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Has the secured connections of a Jetty connector end some time after the identity they began under.
 *
 * <p>HTTP/1.1 needs it for answers that do not end: between requests {@link MeshFilter} says {@code Connection: close}.
 */
final class JettyConnections extends AbstractLifeCycle implements Connection.Listener {

    private final Mesh mesh;
    private final Consumer<Connection> goAway;
    private final Map<Connection, Runnable> open = new ConcurrentHashMap<>();
    private @Nullable InboundConnections connections;

    /**
     * Makes a bean for a connector.
     *
     * @param mesh whose identity counts
     * @param goAway ends an HTTP/2 connection gracefully and leaves others alone
     */
    JettyConnections(Mesh mesh, Consumer<Connection> goAway) {
        this.mesh = mesh;
        this.goAway = goAway;
    }

    @Override
    protected void doStart() {
        connections = new InboundConnections(mesh.identity(), mesh.scheduler(), Randomness.SYSTEM);
    }

    @Override
    protected void doStop() {
        InboundConnections before = connections;
        connections = null;
        if (before != null) {
            before.close();
        }
        open.clear();
    }

    @Override
    public void onOpened(Connection connection) {
        InboundConnections now = connections;
        // The connection inside TLS, not that of TLS itself, which the same socket has too. Not isSecure, which reads
        // the session and keeps
        // what it reads, before there is any.
        if (now != null && connection.getEndPoint() instanceof SslConnection.SslEndPoint) {
            open.put(connection, now.opened(new Tracked(connection, goAway)));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        Runnable closed = open.remove(connection);
        if (closed != null) {
            closed.run();
        }
    }

    private record Tracked(Connection connection, Consumer<Connection> goAway)
            implements InboundConnections.Connection {

        @Override
        public Certificate @Nullable [] peerChain() {
            EndPoint.SslSessionData tls = connection.getEndPoint().getSslSessionData();
            return tls == null ? null : tls.peerCertificates();
        }

        @Override
        public void endGracefully() {
            goAway.accept(connection);
        }

        @Override
        public void endNow() {
            connection.getEndPoint().close();
        }
    }
}
