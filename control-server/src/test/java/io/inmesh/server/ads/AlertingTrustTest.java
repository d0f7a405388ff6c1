package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslCertificateException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What TLS is told of a certificate that is refused, from which it makes its alert. */
class AlertingTrustTest {

    @Test
    void whatTlsHasNoAlertForIsAnUnknownAuthority() {
        CertificateException refused = new CertificateException(
                "the client certificate is not trusted", new CertPathValidatorException("there is no trust anchor"));

        assertThat(AlertingTrust.telling(refused))
                .hasMessage("the client certificate is not trusted")
                .isInstanceOfSatisfying(
                        OpenSslCertificateException.class,
                        told -> assertThat(told.errorCode()).isEqualTo(AlertingTrust.UNKNOWN_AUTHORITY));
    }

    @ParameterizedTest
    @EnumSource(
            value = BasicReason.class,
            names = {"EXPIRED", "NOT_YET_VALID", "REVOKED"})
    void whatTlsHasAnAlertForIsLeftToIt(BasicReason reason) {
        CertificateException refused =
                new CertificateException(new CertPathValidatorException("it is over", null, null, -1, reason));

        assertThat(AlertingTrust.telling(refused)).isSameAs(refused);
    }
}
