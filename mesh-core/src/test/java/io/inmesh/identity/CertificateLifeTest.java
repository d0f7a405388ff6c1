package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestCa;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CertificateLifeTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration DAY = Duration.ofHours(24);

    private final FakeClock clock = new FakeClock(NOW);
    private final TestCa ca = TestCa.root("inmesh.local", NOW);
    private final IdentityHolder holder = new IdentityHolder(clock);

    @Test
    void backDatingIsNoPartOfTheLifeOfAFreshCertificate() {
        CertificateLife life = life(Duration.ofMinutes(5), Duration.ofSeconds(20));
        assertThat(life.millisAt(0.5)).isEqualTo(NOW.plusSeconds(10).toEpochMilli());
        assertThat(life.healthAt(NOW.toEpochMilli())).isEqualTo(IdentityHealth.SOUND);
    }

    @Test
    void oneReadFromDiskIsAsOldAsItSays() {
        CertificateLife life = life(Duration.ofHours(18), Duration.ofHours(6));
        assertThat(life.millisAt(0.5)).isEqualTo(NOW.minus(Duration.ofHours(6)).toEpochMilli());
    }

    @Test
    void oneThatHasNotBegunByThisClockKeepsItsOwnLength() {
        CertificateLife life = life(Duration.ofHours(-1), Duration.ofHours(25));
        assertThat(life.millisAt(0.5)).isEqualTo(NOW.plus(Duration.ofHours(13)).toEpochMilli());
    }

    @Test
    void degradesInTheLastQuarterAndIsOverAtItsEnd() {
        begin();
        clock.advance(Duration.ofHours(18).minusMillis(1));
        assertThat(holder.current().health()).isEqualTo(IdentityHealth.SOUND);
        clock.advance(Duration.ofMillis(1));
        assertThat(holder.current().health()).isEqualTo(IdentityHealth.DEGRADED);
        clock.advance(Duration.ofHours(6).minusMillis(1));
        assertThat(holder.current().health()).isEqualTo(IdentityHealth.DEGRADED);
        clock.advance(Duration.ofMillis(1));
        assertThat(holder.current().health()).isEqualTo(IdentityHealth.EXPIRED);
    }

    @Test
    void healthFollowsTheWallClockThatPeersJudgeBy() {
        begin();
        clock.stepWallClock(NOW.plus(DAY));
        assertThat(holder.current().health()).isEqualTo(IdentityHealth.EXPIRED);
        clock.stepWallClock(NOW.minus(DAY));
        assertThat(holder.current().health()).isEqualTo(IdentityHealth.SOUND);
    }

    @Test
    void otherRootsDoNotMakeTheCertificateYoung() {
        begin();
        clock.advance(Duration.ofHours(20));
        holder.update(holder.current().identity(), TestCa.root("inmesh.local").bundle());
        assertThat(holder.current().number()).isEqualTo(2);
        assertThat(holder.current().health()).isEqualTo(IdentityHealth.DEGRADED);
    }

    private void begin() {
        holder.update(
                ca.issue(SpiffeId.of("inmesh.local", "default", "reviews"), spec -> {
                    spec.notBefore = NOW.minus(Duration.ofMinutes(5));
                    spec.notAfter = NOW.plus(DAY);
                }),
                ca.bundle());
    }

    private CertificateLife life(Duration past, Duration left) {
        WorkloadIdentity identity = ca.issue(SpiffeId.of("inmesh.local", "default", "reviews"), spec -> {
            spec.notBefore = NOW.minus(past);
            spec.notAfter = NOW.plus(left);
        });
        return CertificateLife.of(identity.leaf(), NOW.toEpochMilli());
    }
}
