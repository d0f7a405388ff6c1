package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.SpreadConfig;
import io.inmesh.config.SpreadConfig.LocalityConfig;
import io.inmesh.config.SpreadConfig.Mode;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.EndpointRegistry;
import io.inmesh.testkit.SeededRandomness;
import io.inmesh.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What holds for any cluster: parts add up, and there is an endpoint whenever there is one. */
final class SpreadPropertyTest {

    private static final int CLUSTERS = 5_000;
    private static final int UPDATES = 100_000;

    private final SeededRandomness random = new SeededRandomness(20);

    @Test
    void thePartsOfAnyDistributionAddUpToTheWhole() {
        for (int i = 0; i < CLUSTERS; i++) {
            List<Endpoint> endpoints = endpoints();
            SpreadConfig spread = spread();
            List<Level> levels =
                    List.of(level(0, endpoints, spread), level(1, endpoints, spread), level(2, endpoints, spread));
            Distribution distribution = Distribution.over(levels, random.below(101), spread, 0);
            assertThat(Arrays.stream(distribution.shares())
                            .mapToInt(Share::millionths)
                            .sum())
                    .as("cluster %s", i)
                    .isEqualTo(Share.WHOLE);
            assertThat(distribution.shares()).allSatisfy(share -> {
                assertThat(share.millionths()).isNotNegative();
                assertThat(share.refuses()).isFalse();
            });
        }
    }

    private Level level(int priority, List<Endpoint> endpoints, SpreadConfig spread) {
        List<Member> members = endpoints.stream()
                .map(Member::of)
                .filter(member -> member.priority() == priority)
                .toList();
        return Level.of(priority, members, balancers(LoadBalancer.RANDOM), spread);
    }

    private Balancers balancers(LoadBalancer kind) {
        return new Balancers(kind, BalancingConfig.DEFAULT, new BalanceState(Clock.SYSTEM, () -> 0), random);
    }

    private List<Endpoint> endpoints() {
        EndpointRegistry registry = new EndpointRegistry("reviews");
        List<EndpointConfig> configs = new ArrayList<>();
        int count = 1 + random.below(12);
        for (int i = 0; i < count; i++) {
            configs.add(EndpointConfig.of("e" + i, 80)
                    .withWeight(1 + random.below(1L << 32 - 1))
                    .withHealth(Health.values()[random.below(3)])
                    .withLocality("zone" + random.below(4))
                    .withPriority(random.below(3)));
        }
        List<Endpoint> endpoints = registry.update(configs).endpoints();
        endpoints.forEach(endpoint -> endpoint.ejection().set(random.below(3) == 0));
        return endpoints;
    }

    private SpreadConfig spread() {
        List<LocalityConfig> localities = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            localities.add(new LocalityConfig(
                    "zone" + random.below(5), random.below(3), random.below(1L << 32), random.below(5)));
        }
        return SpreadConfig.DEFAULT
                .withMode(Mode.values()[random.below(3)])
                .withOverprovisioningPercent(1 + random.below(200))
                .withOwn("zone" + random.below(5))
                .withMinEndpoints(random.below(6))
                .withLocalities(localities);
    }

    /** Trap 20: calls that go on while configs and rotation change always find an endpoint. */
    @Test
    void thereIsAlwaysAnEndpointWhileConfigsChange() throws Exception {
        EndpointRegistry registry = new EndpointRegistry("reviews");
        AtomicReference<EndpointPicker> current = new AtomicReference<>(picker(registry));
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService caller = Executors.newSingleThreadExecutor();
        try {
            Future<Long> missed = caller.submit(() -> {
                long nulls = 0;
                while (!stop.get()) {
                    nulls += current.get().pick(null) == null ? 1 : 0;
                }
                return nulls;
            });
            for (int i = 0; i < UPDATES; i++) {
                if (i % 20 == 0) {
                    current.set(picker(registry));
                } else {
                    Endpoint endpoint = registry.endpoints().get(random.below(registry.size()));
                    endpoint.ejection().set(!endpoint.ejection().ejected());
                }
            }
            stop.set(true);
            assertThat(missed.get()).isZero();
        } finally {
            stop.set(true);
            caller.shutdownNow();
        }
    }

    private EndpointPicker picker(EndpointRegistry registry) {
        List<EndpointConfig> configs = new ArrayList<>();
        for (int i = 0; i < 1 + random.below(6); i++) {
            configs.add(EndpointConfig.of("e" + i, 80)
                    .withLocality("zone" + random.below(3))
                    .withPriority(random.below(2)));
        }
        List<Endpoint> endpoints = registry.update(configs).endpoints();
        LoadBalancer kind = LoadBalancer.values()[random.below(LoadBalancer.values().length)];
        return new EndpointPicker(endpoints, registry.rotation(), balancers(kind), random.below(101), spread());
    }
}
