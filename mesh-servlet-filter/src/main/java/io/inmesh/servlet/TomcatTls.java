package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.identity.ServerTls;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** The mesh's TLS for Tomcat 11: TLS 1.3 with the certificate of now and client certificates of the mesh, right after every rotation. */
public final class TomcatTls {

    private TomcatTls() {}

    /**
     * Has a connector speak what the mesh asks for; to be called before the connector starts.
     *
     * <p>STRICT: TLS with a client certificate, and nothing else. DISABLE: plaintext. Tomcat cannot take both on one port. A change
     * of the mode at run time is enforced by {@link MeshFilter} on every request; the connector speaks what was asked for when
     * it was configured.
     *
     * @param connector a connector for HTTP/1.1, without TLS settings of its own
     * @param mesh the mesh of this process
     * @throws IllegalStateException if the mode is PERMISSIVE
     * @throws IllegalArgumentException if the connector is of another protocol
     */
    public static void configure(Connector connector, Mesh mesh) {
        Mtls mode = mesh.inboundMtls();
        if (mode == Mtls.PERMISSIVE) {
            throw new IllegalStateException(
                    "Tomcat cannot take plaintext and TLS on one port, which mutual TLS mode PERMISSIVE"
                            + " asks for; set a PeerAuthentication with mode STRICT or DISABLE for this workload, or serve with"
                            + " JettyTls, which can");
        }
        if (!(connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http)) {
            throw new IllegalArgumentException("the connector speaks " + connector.getProtocol()
                    + ", but the mesh needs one for HTTP/1.1: new Connector()");
        }
        if (mode == Mtls.DISABLE) {
            return;
        }
        SSLHostConfig host = new SSLHostConfig();
        host.setProtocols("TLSv1.3");
        host.setCertificateVerification("required");
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setSslContext(new TomcatSslContext(ServerTls.serverContext(mesh.identity())));
        host.addCertificate(certificate);
        connector.setSecure(true);
        connector.setScheme("https");
        http.setSSLEnabled(true);
        http.addSslHostConfig(host);
    }
}
