package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process does when its control server does not accept the certificate it has. */
final class RefusedCertificateTest {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    Path folder;

    @Test
    void anotherCertificateIsAskedForWithTheTokenOnAConnectionThatShowsNone() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script first = joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);

            ((DeltaScript) first).stream.responses.onError(Status.UNAUTHENTICATED.asRuntimeException());

            FakeCertificates.Asked asked = FakeControlPlane.next(joined.server.certificates.asked);
            assertThat(asked.caller()).isNull();
            assertThat(asked.authorization()).contains(FakeCertificates.SECRET);
            Script second = joined.nextStream();
            assertThat(Objects.requireNonNull(second.peer()).getPublicKey()).isEqualTo(asked.key());
        }
    }

    @Test
    void afterATokenThatIsRefusedTooTheCertificateIsTriedAgainAndThenTheToken() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script first = joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            joined.server.certificates.failing = true;

            ((DeltaScript) first).stream.responses.onError(Status.UNAUTHENTICATED.asRuntimeException());
            assertThat(FakeControlPlane.next(joined.server.certificates.asked).caller())
                    .isNull();

            joined.reconnect();
            Script second = joined.nextStream();
            assertThat(second.peer()).as("it may be allowed again").isEqualTo(first.peer());
            ((DeltaScript) second).stream.responses.onError(Status.UNAUTHENTICATED.asRuntimeException());
            FakeCertificates.Asked again = joined.server.certificates.asked.poll();
            while (again == null || again.authorization() == null) {
                // Tries with the certificate in between fail as well, since nothing is issued.
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                joined.mesh.time.advance(Duration.ofSeconds(1));
                again = joined.server.certificates.asked.poll();
            }
            assertThat(again.authorization()).contains(FakeCertificates.SECRET);
            assertThat(again.caller()).isNull();
        }
    }

    @Test
    void aServerThatIsGoneOrOutOfOrderIsNoReasonToUseTheToken() {
        assertThat(Failures.refusesCertificate(Status.UNAVAILABLE.asRuntimeException()))
                .isFalse();
        assertThat(Failures.refusesCertificate(Status.PERMISSION_DENIED.asRuntimeException()))
                .isFalse();
        assertThat(Failures.refusesCertificate(refusedWith("Received fatal alert: internal_error")))
                .isFalse();
        assertThat(Failures.refusesCertificate(refusedWith("Received fatal alert: certificate_unknown")))
                .isTrue();
        assertThat(Failures.refusesCertificate(Status.UNAUTHENTICATED.asRuntimeException()))
                .isTrue();
    }

    private static Throwable refusedWith(String alert) {
        return Status.UNAVAILABLE
                .withCause(new IllegalStateException(new SSLHandshakeException(alert)))
                .asRuntimeException();
    }
}
