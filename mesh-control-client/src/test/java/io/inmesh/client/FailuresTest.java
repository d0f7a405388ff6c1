package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.security.cert.CertificateException;
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
    void aTokenThatIsNotAcceptedComesWithTheRemedy() {
        assertThat(Failures.text(Status.UNAUTHENTICATED
                        .withDescription("token not accepted")
                        .asRuntimeException()))
                .isEqualTo("UNAUTHENTICATED: token not accepted; make a token with: meshctl token create");
    }
}
