package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Certificates in files do not run out while somebody keeps them, whatever the server does meanwhile. */
class CertificateRenewalTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final Deque<Object> answers = new ArrayDeque<>();
    private final List<Duration> waits = new ArrayList<>();
    private final StringWriter said = new StringWriter();
    private Instant now = BEGIN;

    @Test
    void aNewOneComesAtHalfOfTheLifeOfTheOneBefore() {
        answers.add(certificate(BEGIN.plus(Duration.ofHours(12)), Duration.ofHours(6)));
        run(certificate(BEGIN, Duration.ofHours(24)), 2);

        assertThat(waits).containsExactly(Duration.ofHours(12), Duration.ofHours(3));
    }

    @Test
    void failuresAreToldAndTriedAgainEverMoreRarely() {
        for (int i = 0; i < 8; i++) {
            answers.add(new Failure(ExitCode.UNREACHABLE, "no control server"));
        }
        answers.add(certificate(BEGIN.plus(Duration.ofDays(1)), Duration.ofHours(24)));
        run(certificate(BEGIN, Duration.ofHours(24)), 10);

        assertThat(waits.subList(1, 9))
                .extracting(Duration::toSeconds)
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
        assertThat(said.toString())
                .contains("not renewed, valid until 2026-01-02T00:00:00Z: no control server; trying again in 5 s");
    }

    @Test
    void oneThatIsPastItsHalfAlreadyDoesNotMakeTheServerBusy() {
        now = BEGIN.plus(Duration.ofHours(23));
        run(certificate(BEGIN, Duration.ofHours(24)), 1);

        assertThat(waits).containsExactly(Duration.ofSeconds(5));
    }

    private void run(CertificateRenewal.Life first, int sleeps) {
        CertificateRenewal renewal = new CertificateRenewal(
                () -> {
                    Object answer = answers.remove();
                    if (answer instanceof Failure failure) {
                        throw failure;
                    }
                    return (CertificateRenewal.Life) answer;
                },
                () -> now,
                time -> {
                    waits.add(time);
                    if (waits.size() == sleeps) {
                        throw new InterruptedException();
                    }
                    now = now.plus(time);
                },
                new PrintWriter(said, true));
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> renewal.run(first));
    }

    private static CertificateRenewal.Life certificate(Instant begin, Duration life) {
        return new CertificateRenewal.Life(begin, begin.plus(life));
    }
}
