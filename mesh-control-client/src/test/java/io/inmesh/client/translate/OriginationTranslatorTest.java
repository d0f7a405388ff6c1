package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClientTlsConfig.Mode;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.core.UpstreamHttpProtocolOptions;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.SdsSecretConfig;
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.tls.SubjectAltNameMatcher.SanType;
import io.inmesh.xds.tls.TlsParameters;
import io.inmesh.xds.tls.TlsParameters.TlsProtocol;
import io.inmesh.xds.tls.UpstreamTlsContext;
import io.inmesh.xds.type.matcher.StringMatcher;
import io.inmesh.xds.upstream.HttpProtocolOptions;
import org.junit.jupiter.api.Test;

/** What TLS to servers outside the mesh means in clusters of any control plane. */
final class OriginationTranslatorTest {

    private static Any pack(Message message) {
        return Any.newBuilder()
                .setTypeUrl(
                        "type.googleapis.com/" + message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }

    private static Cluster.Builder cluster(CommonTlsContext.Builder common, String sni) {
        return Cluster.newBuilder()
                .setName("pay")
                .setType(Cluster.DiscoveryType.EDS)
                .setTransportSocket(TransportSocket.newBuilder()
                        .setName("envoy.transport_sockets.tls")
                        .setTypedConfig(pack(UpstreamTlsContext.newBuilder()
                                .setSni(sni)
                                .setCommonTlsContext(common)
                                .build())));
    }

    private static ClientTlsConfig tls(Cluster.Builder cluster) {
        return ((Translated.Cluster) ResourceTranslator.translate(
                                TypeUrls.CLUSTER, "pay", cluster.build().toByteString())
                        .meaning())
                .config()
                .tls();
    }

    private static CommonTlsContext.Builder named(SanType type, StringMatcher.Builder name) {
        return CommonTlsContext.newBuilder()
                .setValidationContext(CertificateValidationContext.newBuilder()
                        .addMatchTypedSubjectAltNames(SubjectAltNameMatcher.newBuilder()
                                .setSanType(type)
                                .setMatcher(name)));
    }

    @Test
    void autoSniMeansTheHostOfEachRequest() {
        Cluster.Builder cluster = cluster(CommonTlsContext.newBuilder(), "fallback.example");
        ClientTlsConfig fixed = tls(cluster);
        ClientTlsConfig byHost = tls(cluster.putTypedExtensionProtocolOptions(
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                pack(HttpProtocolOptions.newBuilder()
                        .setUpstreamHttpProtocolOptions(
                                UpstreamHttpProtocolOptions.newBuilder().setAutoSni(true))
                        .build())));

        assertThat(fixed.mode()).isEqualTo(Mode.ORIGINATE);
        assertThat(fixed.sni()).isEqualTo("fallback.example");
        assertThat(byHost.sni()).isNull();
    }

    @Test
    void namesAreExact() {
        ClientTlsConfig tls =
                tls(cluster(named(SanType.DNS, StringMatcher.newBuilder().setExact("a.example")), ""));

        assertThat(tls.origination()).isNotNull();
        assertThat(tls.origination().names()).containsExactly("a.example");
    }

    /** A matcher that is left out would let in whom it keeps out. */
    @Test
    void matchersThatAreNotUnderstoodAreRefused() {
        assertThatThrownBy(() -> tls(
                        cluster(named(SanType.DNS, StringMatcher.newBuilder().setSuffix(".example")), "")))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("exact");
        assertThatThrownBy(() -> tls(
                        cluster(named(SanType.EMAIL, StringMatcher.newBuilder().setExact("a@b")), "")))
                .isInstanceOf(InvalidResourceException.class);
    }

    @Test
    void versionsOlderThanTls12AreRefusedAndTls13CanBeAskedFor() {
        assertThatThrownBy(() -> tls(cluster(
                        CommonTlsContext.newBuilder()
                                .setTlsParams(
                                        TlsParameters.newBuilder().setTlsMaximumProtocolVersion(TlsProtocol.TLSv1_1)),
                        "")))
                .isInstanceOf(InvalidResourceException.class);
        ClientTlsConfig modern = tls(cluster(
                CommonTlsContext.newBuilder()
                        .setTlsParams(TlsParameters.newBuilder().setTlsMinimumProtocolVersion(TlsProtocol.TLSv1_3)),
                ""));
        assertThat(modern.origination()).isNotNull();
        assertThat(modern.origination().tls13Only()).isTrue();
    }

    @Test
    void theWorkloadsOwnCertificateMeansTheMesh() {
        CommonTlsContext.Builder own = CommonTlsContext.newBuilder()
                .addTlsCertificateSdsSecretConfigs(SdsSecretConfig.newBuilder().setName("default"));

        assertThat(tls(cluster(own, "")).mode()).isEqualTo(Mode.MESH);
    }
}
