package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.config.OriginationConfig;
import io.inmesh.config.TlsCredentials;
import io.inmesh.testkit.TestCa;
import io.inmesh.testkit.TestCertificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which server is the one that was called. */
final class OutsideServerTest {

    private static final TestCa CA = TestCa.root("outside");

    private static OutsideServer called(String host) {
        return OutsideServer.of(OriginationConfig.of(TlsCredentials.trusting(Set.of(CA.rootCertificate()))), host);
    }

    private static boolean accepts(OutsideServer server, TestCertificate certificate) {
        return server.accepts(certificate.chain().toArray(new X509Certificate[0]));
    }

    @ParameterizedTest
    @CsvSource({
        "pay.example, pay.example, true",
        "pay.example, PAY.Example, true",
        "PAY.example, pay.example, true",
        "pay.example., pay.example, true",
        "pay.example:8443, pay.example, true",
        "pay.example, pay.example.org, false",
        "pay.example, xpay.example, false",
        "a.pay.example, *.pay.example, true",
        "a.b.pay.example, *.pay.example, false",
        "pay.example, *.pay.example, false",
        ".pay.example, *.pay.example, false",
        "pay.example, *.example, false",
        "a.pay.example, a*.pay.example, false",
        "a.pay.example, a.*.example, false",
        "a.pay.example, *.*.example, false",
        "*.pay.example, *.pay.example, true",
        "localhost, localhost, true",
        "localhost, *, false"
    })
    void dnsNamesMatchAsRfc9525Says(String host, String inCertificate, boolean accepted) {
        assertThat(accepts(called(host), CA.server(inCertificate))).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1:443, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1, true",
        "[2001:db8::1]:443, 2001:db8::1, true",
        "[2001:db8::1], 2001:db8::2, false",
        "pay.example, 192.0.2.1, false"
    })
    void addressesMatchAsAddresses(String host, String inCertificate, boolean accepted) {
        assertThat(accepts(called(host), CA.certificate(spec -> spec.addresses.add(inCertificate))))
                .isEqualTo(accepted);
        assertThat(ServerNames.of(called(host).serverName())).hasSize(host.startsWith("pay") ? 1 : 0);
    }

    @Test
    void urisMatchWhole() {
        OutsideServer server = OutsideServer.of(
                OriginationConfig.of(TlsCredentials.trusting(Set.of(CA.rootCertificate())))
                        .withNames(List.of("spiffe://other/a")),
                "pay.example");

        assertThat(accepts(server, CA.certificate(spec -> spec.uriNames.add("spiffe://other/a"))))
                .isTrue();
        assertThat(accepts(server, CA.certificate(spec -> spec.uriNames.add("spiffe://other/a/b"))))
                .isFalse();
        assertThat(accepts(server, CA.server("pay.example"))).isFalse();
    }

    @Test
    void equalOnesMayShareConnectionsAndOthersMayNot() {
        OutsideServer server = called("pay.example");

        assertThat(called("pay.example:443")).isEqualTo(server).hasSameHashCodeAs(server);
        assertThat(server.forHost("pay.example")).isSameAs(server);
        assertThat(server.forHost("other.example")).isNotEqualTo(server);
        assertThat(server.isForAnotherHostThan(server.forHost("other.example"))).isTrue();
        assertThat(OutsideServer.of(
                        OriginationConfig.of(TlsCredentials.trusting(
                                Set.of(TestCa.root("outside").rootCertificate()))),
                        "pay.example"))
                .isNotEqualTo(server);
    }

    @Test
    void noRootsTrustNobodyAndMissingOnesMakeNothing() {
        OutsideServer nobody = OutsideServer.of(OriginationConfig.of(TlsCredentials.trusting(Set.of())), "pay.example");
        OutsideServer missing =
                OutsideServer.of(new OriginationConfig(List.of(), false, null, "no such file"), "pay.example");

        assertThat(accepts(nobody, CA.server("pay.example"))).isFalse();
        assertThat(missing.obstacle(new IdentityHolder())).contains("no such file");
        assertThatThrownBy(() -> missing.context(null)).hasMessageContaining("no such file");
        assertThatThrownBy(() -> missing.trustManager(null, chain -> {})).hasMessageContaining("no such file");
        assertThat(accepts(missing, CA.server("pay.example"))).isFalse();
    }

    @Test
    void keysAreInNoText() {
        TestCertificate own = CA.server("me");
        OutsideServer server = OutsideServer.of(
                OriginationConfig.of(
                        new TlsCredentials(Set.of(CA.rootCertificate()), List.of(), false, own.chain(), own.key())),
                "pay.example");

        assertThat(server.toString()).doesNotContain(own.key().toString());
        assertThat(server.presents()).isTrue();
    }
}
