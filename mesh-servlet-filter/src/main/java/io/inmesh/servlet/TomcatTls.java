package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.TlsVersion;
import java.util.stream.Collectors;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/**
 * The mesh's TLS for Tomcat 11: TLS 1.3, or 1.2 on request, with the certificate of now, client certificates of the mesh, and no
 * rebuilding when either changes.
 */
public final class TomcatTls {

    private TomcatTls() {}

    /**
     * {@return a connector that speaks what the mesh asks for; give it to the service}
     *
     * <p>STRICT: TLS with a client certificate, and nothing else; plaintext connections are closed unanswered. PERMISSIVE: the same and
     * plaintext, on one port. DISABLE: plaintext. The mode of every connection is the one in force when its first byte is there;
     * what a connection that is already there may still do is decided by {@link MeshFilter} for every request.
     *
     * <p>Speaks HTTP/1.1, and inside TLS HTTP/2 where the client negotiates it.
     *
     * @param mesh the mesh of this process
     * @param port TCP port, 0 for any free one
     */
    public static Connector connector(Mesh mesh, int port) {
        Connector connector = new Connector(new TomcatProtocol());
        connector.setPort(port);
        configure(connector, mesh);
        return connector;
    }

    /**
     * Has a connector speak what the mesh asks for, as {@link #connector} does; to be called before the connector starts.
     *
     * @param connector a connector with the protocol {@link TomcatProtocol}, without TLS settings of its own
     * @param mesh the mesh of this process
     * @throws IllegalArgumentException if the connector is of another protocol
     */
    public static void configure(Connector connector, Mesh mesh) {
        if (!(connector.getProtocolHandler() instanceof TomcatProtocol protocol)) {
            throw new IllegalArgumentException("the connector speaks " + connector.getProtocolHandlerClassName()
                    + ", which cannot take plaintext and TLS on one port; make it with TomcatTls.connector(mesh, port), or with"
                    + " new Connector(\"" + TomcatProtocol.class.getName() + "\")");
        }
        protocol.follow(mesh);
        SSLHostConfig host = new SSLHostConfig();
        TlsVersion oldest = mesh.identity().oldestTls();
        host.setProtocols(String.join("+", oldest.protocols()));
        // What Tomcat calls ciphers is for TLS 1.2 only; its suites for 1.3 are ours.
        host.setCiphers(oldest.cipherSuites().stream()
                .filter(suite -> suite.startsWith("TLS_ECDHE_"))
                .collect(Collectors.joining(",")));
        host.setCertificateVerification("required");
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setSslContext(new TomcatSslContext(ServerTls.serverContext(mesh.identity())));
        host.addCertificate(certificate);
        protocol.addSslHostConfig(host);
        if (connector.findUpgradeProtocols().length == 0) {
            Http2Protocol http2 = new Http2Protocol();
            // Callers inside the mesh write http:// and are secured below it.
            http2.setAllowSchemeMismatch(true);
            connector.addUpgradeProtocol(http2);
        }
    }
}
