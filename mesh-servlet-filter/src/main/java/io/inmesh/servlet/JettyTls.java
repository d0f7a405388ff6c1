package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.TlsVersion;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The mesh's TLS for Jetty 12: TLS 1.3, or 1.2 on request, with the certificate of now, client certificates of the mesh, and no
 * rebuilding when either changes.
 */
public final class JettyTls {

    private JettyTls() {}

    /**
     * {@return a connector that speaks what the mesh asks for; add it to the server}
     *
     * <p>STRICT: TLS with a client certificate, and nothing else; plaintext connections are closed unanswered. PERMISSIVE: the same and
     * plaintext, on one port. DISABLE: plaintext. The mode of every connection is the one in force when it begins; what a
     * connection that is already there may still do is decided by {@link MeshFilter} for every request.
     *
     * <p>Connections end some time after the identity they began under, and with what they carry if their peer is not trusted any more, see
     * {@link io.inmesh.identity.InboundConnections}.
     *
     * <p>Speaks HTTP/1.1, and HTTP/2 where {@code jetty-http2-server} and, for TLS, {@code jetty-alpn-java-server} are on the
     * class path.
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
        boolean http2 = JettyHttp2.available();
        String afterTls = http2 ? JettyHttp2.NEGOTIATION : HttpVersion.HTTP_1_1.asString();
        List<ConnectionFactory> factories = new ArrayList<>();
        factories.add(new JettyModeDetector(mesh, new SslConnectionFactory(contextFactory(mesh), afterTls)));
        factories.add(http);
        if (http2) {
            factories.addAll(JettyHttp2.factories(configuration));
        }
        ServerConnector connector = new ServerConnector(server, factories.toArray(new ConnectionFactory[0]));
        connector.setPort(port);
        connector.addBean(new JettyConnections(mesh, http2 ? JettyHttp2::goAway : connection -> {}));
        return connector;
    }

    private static SslContextFactory.Server contextFactory(Mesh mesh) {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setSslContext(ServerTls.serverContext(mesh.identity()));
        factory.setNeedClientAuth(true);
        TlsVersion oldest = mesh.identity().oldestTls();
        factory.setIncludeProtocols(oldest.protocols().toArray(new String[0]));
        factory.setIncludeCipherSuites(oldest.cipherSuites().toArray(new String[0]));
        // A peer could become another one in the middle of a connection.
        factory.setRenegotiationAllowed(false);
        factory.setSniRequired(false);
        return factory;
    }
}
