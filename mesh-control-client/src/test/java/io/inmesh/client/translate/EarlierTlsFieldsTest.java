package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClientTlsConfig.Mode;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.TrafficDirection;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.tls.CertificateProviderPluginInstance;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.CommonTlsContext.CertificateProvider;
import io.inmesh.xds.tls.CommonTlsContext.CertificateProviderInstance;
import io.inmesh.xds.tls.CommonTlsContext.CombinedCertificateValidationContext;
import io.inmesh.xds.tls.DownstreamTlsContext;
import io.inmesh.xds.tls.Secret;
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.tls.UpstreamTlsContext;
import io.inmesh.xds.type.matcher.StringMatcher;
import org.junit.jupiter.api.Test;

/** A control plane that is some versions old and sends only deprecated TLS fields. */
final class EarlierTlsFieldsTest {

    private static final String REVIEWS = "spiffe://inmesh.local/ns/default/sa/reviews";
    private static final CertificateProviderInstance OWN = CertificateProviderInstance.newBuilder()
            .setInstanceName("default")
            .setCertificateName("default")
            .build();
    private static final CertificateProviderInstance ROOTS = CertificateProviderInstance.newBuilder()
            .setInstanceName("default")
            .setCertificateName("ROOTCA")
            .build();
    private static final CertificateProviderPluginInstance TODAY = CertificateProviderPluginInstance.newBuilder()
            .setInstanceName("default")
            .build();

    /** Word for word what Istio sends to gRPC clients. */
    @Test
    void clusterWithDeprecatedTlsFieldsOnlyIsCalledWithTheWorkloadsCertificate() {
        ClientTlsConfig tls = tls(CommonTlsContext.newBuilder()
                .setTlsCertificateCertificateProviderInstance(OWN)
                .setCombinedValidationContext(CombinedCertificateValidationContext.newBuilder()
                        .setDefaultValidationContext(
                                CertificateValidationContext.newBuilder().addMatchSubjectAltNames(exact(REVIEWS)))
                        .setValidationContextCertificateProviderInstance(ROOTS)));

        assertThat(tls.mode()).isEqualTo(Mode.MESH);
        assertThat(tls.identities()).containsExactly(REVIEWS);
    }

    @Test
    void clusterWithDeprecatedRootsOnlyIsCalledWithTheWorkloadsCertificate() {
        ClientTlsConfig tls = tls(CommonTlsContext.newBuilder()
                .setTlsCertificateCertificateProviderInstance(OWN)
                .setValidationContextCertificateProviderInstance(ROOTS));

        assertThat(tls.mode()).isEqualTo(Mode.MESH);
        assertThat(tls.identities()).isEmpty();
    }

    @Test
    void listenerWithDeprecatedTlsFieldsOnlyAsksForCertificates() {
        assertThat(inbound(CommonTlsContext.newBuilder()
                        .setTlsCertificateCertificateProviderInstance(OWN)
                        .setValidationContextCertificateProviderInstance(ROOTS)))
                .isEqualTo(Mtls.STRICT);
        assertThat(inbound(CommonTlsContext.newBuilder()
                        .setTlsCertificateCertificateProviderInstance(OWN)
                        .setCombinedValidationContext(CombinedCertificateValidationContext.newBuilder()
                                .setValidationContextCertificateProviderInstance(ROOTS))))
                .isEqualTo(Mtls.STRICT);
    }

    /** They are a condition on who may come in, whatever their field is called. */
    @Test
    void listenerWithDeprecatedNamesIsRefusedAsOneWithTodaysIs() {
        assertThatThrownBy(() -> inbound(CommonTlsContext.newBuilder()
                        .setValidationContext(
                                CertificateValidationContext.newBuilder().addMatchSubjectAltNames(exact(REVIEWS)))))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("authorization policies");
    }

    @Test
    void bundleWithDeprecatedNamesIsRefusedAsOneWithTodaysIs() {
        Secret secret = Secret.newBuilder()
                .setName(TrustTranslator.SECRET)
                .setValidationContext(CertificateValidationContext.newBuilder().addMatchSubjectAltNames(exact(REVIEWS)))
                .build();

        assertThatThrownBy(() -> ResourceTranslator.translate(TypeUrls.SECRET, null, secret.toByteString()))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("whoever the roots vouch for");
    }

    @Test
    void fieldsOfTodayCountWhereBothAreSent() {
        ClientTlsConfig tls = tls(CommonTlsContext.newBuilder()
                .setTlsCertificateProviderInstance(TODAY)
                .setTlsCertificateCertificateProviderInstance(OWN)
                .setCombinedValidationContext(CombinedCertificateValidationContext.newBuilder()
                        .setDefaultValidationContext(CertificateValidationContext.newBuilder()
                                .setCaCertificateProviderInstance(TODAY)
                                .addMatchTypedSubjectAltNames(typed(REVIEWS)))
                        .setValidationContextCertificateProviderInstance(ROOTS)));

        assertThat(tls.mode()).isEqualTo(Mode.MESH);
        assertThat(tls.identities()).containsExactly(REVIEWS);
    }

    /** Envoy refuses them together as well: they would say two things about the same. */
    @Test
    void namesOfBothKindsAreRefusedWithTheFieldAndARemedy() {
        refused(
                CommonTlsContext.newBuilder()
                        .setTlsCertificateProviderInstance(TODAY)
                        .setValidationContext(CertificateValidationContext.newBuilder()
                                .addMatchSubjectAltNames(exact(REVIEWS))
                                .addMatchTypedSubjectAltNames(typed(REVIEWS))),
                "transport_socket.match_subject_alt_names",
                "leave it out");
    }

    @Test
    void deprecatedNamesThatAreNoSpiffeIdsAreRefused() {
        for (StringMatcher name : new StringMatcher[] {
            exact("reviews.example"),
            StringMatcher.newBuilder().setPrefix(REVIEWS).build()
        }) {
            refused(
                    CommonTlsContext.newBuilder()
                            .setTlsCertificateCertificateProviderInstance(OWN)
                            .setValidationContext(
                                    CertificateValidationContext.newBuilder().addMatchSubjectAltNames(name)),
                    "match_typed_subject_alt_names",
                    "exact SPIFFE ids");
        }
    }

    @Test
    void deprecatedNamesOfServersOutsideTheMeshAreOfAnyKind() {
        ClientTlsConfig tls = tls(CommonTlsContext.newBuilder()
                .setValidationContext(CertificateValidationContext.newBuilder()
                        .addMatchSubjectAltNames(exact("pay.example"))
                        .addMatchSubjectAltNames(exact("spiffe://pay.example/api"))));

        assertThat(tls.mode()).isEqualTo(Mode.ORIGINATE);
        assertThat(tls.origination()).isNotNull();
        assertThat(tls.origination().names()).containsExactly("pay.example", "spiffe://pay.example/api");
    }

    /** Taken by its fields of today alone, it would be a server outside the mesh that anybody's certificate authority vouches for. */
    @Test
    void meshRootsWithoutOwnCertificateAreRefusedWithTheFieldAndARemedy() {
        for (CommonTlsContext.Builder common : new CommonTlsContext.Builder[] {
            CommonTlsContext.newBuilder().setValidationContextCertificateProviderInstance(ROOTS),
            CommonTlsContext.newBuilder()
                    .setCombinedValidationContext(CombinedCertificateValidationContext.newBuilder()
                            .setValidationContextCertificateProviderInstance(ROOTS)),
            CommonTlsContext.newBuilder()
                    .setValidationContext(
                            CertificateValidationContext.newBuilder().setCaCertificateProviderInstance(TODAY))
        }) {
            refused(common, "transport_socket.ca_certificate_provider_instance", "tls_certificate_provider_instance");
        }
    }

    @Test
    void pluginsThatNobodyHasAreRefusedWithTheFieldAndARemedy() {
        CertificateProvider plugin =
                CertificateProvider.newBuilder().setName("p").build();

        refused(
                CommonTlsContext.newBuilder().setTlsCertificateCertificateProvider(plugin),
                "transport_socket.tls_certificate_certificate_provider",
                "tls_certificate_provider_instance");
        refused(
                CommonTlsContext.newBuilder().setValidationContextCertificateProvider(plugin),
                "transport_socket.validation_context_certificate_provider",
                "ca_certificate_provider_instance");
        refused(
                CommonTlsContext.newBuilder()
                        .setCombinedValidationContext(CombinedCertificateValidationContext.newBuilder()
                                .setValidationContextCertificateProvider(plugin)),
                "transport_socket.combined_validation_context.validation_context_certificate_provider",
                "ca_certificate_provider_instance");
        assertThatThrownBy(() -> inbound(CommonTlsContext.newBuilder().setTlsCertificateCertificateProvider(plugin)))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("tls_certificate_certificate_provider");
    }

    private static void refused(CommonTlsContext.Builder common, String field, String remedy) {
        assertThatThrownBy(() -> tls(common))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("reviews")
                .hasMessageContaining(field)
                .hasMessageContaining(remedy);
    }

    private static ClientTlsConfig tls(CommonTlsContext.Builder common) {
        Cluster cluster = Cluster.newBuilder()
                .setName("reviews")
                .setType(Cluster.DiscoveryType.EDS)
                .setTransportSocket(socket(UpstreamTlsContext.newBuilder()
                        .setCommonTlsContext(common)
                        .build()))
                .build();
        return ((Translated.Cluster) ResourceTranslator.translate(TypeUrls.CLUSTER, null, cluster.toByteString())
                        .meaning())
                .config()
                .tls();
    }

    private static Mtls inbound(CommonTlsContext.Builder common) {
        Listener listener = Listener.newBuilder()
                .setName("inbound")
                .setTrafficDirection(TrafficDirection.INBOUND)
                .addFilterChains(FilterChain.newBuilder()
                        .setTransportSocket(socket(DownstreamTlsContext.newBuilder()
                                .setRequireClientCertificate(BoolValue.of(true))
                                .setCommonTlsContext(common)
                                .build()))
                        .addFilters(
                                Filter.newBuilder().setTypedConfig(pack(HttpConnectionManager.getDefaultInstance()))))
                .build();
        return ((Translated.Inbound) ResourceTranslator.translate(TypeUrls.LISTENER, null, listener.toByteString())
                        .meaning())
                .config()
                .mtls(80);
    }

    private static StringMatcher exact(String name) {
        return StringMatcher.newBuilder().setExact(name).build();
    }

    private static SubjectAltNameMatcher typed(String uri) {
        return SubjectAltNameMatcher.newBuilder()
                .setSanType(SubjectAltNameMatcher.SanType.URI)
                .setMatcher(exact(uri))
                .build();
    }

    private static TransportSocket socket(Message context) {
        return TransportSocket.newBuilder().setTypedConfig(pack(context)).build();
    }

    private static Any pack(Message message) {
        return Any.newBuilder()
                .setTypeUrl(
                        "type.googleapis.com/" + message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }
}
