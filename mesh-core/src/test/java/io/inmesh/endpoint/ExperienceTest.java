package io.inmesh.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.config.EndpointConfig;
import io.inmesh.endpoint.Experience.End;
import io.inmesh.load.ServerLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ExperienceTest {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final double DECAY = 10e9;

    private long now = 5 * SECOND;
    private final Endpoint endpoint = new Endpoint("reviews", EndpointConfig.of("10.0.0.1", 80));
    private final Experience experience = endpoint.learn(30 * MS, DECAY, now);

    @Test
    void anEndpointThatHasNotAnsweredCountsAsTheInitialLatency() {
        assertThat(experience.latencyNanos(0, now)).isCloseTo(30 * MS, within(1.0 * MS));
    }

    @Test
    void aSlowerAnswerCountsAtOnce() {
        ended(End.SUCCEEDED, 500 * MS);
        assertThat(experience.latencyNanos(1, now)).isCloseTo(500 * MS, within(1.0 * MS));
    }

    @Test
    void aFasterAnswerCountsInTime() {
        ended(End.SUCCEEDED, 500 * MS);
        now += 10 * SECOND;
        ended(End.SUCCEEDED, 10 * MS);
        double expected = 500 * Math.exp(-1) + 10 * (1 - Math.exp(-1));
        assertThat(experience.latencyNanos(1, now)).isCloseTo(expected * MS, within(2.0 * MS));
    }

    @Test
    void failingFastIsNoMerit() {
        ended(End.FAILED, 1);
        assertThat(experience.latencyNanos(1, now)).isCloseTo(30 * MS, within(1.0 * MS));
        assertThat(experience.errorShare(1, now)).isGreaterThan(0);
    }

    @Test
    void failingSlowlyCountsAsSlow() {
        ended(End.FAILED, 900 * MS);
        assertThat(experience.latencyNanos(1, now)).isCloseTo(900 * MS, within(1.0 * MS));
    }

    @Test
    void theShareOfErrorsApproachesWhatHappens() {
        for (int i = 0; i < 50; i++) {
            ended(End.FAILED, MS);
        }
        assertThat(experience.errorShare(1, now)).isGreaterThan(0.95);
        for (int i = 0; i < 50; i++) {
            ended(End.SUCCEEDED, MS);
        }
        assertThat(experience.errorShare(1, now)).isLessThan(0.05);
    }

    @Test
    void whatIsIgnoredTellsNothingAboutErrors() {
        ended(End.FAILED, MS);
        double before = experience.errorShare(1, now);
        ended(End.UNKNOWN, MS);
        assertThat(experience.errorShare(1, now)).isEqualTo(before);
    }

    @Test
    void anIdleEndpointIsForgottenAndOneRequestIsRiskedOnly() {
        ended(End.SUCCEEDED, 500 * MS);
        now += 60 * SECOND;
        assertThat(experience.latencyNanos(0, now)).isLessThan(2.0 * MS);
        experience.began(true, now);
        assertThat(experience.latencyNanos(1, now)).isCloseTo(500 * MS, within(1.0 * MS));
    }

    @Test
    void aRequestThatIsNotAnsweredMakesItSlowerWhileItWaits() {
        ended(End.SUCCEEDED, 10 * MS);
        now += SECOND;
        experience.began(true, now);
        now += 3 * SECOND;
        assertThat(experience.latencyNanos(1, now)).isCloseTo(3.0 * SECOND, within(1.0 * MS));
    }

    @Test
    void clocksOfThreadsThatDisagreeALittleDoNoHarm() {
        experience.ended(End.SUCCEEDED, 40 * MS, now + 3 * MS);
        experience.ended(End.SUCCEEDED, 20 * MS, now);
        assertThat(experience.latencyNanos(1, now)).isBetween(20.0 * MS, 41.0 * MS);
    }

    @Test
    void theHighestAnswerOfManyThreadsIsNeverLost() throws Exception {
        for (int round = 0; round < 200; round++) {
            Fading fading = new Fading(0, now);
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int t = 1; t <= 4; t++) {
                int own = t;
                Thread thread = new Thread(() -> {
                    await(start);
                    for (int i = 0; i < 250; i++) {
                        fading.peak(own * 250 + i, now, DECAY);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(fading.last()).as("round %s", round).isEqualTo(1249.0);
        }
    }

    @Test
    void aBalancerThatComesLaterHearsWhatWasSaidLast() {
        experience.reported(endpoint, ServerLoad.of(3, 10 * MS), now, false);
        List<LoadSample> heard = new ArrayList<>();
        experience.feed(endpoint, List.of(new LoadSink() {
            @Override
            public void reported(Endpoint from, LoadSample sample) {
                heard.add(sample);
            }

            @Override
            public @Nullable Endpoint toProbe() {
                return null;
            }
        }));
        assertThat(heard).extracting(LoadSample::load).containsExactly(ServerLoad.of(3, 10 * MS));
    }

    @Test
    void theSameAddressKeepsWhatIsKnownAboutItAndANewOneStartsAfresh() {
        EndpointRegistry registry = new EndpointRegistry("reviews");
        EndpointConfig address = EndpointConfig.of("10.0.0.1", 80);
        Endpoint before = registry.update(List.of(address)).endpoints().get(0);
        Experience known = before.learn(30 * MS, DECAY, now);
        Endpoint after =
                registry.update(List.of(address.withPriority(1))).endpoints().get(0);
        assertThat(after.learn(30 * MS, DECAY, now)).isSameAs(known);
        registry.update(List.of());
        Endpoint again = registry.update(List.of(address)).endpoints().get(0);
        assertThat(again.experience()).isNull();
    }

    private void ended(End end, long tookNanos) {
        experience.ended(end, tookNanos, now);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
