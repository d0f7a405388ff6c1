package io.inmesh.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.drive.BlockingDriver;
import io.inmesh.drive.CallbackDriver;
import io.inmesh.stage.Ring;
import io.inmesh.testkit.FakeScheduler;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What holds for every call, whatever its stages and attempts do. */
class DispatchPropertyTest {

    private static final int SEEDS = 20_000;
    private static final List<Logger> EXPECTED_ERRORS =
            List.of(Logger.getLogger(Ring.class.getName()), Logger.getLogger(Dispatch.class.getName()));

    @BeforeAll
    static void expectErrors() {
        EXPECTED_ERRORS.forEach(logger -> logger.setLevel(Level.OFF));
    }

    @AfterAll
    static void reportErrors() {
        EXPECTED_ERRORS.forEach(logger -> logger.setLevel(null));
    }

    @Test
    void everyTicketIsSettledExactlyOnceAndBothDriversAgree() throws Exception {
        int tickets = 0;
        int cancelled = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Chaos blocking = blocking(seed);
            Chaos callback = callback(seed, false);

            assertThat(blocking.unfair())
                    .as("seed %d: %s", seed, blocking.trace)
                    .isEmpty();
            assertThat(callback.unfair())
                    .as("seed %d: %s", seed, callback.trace)
                    .isEmpty();
            assertThat(callback.trace).as("seed %d", seed).isEqualTo(blocking.trace);
            assertEndedOnce(seed, blocking);
            tickets += blocking.tickets();
            cancelled += blocking.trace.stream().anyMatch(line -> line.startsWith("cancel")) ? 1 : 0;
        }
        // The generator would be useless if it stopped doing what it is here for.
        assertThat(tickets).isGreaterThan(SEEDS * 3);
        assertThat(cancelled).isGreaterThan(SEEDS / 10);
    }

    @Test
    void answersThatComeLaterChangeNothingOfThis() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Chaos chaos = callback(seed, true);

            assertThat(chaos.unfair()).as("seed %d: %s", seed, chaos.trace).isEmpty();
            assertEndedOnce(seed, chaos);
        }
    }

    private static void assertEndedOnce(long seed, Chaos chaos) {
        assertThat(chaos.trace.stream().filter(line -> line.startsWith("done")))
                .as("seed %d: %s", seed, chaos.trace)
                .hasSize(1);
        assertThat(chaos.dispatch.ended()).isTrue();
        assertThat(chaos.scene.cluster().limits().retriesInFlight()).isZero();
        assertThat(chaos.scene.cluster().endpoints()).allMatch(endpoint -> endpoint.inFlight() == 0);
    }

    private static Chaos blocking(long seed) throws InterruptedException {
        Chaos chaos = new Chaos(seed);
        Outcome outcome = new BlockingDriver(delay -> {
                    chaos.trace.add("wait " + delay);
                    chaos.scene.clock.advanceNanos(delay);
                })
                .run(chaos.dispatch, chaos::send);
        chaos.ended(outcome);
        return chaos;
    }

    private static Chaos callback(long seed, boolean later) {
        Chaos chaos = new Chaos(seed);
        FakeScheduler time = new FakeScheduler(chaos.scene.clock);
        CallbackDriver driver = new CallbackDriver((task, delay) -> {
            chaos.trace.add("wait " + delay);
            return time.schedule(task, delay);
        });
        driver.run(
                chaos.dispatch,
                (attempt, ended) -> {
                    Outcome outcome = chaos.send(attempt);
                    if (later && chaos.later()) {
                        time.schedule(() -> ended.accept(outcome), 1_000);
                        // A transport that reports twice must do no harm.
                        time.schedule(() -> ended.accept(outcome), 2_000);
                    } else {
                        ended.accept(outcome);
                    }
                },
                chaos::ended);
        time.advance(Duration.ofMinutes(1));
        assertThat(time.pending()).isZero();
        return chaos;
    }
}
