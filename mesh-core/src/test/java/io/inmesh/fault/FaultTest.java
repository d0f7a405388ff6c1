package io.inmesh.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.FaultConfig;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FaultTest {

    private final SeededRandomness randomness = new SeededRandomness(3);

    @Test
    void drawsDelayAndAbortIndependentlyInTheirShares() {
        Fault fault = new Fault(new FaultConfig(
                new FaultConfig.Delay(Duration.ofSeconds(2), 100_000), new FaultConfig.Abort(503, -1, 200_000)));
        int delayed = 0;
        int aborted = 0;
        int both = 0;
        for (int i = 0; i < 100_000; i++) {
            boolean delay =
                    fault.drawDelayNanos(randomness) == Duration.ofSeconds(2).toNanos();
            boolean abort = fault.drawAbort(randomness) != null;
            delayed += delay ? 1 : 0;
            aborted += abort ? 1 : 0;
            both += delay && abort ? 1 : 0;
        }

        assertThat(delayed).isBetween(9_500, 10_500);
        assertThat(aborted).isBetween(19_400, 20_600);
        assertThat(both).isBetween(1_700, 2_300);
    }

    @Test
    void nobodyAndEverybodyAreExact() {
        Fault never = new Fault(
                new FaultConfig(new FaultConfig.Delay(Duration.ofSeconds(2), 0), new FaultConfig.Abort(503, -1, 0)));
        Fault always = new Fault(new FaultConfig(
                new FaultConfig.Delay(Duration.ofSeconds(2), 1_000_000), new FaultConfig.Abort(503, -1, 1_000_000)));
        for (int i = 0; i < 1000; i++) {
            assertThat(never.drawDelayNanos(randomness)).isZero();
            assertThat(never.drawAbort(randomness)).isNull();
            assertThat(always.drawDelayNanos(randomness)).isPositive();
            assertThat(always.drawAbort(randomness)).isNotNull();
        }
    }

    @Test
    void anAbortIsUnderstoodByBothProtocols() {
        Fault http = new Fault(new FaultConfig(null, new FaultConfig.Abort(503, -1, 1_000_000)));
        assertThat(http.drawAbort(randomness).httpStatus()).isEqualTo(503);
        assertThat(http.drawAbort(randomness).grpcStatus()).isEqualTo(14);

        Fault grpc = new Fault(new FaultConfig(null, new FaultConfig.Abort(-1, 5, 1_000_000)));
        assertThat(grpc.drawAbort(randomness).httpStatus()).isEqualTo(404);
        assertThat(grpc.drawAbort(randomness).grpcStatus()).isEqualTo(5);
    }
}
