package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.config.InboundConfig;
import io.inmesh.identity.ServerTls;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The mesh's TLS for Jetty 12: TLS 1.3 with the certificate of now, client certificates of the mesh, and no rebuilding when
 * either changes.
 */
public final class JettyTls {

    private JettyTls() {}

    /**
     * {@return a connector that speaks what the mesh asks for; add it to the server}
     *
     * <p>STRICT: TLS with a client certificate, and nothing else. PERMISSIVE: the same and plaintext, on one port. DISABLE:
     * plaintext. A change of the mode at run time is enforced by {@link MeshFilter} on every request; the connector speaks what
     * was asked for when it was made.
     *
     * @param server the server it is for
     * @param mesh the mesh of this process
     * @param port TCP port, 0 for any free one
     */
    public static ServerConnector connector(Server server, Mesh mesh, int port) {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        // Certificates of the mesh name no hosts, so there is nothing to compare SNI with; peers are known by SPIFFE
        // ids.
        configuration.addCustomizer(new SecureRequestCustomizer(false, false, -1, false));
        HttpConnectionFactory http = new HttpConnectionFactory(configuration);
        InboundConfig.Mtls mode = mesh.inboundMtls();
        ServerConnector connector;
        if (mode == InboundConfig.Mtls.DISABLE) {
            connector = new ServerConnector(server, http);
        } else {
            SslConnectionFactory tls = new SslConnectionFactory(contextFactory(mesh), HttpVersion.HTTP_1_1.asString());
            connector = mode == InboundConfig.Mtls.STRICT
                    ? new ServerConnector(server, tls, http)
                    : new ServerConnector(server, new DetectorConnectionFactory(tls), http);
        }
        connector.setPort(port);
        return connector;
    }

    private static SslContextFactory.Server contextFactory(Mesh mesh) {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setSslContext(ServerTls.serverContext(mesh.identity()));
        factory.setNeedClientAuth(true);
        factory.setIncludeProtocols("TLSv1.3");
        factory.setSniRequired(false);
        return factory;
    }
}
