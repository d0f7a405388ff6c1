package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Protocol;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.TlsCertificate;
import io.inmesh.xds.tls.UpstreamTlsContext;
import java.util.List;

/**
 * TLS to servers that have certificates of their own rather than the mesh's (modes SIMPLE and MUTUAL), by files that the client has.
 *
 * <p>As in Istio, the server name is that of {@code sni}, or else the host of each request; and the server must prove a name of {@code
 * subjectAltNames}, or else of the ServiceEntry, or else the server name. Unlike there, it must do so where {@code sni} is set as well.
 */
final class Origination {
    /** How Istio names secrets that are Kubernetes secrets, and those of them that hold roots. */
    private static final String SECRET = "kubernetes://";

    private static final String ROOTS = "-cacert";

    private Origination() {}

    static void apply(Cluster.Builder cluster, MeshService service, Field tls, Protocol protocol) {
        boolean byHost = tls.get("sni").text().isEmpty() && protocol.routable();
        List<String> names = tls.get("subjectAltNames").texts();
        if (names.isEmpty()) {
            names = service.subjectAltNames();
        }
        String serverName = byHost ? "" : TlsContexts.sni(tls, service.fqdn());
        if (byHost) {
            ConnectionPools.nameServersByHost(cluster, names.isEmpty());
        } else if (names.isEmpty()) {
            names = List.of(serverName);
        }
        CommonTlsContext.Builder common =
                CommonTlsContext.newBuilder().addAlpnProtocols(protocol.http2() ? "h2" : "http/1.1");
        CertificateValidationContext.Builder validation = CertificateValidationContext.newBuilder();
        names.forEach(name -> validation.addMatchTypedSubjectAltNames(TlsContexts.subjectAltName(name)));
        boolean mutual = tls.get("mode").text().equals("MUTUAL");
        if (tls.get("credentialName").present() && tls.get("caCertificates").absent()) {
            secret(common, validation, tls.get("credentialName").text(), mutual);
        } else {
            files(common, validation, tls, mutual);
        }
        cluster.setTransportSocket(TlsContexts.socket(UpstreamTlsContext.newBuilder()
                .setSni(serverName)
                .setCommonTlsContext(common)
                .build()));
    }

    private static void files(
            CommonTlsContext.Builder common,
            CertificateValidationContext.Builder validation,
            Field tls,
            boolean mutual) {
        if (tls.get("caCertificates").present()) {
            validation.setTrustedCa(file(tls.get("caCertificates")));
        } else {
            validation.setSystemRootCerts(CertificateValidationContext.SystemRootCerts.getDefaultInstance());
        }
        if (tls.get("caCrl").present()) {
            validation.setCrl(file(tls.get("caCrl")));
        }
        common.setValidationContext(validation);
        if (mutual) {
            common.addTlsCertificates(TlsCertificate.newBuilder()
                    .setCertificateChain(file(tls.get("clientCertificate")))
                    .setPrivateKey(file(tls.get("privateKey"))));
        }
    }

    /**
     * A secret that this server does not have and that nobody gets: calls fail, where leaving the name out would have them trust the roots
     * of the system instead of those of the secret.
     */
    private static void secret(
            CommonTlsContext.Builder common,
            CertificateValidationContext.Builder validation,
            String name,
            boolean mutual) {
        common.getCombinedValidationContextBuilder()
                .setDefaultValidationContext(validation)
                .setValidationContextSdsSecretConfig(TlsContexts.secret(SECRET + name + ROOTS));
        if (mutual) {
            common.addTlsCertificateSdsSecretConfigs(TlsContexts.secret(SECRET + name));
        }
    }

    private static DataSource file(Field path) {
        return DataSource.newBuilder().setFilename(path.text()).build();
    }
}
