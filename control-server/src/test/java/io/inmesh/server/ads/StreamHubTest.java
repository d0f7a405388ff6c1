package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.limit.Limits;
import io.inmesh.server.registry.RegistrationRules;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.xds.TypeUrls;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When changes are pushed, and how long they are said to take. */
class StreamHubTest {
    private final FakeTime time = new FakeTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TestResources resources = new TestResources();
    private final StreamHub hub = new StreamHub(resources, time, meters);
    private final AdsParts parts = new AdsParts(
            resources,
            new WorkloadRegistry(new MemoryTable(), "test", Runnable::run, time, new Random(1)),
            hub,
            time,
            time,
            Limits.DEFAULT,
            RegistrationRules.DEFAULT);
    private final IncrementalClient client = new IncrementalClient(parts);
    private final IncrementalClient other = new IncrementalClient(parts);

    @BeforeEach
    void connect() {
        client.subscribeAll();
        other.subscribeAll();
        answerAll(client);
        answerAll(other);
    }

    @Test
    void burstOfChangesIsOnePushOfTheLatest() {
        for (int i = 0; i < 10; i++) {
            resources.put(TestResources.cluster("a", "v" + i));
            time.advance(Duration.ofMillis(1));
        }
        assertThat(client.unread).isEmpty();

        time.advance(StreamHub.QUIET);

        assertThat(client.unread)
                .singleElement()
                .satisfies(response -> assertThat(response.getResourcesList())
                        .singleElement()
                        .satisfies(resource -> assertThat(resource.getVersion())
                                .isEqualTo(TestResources.cluster("a", "v9").version())));
    }

    @Test
    void changesThatNeverPauseArePushedAllTheSame() {
        for (Duration passed = Duration.ZERO;
                passed.compareTo(StreamHub.LONGEST_WAIT) <= 0;
                passed = passed.plusMillis(1)) {
            resources.put(TestResources.cluster("a", "v" + passed.toMillis()));
            time.advance(Duration.ofMillis(1));
        }

        assertThat(client.unread).isNotEmpty();
    }

    @Test
    void convergenceIsFromTheFirstChangeToTheLastAnswer() {
        resources.put(TestResources.cluster("a", "v1"));
        time.advance(Duration.ofMillis(100));
        answerAll(client);
        assertThat(convergence().count()).isZero();

        time.advance(Duration.ofMillis(200));
        answerAll(other);

        assertThat(convergence().count()).isEqualTo(1);
        assertThat(convergence().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(300);
        time.advance(StreamHub.CONVERGENCE_LIMIT.multipliedBy(2));
        assertThat(notConverged()).isZero();
    }

    @Test
    void whoDoesNotAnswerDelaysNobodyAndIsCountedOnce() {
        resources.put(TestResources.cluster("a", "v1"));
        time.advance(Duration.ofMillis(100));
        answerAll(client);
        resources.put(TestResources.cluster("b", "v1"));
        time.advance(Duration.ofMillis(100));

        assertThat(client.unread).as("the other one still owes an answer").hasSize(1);
        answerAll(client);
        time.advance(StreamHub.CONVERGENCE_LIMIT.plusSeconds(1));
        assertThat(convergence().count()).isZero();
        assertThat(notConverged()).as("one for each push").isEqualTo(2);
    }

    private static void answerAll(IncrementalClient client) {
        while (client.answerOne()) {
            // The next one.
        }
    }

    private Timer convergence() {
        return meters.get("inmesh.ads.convergence").timer();
    }

    private double notConverged() {
        return meters.get("inmesh.ads.not.converged").counter().count();
    }

    @Test
    void whoIsJustBeingSentItsFirstEndpointsHasNotAnsweredThem() {
        List<Boolean> acknowledged = new ArrayList<>();
        Runnable[] meanwhile = {() -> hub.afterEndpointsAcknowledged(Duration.ofSeconds(5), acknowledged::add)};
        ResourceSource slow = new ResourceSource() {
            @Override
            public ResourceSet resourcesFor(ClientContext context) {
                ResourceSet found = resources.resourcesFor(context);
                meanwhile[0].run();
                meanwhile[0] = () -> {};
                return found;
            }

            @Override
            public void onChange(Runnable listener) {
                resources.onChange(listener);
            }
        };
        IncrementalClient latest = new IncrementalClient(
                new AdsParts(slow, parts.registry(), hub, time, time, Limits.DEFAULT, RegistrationRules.DEFAULT));
        resources.put(TestResources.endpoints("a", "10.0.0.1"));
        time.advance(StreamHub.QUIET);

        latest.want(TypeUrls.ENDPOINT, Set.of("a"));

        assertThat(acknowledged).isEmpty();
        answerAll(latest);
        assertThat(acknowledged).containsExactly(true);
    }
}
