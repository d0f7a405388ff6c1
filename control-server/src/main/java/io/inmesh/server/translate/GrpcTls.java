package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.MtlsMode;
import io.inmesh.server.rule.PeerAuthentications;
import io.inmesh.server.service.MeshService;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.tls.CertificateProviderPluginInstance;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.DownstreamTlsContext;
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.tls.UpstreamTlsContext;
import java.util.List;

/** TLS of stock gRPC (gRFC A29): certificates come from the provider {@code default} of the client's own bootstrap. */
final class GrpcTls {
    private static final CertificateProviderPluginInstance PROVIDER = CertificateProviderPluginInstance.newBuilder()
            .setInstanceName("default")
            .build();

    private GrpcTls() {}

    /**
     * A stock client secures a whole cluster or nothing of it. It gets TLS if the DestinationRule says ISTIO_MUTUAL, or if every endpoint
     * insists on it, so that plaintext could not work anyway. Other endpoints may still be plaintext ones.
     */
    static void apply(Cluster.Builder cluster, ClientView view, MeshService service, Field tls) {
        String mode = tls.get("mode").text();
        if (mode.equals("ISTIO_MUTUAL")
                || (mode.isEmpty() && everyoneInsists(service, view.rules().peerAuthentications()))) {
            UpstreamTlsContext context = UpstreamTlsContext.newBuilder()
                    .setCommonTlsContext(common(TlsContexts.meshIdentities(service, view.settings())))
                    .build();
            cluster.setTransportSocket(TlsContexts.socket(context));
        }
    }

    /**
     * Whether a stock client can do what {@code tls} asks. TLS with files of its own it cannot; such a cluster is not sent at all, since
     * sending it without TLS would put in the open what is meant to be secret.
     */
    static boolean possible(Field tls) {
        String mode = tls.get("mode").text();
        return !mode.equals("SIMPLE") && !mode.equals("MUTUAL");
    }

    /** Mutual TLS on the inbound side. gRPC cannot match client names there; authorization policies do that. */
    static DownstreamTlsContext inbound() {
        return DownstreamTlsContext.newBuilder()
                .setCommonTlsContext(common(List.of()))
                .setRequireClientCertificate(Protos.bool(true))
                .build();
    }

    private static CommonTlsContext common(List<SubjectAltNameMatcher> identities) {
        return CommonTlsContext.newBuilder()
                .setTlsCertificateProviderInstance(PROVIDER)
                .setValidationContext(CertificateValidationContext.newBuilder()
                        .setCaCertificateProviderInstance(PROVIDER)
                        .addAllMatchTypedSubjectAltNames(identities))
                .build();
    }

    /** Whether every endpoint takes mutual TLS only. */
    static boolean everyoneInsists(MeshService service, PeerAuthentications peers) {
        return !service.workloads().isEmpty()
                && service.workloads().stream()
                        .allMatch(w -> w.meshTls()
                                && peers.effective(w.namespace(), w.labels()).mode() == MtlsMode.STRICT);
    }
}
