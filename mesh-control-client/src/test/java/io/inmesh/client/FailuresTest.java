package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void theInnermostCauseIsTheReason() {
        Throwable failure = Status.UNAVAILABLE
                .withDescription("io exception\nChannel Pipeline: [SslHandler#0]")
                .withCause(new IOException("handshake", new CertificateException("not the root the token pins")))
                .asRuntimeException();

        assertThat(Failures.text(failure)).isEqualTo("UNAVAILABLE: not the root the token pins");
    }

    @Test
    void withoutACauseTheFirstLineOfTheDescriptionIsTheReason() {
        assertThat(Failures.text(Status.UNAVAILABLE
                        .withDescription("shutting down\nmore")
                        .asRuntimeException()))
                .isEqualTo("UNAVAILABLE: shutting down");
        assertThat(Failures.text(Status.CANCELLED.asRuntimeException())).isEqualTo("CANCELLED");
    }

    @Test
    void whatAWrongClockLooksLikeComesWithTheRemedy() {
        for (Exception cause : List.of(
                new CertificateExpiredException("NotAfter: yesterday"),
                new CertificateNotYetValidException("NotBefore: tomorrow"),
                new CertPathBuilderException("unable to find valid certification path"))) {
            assertThat(Failures.text(Status.UNAVAILABLE
                            .withCause(new IOException("handshake", cause))
                            .asRuntimeException()))
                    .startsWith("UNAVAILABLE: the server's certificate is not good here: " + cause.getMessage())
                    .contains("this machine's clock", "INMESH_CA_FILE");
        }
    }

    @Test
    void aTokenThatIsNotAcceptedComesWithTheRemedy() {
        assertThat(Failures.text(Status.UNAUTHENTICATED
                        .withDescription("token not accepted")
                        .asRuntimeException()))
                .isEqualTo("UNAUTHENTICATED: token not accepted; make a token with: meshctl token create");
    }
}
