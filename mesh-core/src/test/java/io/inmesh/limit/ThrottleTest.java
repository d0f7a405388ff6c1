package io.inmesh.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Criticality;
import io.inmesh.config.ThrottlingConfig;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThrottleTest {

    private final FakeClock clock = new FakeClock();
    private final SeededRandomness randomness = new SeededRandomness(7);
    private final Throttle throttle = new Throttle(ThrottlingConfig.DEFAULT, clock);

    /** The published formula: (requests - k x accepts) / (requests + 1), from 0 to the cap. */
    @ParameterizedTest
    @CsvSource({
        "1000, 1000, CRITICAL, 0",
        "1000, 500, CRITICAL, 0",
        "999, 400, CRITICAL, 0.199",
        "999, 400, SHEDDABLE, 0.399",
        "999, 400, SHEDDABLE_PLUS, 0.399",
        "999, 400, CRITICAL_PLUS, 0.199",
        "999, 0, CRITICAL, 0.9"
    })
    void refusesTheShareThatServersWouldRefuseBeyondKTimesWhatTheyAccept(
            int asked, int accepted, Criticality criticality, double expected) {
        learn(asked, accepted);
        assertThat(throttle.refusedShare(criticality)).isEqualTo(expected);
    }

    @Test
    void isOffWhileThereAreFewCalls() {
        learn(49, 0);
        assertThat(throttle.refusedShare(Criticality.SHEDDABLE)).isZero();
    }

    @Test
    void forgetsWhatIsOlderThanItsWindow() {
        learn(500, 0);
        assertThat(throttle.refusedShare(Criticality.CRITICAL)).isEqualTo(0.9);
        clock.advance(Duration.ofSeconds(10));
        assertThat(throttle.refusedShare(Criticality.CRITICAL)).isZero();
    }

    /** Servers that accept 100 calls a second and are asked for 300: what they have to refuse falls, what they accept does not. */
    @Test
    void refusalsOfServersFallByMostAndTheirAnswersDoNotUnderThreeTimesTheirCapacity() {
        int refused = 0;
        int accepted = 0;
        for (int second = 0; second < 60; second++) {
            int capacity = 100;
            for (int i = 0; i < 300; i++) {
                clock.advance(Duration.ofNanos(1_000_000_000 / 300));
                if (!throttle.admits(Criticality.CRITICAL, randomness)) {
                    continue;
                }
                boolean overloaded = capacity-- <= 0;
                throttle.answered(overloaded);
                if (second >= 20) {
                    refused += overloaded ? 1 : 0;
                    accepted += overloaded ? 0 : 1;
                }
            }
        }
        assertThat(refused).as("of 40 x 200 without throttling").isLessThan(40 * 200 * 60 / 100);
        assertThat(accepted).isEqualTo(40 * 100);
    }

    @Test
    void someCallsAlwaysGoThroughSoThatRecoveryIsNoticed() {
        learn(1_000, 0);
        int sent = 0;
        for (int i = 0; i < 1_000; i++) {
            if (throttle.admits(Criticality.CRITICAL, randomness)) {
                sent++;
                throttle.answered(false);
            }
        }
        assertThat(sent).isBetween(60, 600);
    }

    private void learn(int asked, int accepted) {
        for (int i = 0; i < asked; i++) {
            throttle.admits(Criticality.CRITICAL, bound -> bound - 1);
            if (i < accepted) {
                throttle.answered(false);
            }
        }
    }
}
