package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.inmesh.testkit.TestCa;
import io.inmesh.xds.TypeUrls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process tells its control server about its certificate, in both variants of the protocol. */
final class CertificateReportTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void renewalThatFailsIsToldOnTheStreamThereIs(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            Script.Sent first = stream.next(TypeUrls.SECRET);
            assertThat(text(first, "serialNumber"))
                    .isEqualTo(Objects.requireNonNull(stream.peer())
                            .getSerialNumber()
                            .toString(16));
            assertThat(text(first, "expirationTime")).isEqualTo("2026-01-02T00:00:00Z");
            assertThat(text(first, "health")).isEqualTo("SOUND");
            assertThat(text(first, "roots")).hasSize(12);
            assertThat(certificate(first).getFieldsMap()).doesNotContainKey("renewalFailure");

            joined.server.certificates.failing = true;
            joined.mesh.time.advance(Duration.ofHours(12));
            Script.Sent failing = stream.next(TypeUrls.SECRET);
            assertThat(text(failing, "health")).isEqualTo("SOUND");
            assertThat(text(failing, "renewalFailure")).isEqualTo("UNAVAILABLE: out of order");
            assertThat(text(failing, "renewalFailingSince")).isEqualTo("2026-01-01T12:00:00Z");

            joined.mesh.clock.advance(Duration.ofHours(7));
            joined.mesh.time.advance(Duration.ofMinutes(1));
            Script.Sent degraded = stream.next(TypeUrls.SECRET);
            assertThat(text(degraded, "health")).isEqualTo("DEGRADED");
            assertThat(text(degraded, "renewalFailingSince")).isEqualTo("2026-01-01T12:00:00Z");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherRootThatIsTrustedIsTold(boolean stateOfTheWorld) throws Exception {
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            String one = text(stream.next(TypeUrls.SECRET), "roots");
            stream.send(
                    TypeUrls.SECRET,
                    "s1",
                    "s1",
                    List.of(Shapes.roots(
                            joined.server.ca.rootCertificate(),
                            TestCa.root("inmesh.local").rootCertificate())));
            assertThat(stream.answer(TypeUrls.SECRET, "s1").ack()).isTrue();
            assertThat(text(stream.next(TypeUrls.SECRET), "roots")).hasSize(25).contains(one);
        }
    }

    private static String text(Script.Sent sent, String field) {
        return certificate(sent).getFieldsOrThrow(field).getStringValue();
    }

    private static Struct certificate(Script.Sent sent) {
        return sent.node().getMetadata().getFieldsOrThrow("INMESH_CERTIFICATE").getStructValue();
    }
}
