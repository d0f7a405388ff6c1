package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHealth;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.TestCa;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.tls.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a process gets its certificate and keeps having one. */
final class CertificateRenewalTest {

    private static final Duration HALF_LIFE = Duration.ofHours(12);
    private static final Duration LOOK = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void firstCertificateIsAskedForWithTheTokenAndNoOther() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            FakeCertificates.Asked asked = FakeControlPlane.next(joined.server.certificates.asked);
            assertThat(asked.caller()).isNull();
            assertThat(asked.authorization())
                    .isEqualTo("Bearer "
                            + Files.readString(folder.resolve("token")).strip());
            assertThat(joined.nextStream().peer()).isNotNull();
            assertThat(Objects.requireNonNull(joined.mesh.identity().current())
                            .identity()
                            .id())
                    .isEqualTo(SpiffeId.of("inmesh.local", "default", "reviews"));
        }
    }

    @Test
    void renewsAtHalfOfItsLifeWithAnotherKeyAndTheCertificateOfBefore() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script first = joined.nextStream();
            FakeCertificates.Asked before = FakeControlPlane.next(joined.server.certificates.asked);
            joined.mesh.time.advance(HALF_LIFE.minusMillis(1));
            assertThat(joined.server.certificates.asked).isEmpty();
            joined.mesh.time.advance(Duration.ofMillis(1));
            FakeCertificates.Asked renewal = FakeControlPlane.next(joined.server.certificates.asked);
            assertThat(renewal.key()).isNotEqualTo(before.key());
            assertThat(renewal.authorization())
                    .as("the token has done its work")
                    .isNull();
            assertThat(renewal.caller()).isEqualTo(first.peer());
            // Streams live long; the server is to see the certificate of now.
            Script second = joined.nextStream();
            assertThat(second.peer()).isNotNull().isNotEqualTo(first.peer());
            assertThat(Objects.requireNonNull(second.peer()).getPublicKey()).isEqualTo(renewal.key());
        }
    }

    @Test
    void renewalIsSpreadOverATenthOfTheLife() throws Exception {
        for (int chance : List.of(0, 10_000)) {
            try (Joined joined =
                    Joined.with(folder, builder -> builder.randomness(bound -> Math.min(bound - 1, chance)))) {
                joined.nextStream();
                Duration wait = joined.mesh.nextDelay(Duration.ofHours(1), Duration.ofHours(24));
                assertThat(wait).isEqualTo(HALF_LIFE.plusMinutes(chance == 0 ? -72 : 72));
            }
        }
    }

    @Test
    void failedRenewalKeepsTheCertificateAndIsTriedAgainWithGrowingWaits() throws Exception {
        try (Joined joined = Joined.to(folder, false);
                Logs logs = new Logs()) {
            joined.reviews(joined.nextStream());
            FakeControlPlane.next(joined.server.certificates.asked);
            IdentityEpoch epoch = joined.mesh.identity().current();
            joined.server.certificates.failing = true;
            joined.mesh.time.advance(HALF_LIFE);
            long[] waitsMillis = {1000, 1600, 2560, 4096};
            for (long millis : waitsMillis) {
                FakeControlPlane.next(joined.server.certificates.asked);
                Duration wait = Duration.ofMillis(millis);
                joined.mesh.time.advance(joined.mesh.nextDelay(wait, wait));
            }
            FakeControlPlane.next(joined.server.certificates.asked);
            assertThat(joined.mesh.identity().current()).isSameAs(epoch);
            assertThat(joined.client.status().connected()).isTrue();
            assertThat(logs.warnings())
                    .hasSizeGreaterThanOrEqualTo(4)
                    .allSatisfy(text -> assertThat(text)
                            .contains("could not be renewed")
                            .contains("ends at 2026-01-02T00:00:00Z")
                            .contains("out of order"));
            joined.mesh.nextDelay(Duration.ofMillis(6500), Duration.ofMillis(6600));
            joined.server.certificates.failing = false;
            joined.mesh.time.advance(Duration.ofSeconds(7));
            assertThat(Objects.requireNonNull(joined.nextStream().peer()).getPublicKey())
                    .isEqualTo(FakeControlPlane.next(joined.server.certificates.asked)
                            .key());
        }
    }

    @Test
    void certificateThatEndedIsAskedForWithTheTokenAgain() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script stream = joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            stream.end();
            Duration wait = joined.mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1));
            // As a machine that slept: no timer has run, and the certificate is over.
            joined.mesh.clock.advance(Duration.ofHours(25));
            joined.mesh.time.advance(wait);
            FakeCertificates.Asked asked = FakeControlPlane.next(joined.server.certificates.asked);
            assertThat(asked.caller()).as("one that has ended is not shown").isNull();
            assertThat(asked.authorization()).contains(FakeCertificates.SECRET);
            assertThat(joined.nextStream().peer()).isNull();
            assertThat(Objects.requireNonNull(joined.nextStream().peer()).getPublicKey())
                    .isEqualTo(asked.key());
        }
    }

    @Test
    void clockThatIsSetForwardBringsRenewalForward() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            joined.mesh.clock.stepWallClock(Instant.parse("2026-01-01T13:00:00Z"));
            joined.mesh.time.advance(LOOK);
            assertThat(FakeControlPlane.next(joined.server.certificates.asked).authorization())
                    .isNull();
        }
    }

    @Test
    void clockThatIsSetBackDoesNotPutRenewalOff() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            joined.mesh.clock.stepWallClock(Instant.parse("2025-12-31T00:00:00Z"));
            joined.mesh.time.advance(HALF_LIFE);
            FakeControlPlane.next(joined.server.certificates.asked);
        }
    }

    @Test
    void shortLifeThatIsMostlyBackDatingIsRenewedAtHalfOfWhatIsLeft() throws Exception {
        try (Joined joined = Joined.withCertificates(folder, certificates -> {
            certificates.life = Duration.ofSeconds(20);
            certificates.backDating = Duration.ofMinutes(5);
        })) {
            joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            joined.mesh.time.advance(Duration.ofSeconds(9));
            assertThat(joined.server.certificates.asked).isEmpty();
            joined.mesh.time.advance(Duration.ofSeconds(1));
            FakeControlPlane.next(joined.server.certificates.asked);
        }
    }

    @Test
    void renewalThatFailsToTheEndDegradesThenExpiresThenTakesTheTokenOnAConnectionWithoutCertificate()
            throws Exception {
        try (Joined joined = Joined.to(folder, false);
                Logs logs = new Logs()) {
            joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            IdentityEpoch epoch = Objects.requireNonNull(joined.mesh.identity().current());
            joined.server.certificates.failing = true;
            joined.mesh.time.advance(HALF_LIFE);
            FakeControlPlane.next(joined.server.certificates.asked);
            joined.mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1));
            assertThat(epoch.health()).isEqualTo(IdentityHealth.SOUND);

            joined.mesh.clock.advance(Duration.ofHours(6).minusSeconds(1));
            joined.mesh.time.advance(Duration.ofSeconds(1));
            FakeCertificates.Asked late = FakeControlPlane.next(joined.server.certificates.asked);
            assertThat(late.caller()).as("it is valid still").isNotNull();
            assertThat(epoch.health()).isEqualTo(IdentityHealth.DEGRADED);

            joined.mesh.nextDelay(Duration.ofMillis(1600), Duration.ofMillis(1600));
            joined.server.certificates.failing = false;
            joined.mesh.clock.advance(Duration.ofHours(6));
            assertThat(epoch.health()).isEqualTo(IdentityHealth.EXPIRED);
            joined.mesh.time.advance(Duration.ofMillis(1600));
            FakeCertificates.Asked last = FakeControlPlane.next(joined.server.certificates.asked);
            assertThat(last.caller()).isNull();
            assertThat(last.authorization()).contains(FakeCertificates.SECRET);
            joined.nextStream();
            assertThat(Objects.requireNonNull(joined.mesh.identity().current()).health())
                    .isEqualTo(IdentityHealth.SOUND);
            assertThat(logs.everything()).contains("has not been renewed and ends at 2026-01-02T00:00:00Z");
        }
    }

    /** A removed root ends connections that were made under it, this process's own to its control server too. */
    @Test
    void bundleWithoutTheServersRootIsAcknowledgedAndEndsTheConnection() throws Exception {
        try (Joined joined = Joined.to(folder, false);
                Logs logs = new Logs()) {
            Script stream = joined.nextStream();
            X509Certificate other = TestCa.root("inmesh.local").rootCertificate();
            stream.send(TypeUrls.SECRET, "s1", "s1", List.of(Shapes.roots(other)));
            // What is tried again afterwards is refused.
            joined.mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1));
            assertThat(logs.everything()).contains("is not trusted by the roots of now; the connection ends");
            assertThat(Objects.requireNonNull(joined.mesh.identity().current())
                            .trust()
                            .rootsOf("inmesh.local"))
                    .containsExactly(other);
        }
    }

    @Test
    void bundleWithAnotherRootBesideTheServersLeavesTheConnectionAlone() throws Exception {
        try (Joined joined = Joined.to(folder, false);
                Logs logs = new Logs()) {
            Script stream = joined.nextStream();
            X509Certificate own = Objects.requireNonNull(joined.mesh.identity().current())
                    .trust()
                    .rootsOf("inmesh.local")
                    .iterator()
                    .next();
            X509Certificate other = TestCa.root("inmesh.local").rootCertificate();
            stream.send(TypeUrls.SECRET, "s1", "s1", List.of(Shapes.roots(own, other)));
            assertThat(stream.answer(TypeUrls.SECRET, "s1").nack()).isFalse();
            stream.send(TypeUrls.SECRET, "s2", "s2", List.of(Shapes.roots(own)));
            assertThat(stream.answer(TypeUrls.SECRET, "s2").nack()).isFalse();
            assertThat(logs.warnings()).isEmpty();
        }
    }

    @Test
    void tokenOfAnotherNamespaceSaysWhatToDo() throws Exception {
        try (Logs logs = new Logs();
                Joined joined = Joined.with(folder, builder -> builder.namespace("shop"))) {
            FakeControlPlane.next(joined.server.certificates.asked);
            joined.mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1));
            assertThat(logs.warnings())
                    .singleElement()
                    .asString()
                    .contains("spiffe://inmesh.local/ns/default/sa/reviews")
                    .contains("INMESH_NAMESPACE is shop")
                    .contains("make a token for this one");
            assertThat(joined.mesh.identity().current()).isNull();
            assertThat(joined.server.noStreamWaits()).isTrue();
        }
    }

    @Test
    void serverWithAnotherRootThanTheTokenPinsIsToldNothing() throws Exception {
        try (Joined other = Joined.to(folder, false)) {
            Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
            try (Logs logs = new Logs();
                    Joined joined = Joined.with(elsewhere, builder -> builder.tokenFile(folder.resolve("token")))) {
                joined.mesh.nextDelay(Duration.ofSeconds(1), Duration.ofSeconds(1));
                assertThat(logs.warnings()).singleElement().asString().contains("not the root the join token pins");
                assertThat(joined.server.certificates.asked)
                        .as("the token stays here")
                        .isEmpty();
            }
        }
    }

    @Test
    void anotherRootThatSignsIsFollowedWithinAMinute() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script stream = joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            X509Certificate next = TestCa.root(FakeControlPlane.TRUST_DOMAIN).rootCertificate();

            stream.next(TypeUrls.SECRET);
            stream.answered(TypeUrls.SECRET, "s1", List.of(Shapes.roots(joined.server.ca.rootCertificate(), next)));
            joined.mesh.nextDelay(HALF_LIFE, HALF_LIFE);
            stream.send(TypeUrls.SECRET, "s2", "s2", List.of(Shapes.roots(next, joined.server.ca.rootCertificate())));
            assertThat(stream.answer(TypeUrls.SECRET, "s2").nack()).isFalse();

            // The middle of a minute, since nothing is left to chance here.
            joined.mesh.time.advance(joined.mesh.nextDelay(Duration.ofSeconds(30), Duration.ofSeconds(30)));
            assertThat(FakeControlPlane.next(joined.server.certificates.asked).caller())
                    .isNotNull();
        }
    }

    @Test
    void aControlPlaneThatListsItsRootsInAnyOrderIsAskedOnlyOnce() throws Exception {
        try (Joined joined = Joined.to(folder, false)) {
            Script stream = joined.nextStream();
            FakeControlPlane.next(joined.server.certificates.asked);
            X509Certificate other = TestCa.root(FakeControlPlane.TRUST_DOMAIN).rootCertificate();
            List<Secret> roots = List.of(Shapes.roots(other, joined.server.ca.rootCertificate()));
            stream.next(TypeUrls.SECRET);
            stream.answered(TypeUrls.SECRET, "s1", roots);
            joined.mesh.time.advance(joined.mesh.nextDelay(Duration.ofSeconds(30), Duration.ofSeconds(30)));
            FakeControlPlane.next(joined.server.certificates.asked);

            Script renewed = joined.nextStream();
            renewed.next(TypeUrls.SECRET);
            renewed.answered(TypeUrls.SECRET, "s2", roots);
            joined.mesh.time.advance(Duration.ofHours(1));

            assertThat(joined.server.certificates.asked).isEmpty();
        }
    }

    @Test
    void neitherTokenNorKeyIsEverLogged() throws Exception {
        try (Logs logs = new Logs();
                Joined joined = Joined.with(
                        folder,
                        builder -> builder.stateDir(folder.resolve("state")).randomness(bound -> 0))) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            stream.send(TypeUrls.SECRET, "s1", "s1", List.of(Shapes.roots()));
            assertThat(stream.answer(TypeUrls.SECRET, "s1").nack()).isTrue();
            joined.server.certificates.failing = true;
            joined.mesh.time.advance(HALF_LIFE);
            joined.mesh.nextDelay(Duration.ofMillis(100), Duration.ofMillis(100));
            joined.client.close();
            String key = Base64.getEncoder()
                    .encodeToString(
                            Objects.requireNonNull(joined.mesh.identity().current())
                                    .identity()
                                    .key()
                                    .getEncoded());
            assertThat(logs.everything())
                    .contains("this process is spiffe://")
                    .contains("could not be renewed")
                    .doesNotContain(FakeCertificates.SECRET)
                    .doesNotContain("PRIVATE KEY")
                    .doesNotContain(key.substring(key.length() - 30));
        }
    }
}
