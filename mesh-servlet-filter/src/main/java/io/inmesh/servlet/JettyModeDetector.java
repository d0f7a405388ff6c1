package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.config.InboundConfig.Mtls;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first bytes of a connection and takes TLS, plaintext or both, as the mode of the moment says. So a change of the mode
 * needs no restart.
 */
final class JettyModeDetector extends DetectorConnectionFactory {

    private static final Logger LOG = LoggerFactory.getLogger(JettyModeDetector.class);

    private final Mesh mesh;
    private final UnlessDisabled tls;

    JettyModeDetector(Mesh mesh, SslConnectionFactory tls) {
        this(mesh, new UnlessDisabled(mesh, tls));
    }

    private JettyModeDetector(Mesh mesh, UnlessDisabled tls) {
        super(tls);
        this.mesh = mesh;
        this.tls = tls;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        tls.port = port(connector);
        return super.newConnection(connector, endPoint);
    }

    private static int port(Connector connector) {
        return connector instanceof NetworkConnector network ? network.getLocalPort() : 0;
    }

    @Override
    protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer buffer) {
        if (mesh.inboundMtls(port(connector)) == Mtls.STRICT) {
            LOG.debug(
                    "closed: a plaintext connection from {}, but mutual TLS is STRICT",
                    endPoint.getRemoteSocketAddress());
            endPoint.close();
        } else {
            super.nextProtocol(connector, endPoint, buffer);
        }
    }

    /** TLS, which is not recognized where the mode is DISABLE. */
    private static final class UnlessDisabled extends AbstractConnectionFactory implements ConnectionFactory.Detecting {
        private final Mesh mesh;
        private final SslConnectionFactory tls;
        // Of the one connector this belongs to, which knows it once it listens; detection is told nothing but bytes.
        private volatile int port;

        UnlessDisabled(Mesh mesh, SslConnectionFactory tls) {
            super(tls.getProtocol());
            this.mesh = mesh;
            this.tls = tls;
            addBean(tls);
        }

        @Override
        public Detection detect(ByteBuffer buffer) {
            return mesh.inboundMtls(port) == Mtls.DISABLE ? Detection.NOT_RECOGNIZED : tls.detect(buffer);
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            return tls.newConnection(connector, endPoint);
        }
    }
}
