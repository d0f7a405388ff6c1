package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.client.ControlClient;
import io.inmesh.server.ads.CertificateReport.Health;
import io.inmesh.server.limit.Limits;
import io.inmesh.server.registry.RegistrationRules;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the server knows of a process's certificate when that cannot be renewed: the real client and server over real TLS, a whole day in
 * time that the test moves.
 */
class CertificateHealthTest {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path folder;

    private final FakeClock clock = new FakeClock(Instant.now());
    private final FakeScheduler time = new FakeScheduler(clock);

    @Test
    void processSaysWhyItsCertificateIsNotRenewedThenThatItEndsSoonThenThatAllIsWell() throws Exception {
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        try (TestServer server = new TestServer(
                        folder,
                        (registry, authority) -> new TestResources(),
                        Limits.DEFAULT,
                        RegistrationRules.DEFAULT,
                        () -> Instant.ofEpochMilli(clock.epochMillis()));
                Mesh mesh = Mesh.builder()
                        .clock(clock)
                        .scheduler(time)
                        .meterRegistry(own)
                        .controlPlane(ControlClient.builder()
                                .server("127.0.0.1:" + server.tlsPort())
                                .service("reviews")
                                .tokenFile(token(server))
                                .build())
                        .build()) {
            CertificateReport fresh = await(server, report -> report.health() == Health.SOUND, Duration.ZERO);
            assertThat(fresh.serial())
                    .isEqualTo(server.audit.entries().get(1).facts().get("serial"));
            assertThat(fresh.notAfter()).isEqualTo(end(mesh));
            assertThat(fresh.failure()).isEmpty();
            assertThat(fresh.roots()).containsExactly(rootId(server));
            assertThat(left(own)).isCloseTo(Duration.ofHours(24), Duration.ofMinutes(1));

            server.issuing = false;
            time.advance(Duration.ofHours(14));
            CertificateReport failing =
                    await(server, report -> !report.failure().isEmpty(), Duration.ZERO);
            assertThat(failing.health()).isEqualTo(Health.SOUND);
            assertThat(failing.failure()).contains("UNAVAILABLE", "out of order");
            assertThat(failing.failingSince()).isPresent();
            assertThat(server.meters
                            .get("inmesh.ads.certificates.ailing")
                            .gauge()
                            .value())
                    .isZero();

            time.advance(Duration.ofHours(5));
            CertificateReport degraded =
                    await(server, report -> report.health() == Health.DEGRADED, Duration.ofSeconds(1));
            assertThat(degraded.serial()).isEqualTo(fresh.serial());
            assertThat(degraded.failingSince()).isEqualTo(failing.failingSince());
            assertThat(server.meters
                            .get("inmesh.ads.certificates.ailing")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(left(own)).isLessThan(Duration.ofHours(6));

            server.issuing = true;
            CertificateReport renewed = await(server, report -> report.health() == Health.SOUND, Duration.ofSeconds(1));
            assertThat(renewed.serial()).isNotEqualTo(fresh.serial());
            assertThat(renewed.failure()).isEmpty();
            assertThat(renewed.notAfter()).isEqualTo(end(mesh));
        }
    }

    private Path token(TestServer server) throws Exception {
        return Files.writeString(
                folder.resolve("token"),
                server.tokens
                        .issue("default", "reviews", Duration.ofHours(1), 1, "test")
                        .token());
    }

    /** Waits until the one process that is connected says something, while time goes on by steps. */
    private CertificateReport await(TestServer server, Predicate<CertificateReport> said, Duration step) {
        while (true) {
            for (ConnectedProcess process : server.hub.processes()) {
                if (process.certificate().filter(said).isPresent()) {
                    return process.certificate().orElseThrow();
                }
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            time.advance(step);
        }
    }

    private static Instant end(Mesh mesh) {
        return mesh.identity().current().identity().leaf().getNotAfter().toInstant();
    }

    private static Duration left(SimpleMeterRegistry meters) {
        return Duration.ofMillis(
                (long) meters.get("inmesh.identity.expiry").timeGauge().value(TimeUnit.MILLISECONDS));
    }

    private static String rootId(TestServer server) {
        return HexFormat.of().formatHex(server.authority.rootHash(), 0, 6);
    }
}
