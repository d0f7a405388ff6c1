package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.UpstreamHttpProtocolOptions;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.tls.SubjectAltNameMatcher.SanType;
import io.inmesh.xds.tls.UpstreamTlsContext;
import io.inmesh.xds.upstream.HttpProtocolOptions;
import org.junit.jupiter.api.Test;

/** Modes SIMPLE and MUTUAL, as Envoy is to do them. */
final class OriginationTest {

    private static final String PAY = "outbound|80||pay.example";
    private static final String ENTRY = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: pay}
            spec:
              hosts: [pay.example]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}, {number: 90, name: grpc, protocol: GRPC}]
              endpoints: [{address: 192.0.2.1}]
            %s---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: pay}
            spec:
              host: pay.example
              %s
            """;

    private static Cluster cluster(String name, String rule, String entry) throws Exception {
        return MeshFixture.of(ENTRY.formatted(entry, rule)).cluster(name);
    }

    private static UpstreamTlsContext tls(Cluster cluster) throws Exception {
        return UpstreamTlsContext.parseFrom(
                cluster.getTransportSocket().getTypedConfig().getValue());
    }

    private static UpstreamTlsContext tls(String fields) throws Exception {
        return tls(cluster(PAY, "trafficPolicy: {tls: {" + fields + "}}", ""));
    }

    private static UpstreamHttpProtocolOptions names(Cluster cluster) throws Exception {
        return HttpProtocolOptions.parseFrom(cluster.getTypedExtensionProtocolOptionsOrThrow(
                                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
                        .getValue())
                .getUpstreamHttpProtocolOptions();
    }

    private static CertificateValidationContext validation(UpstreamTlsContext tls) {
        return tls.getCommonTlsContext().getValidationContext();
    }

    @Test
    void byDefaultTheHostOfEachRequestIsAskedForAndProvedByTheSystemsRoots() throws Exception {
        Cluster cluster = cluster(PAY, "trafficPolicy: {tls: {mode: SIMPLE}}", "");

        assertThat(names(cluster))
                .isEqualTo(UpstreamHttpProtocolOptions.newBuilder()
                        .setAutoSni(true)
                        .setAutoSanValidation(true)
                        .build());
        assertThat(tls(cluster).getSni()).isEmpty();
        assertThat(validation(tls(cluster)).hasSystemRootCerts()).isTrue();
        assertThat(validation(tls(cluster)).getMatchTypedSubjectAltNamesList()).isEmpty();
        assertThat(tls(cluster).getCommonTlsContext().getAlpnProtocolsList()).containsExactly("http/1.1");
    }

    @Test
    void grpcOffersHttp2() throws Exception {
        Cluster cluster = cluster("outbound|90||pay.example", "trafficPolicy: {tls: {mode: SIMPLE}}", "");

        assertThat(tls(cluster).getCommonTlsContext().getAlpnProtocolsList()).containsExactly("h2");
    }

    /** Istio leaves the name unchecked where only sni is set. */
    @Test
    void aServerNameThatIsSetIsAskedForAndProved() throws Exception {
        Cluster cluster = cluster(PAY, "trafficPolicy: {tls: {mode: SIMPLE, sni: other.example}}", "");

        assertThat(names(cluster)).isEqualTo(UpstreamHttpProtocolOptions.getDefaultInstance());
        assertThat(tls(cluster).getSni()).isEqualTo("other.example");
        assertThat(validation(tls(cluster)).getMatchTypedSubjectAltNamesList())
                .extracting(
                        SubjectAltNameMatcher::getSanType,
                        name -> name.getMatcher().getExact())
                .containsExactly(org.assertj.core.groups.Tuple.tuple(SanType.DNS, "other.example"));
    }

    @Test
    void namesOfTheRuleAndElseOfTheServiceEntryTakeThePlaceOfTheHost() throws Exception {
        String names = "subjectAltNames: [a.example, \"spiffe://b/c\", 192.0.2.1, \"2001:db8::1\"]";
        Cluster byRule = cluster(PAY, "trafficPolicy: {tls: {mode: SIMPLE, " + names + "}}", "");
        Cluster byEntry = cluster(PAY, "trafficPolicy: {tls: {mode: SIMPLE}}", "  subjectAltNames: [e.example]\n");

        assertThat(names(byRule).getAutoSni()).isTrue();
        assertThat(names(byRule).getAutoSanValidation()).isFalse();
        assertThat(validation(tls(byRule)).getMatchTypedSubjectAltNamesList())
                .extracting(SubjectAltNameMatcher::getSanType)
                .containsExactly(SanType.DNS, SanType.URI, SanType.IP_ADDRESS, SanType.IP_ADDRESS);
        assertThat(validation(tls(byEntry)).getMatchTypedSubjectAltNamesList())
                .extracting(name -> name.getMatcher().getExact())
                .containsExactly("e.example");
    }

    @Test
    void filesAreNamedAndNeverRead() throws Exception {
        UpstreamTlsContext tls = tls("mode: MUTUAL, clientCertificate: /c.pem, privateKey: /k.pem,"
                + " caCertificates: /r.pem, caCrl: /l.pem");
        CommonTlsContext common = tls.getCommonTlsContext();

        assertThat(validation(tls).getTrustedCa().getFilename()).isEqualTo("/r.pem");
        assertThat(validation(tls).getCrl().getFilename()).isEqualTo("/l.pem");
        assertThat(common.getTlsCertificates(0).getCertificateChain().getFilename())
                .isEqualTo("/c.pem");
        assertThat(common.getTlsCertificates(0).getPrivateKey().getFilename()).isEqualTo("/k.pem");
    }

    @Test
    void aSecretThatNobodyGetsIsNoReasonToTrustTheSystemsRoots() throws Exception {
        UpstreamTlsContext tls = tls("mode: MUTUAL, credentialName: pay");
        CommonTlsContext common = tls.getCommonTlsContext();

        assertThat(common.getCombinedValidationContext()
                        .getDefaultValidationContext()
                        .hasSystemRootCerts())
                .isFalse();
        assertThat(common.getCombinedValidationContext()
                        .getValidationContextSdsSecretConfig()
                        .getName())
                .isEqualTo("kubernetes://pay-cacert");
        assertThat(common.getTlsCertificateSdsSecretConfigs(0).getName()).isEqualTo("kubernetes://pay");
    }

    @Test
    void portsAndSubsetsHaveTlsOfTheirOwn() throws Exception {
        String rule =
                "trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE, sni: port.example}}]}\n"
                        + "  subsets: [{name: a, trafficPolicy: {tls: {mode: SIMPLE, sni: subset.example}}}]";

        assertThat(tls(cluster(PAY, rule, "")).getSni()).isEqualTo("port.example");
        assertThat(cluster("outbound|90||pay.example", rule, "").hasTransportSocket())
                .isFalse();
        assertThat(tls(cluster("outbound|80|a|pay.example", rule, "")).getSni()).isEqualTo("subset.example");
    }
}
