package io.inmesh.balance;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.SpreadConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.EndpointRegistry;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Endpoints named by letters, to be described and then picked. */
final class Fleet {

    private final List<EndpointConfig> configs = new ArrayList<>();
    private final FakeClock clock = new FakeClock();
    private final EndpointRegistry registry = new EndpointRegistry("reviews", clock);
    private final BalanceState state = new BalanceState(clock, this::inFlight);
    private BalancingConfig balancing = BalancingConfig.DEFAULT;
    private List<Endpoint> endpoints = List.of();
    private int minHealthPercent;
    private SpreadConfig spread = SpreadConfig.DEFAULT;

    static Fleet of(int count) {
        Fleet fleet = new Fleet();
        for (int i = 0; i < count; i++) {
            fleet.with(name(i), 1, Health.HEALTHY, 0);
        }
        return fleet;
    }

    static Fleet ofWeights(long... weights) {
        Fleet fleet = new Fleet();
        for (int i = 0; i < weights.length; i++) {
            fleet.with(name(i), weights[i], Health.HEALTHY, 0);
        }
        return fleet;
    }

    private static String name(int index) {
        return index < 26 ? String.valueOf((char) ('a' + index)) : "n" + index;
    }

    Fleet with(String name, long weight, Health health, int priority) {
        configs.add(new EndpointConfig(name, 80, weight, health, priority, "", false, Map.of(), ""));
        return this;
    }

    /** Adds endpoints {@code <locality>-0}, {@code <locality>-1} and so on. */
    Fleet in(String locality, int count, int priority) {
        for (int i = 0; i < count; i++) {
            configs.add(EndpointConfig.of(locality + "-" + i, 80)
                    .withLocality(locality)
                    .withPriority(priority));
        }
        return this;
    }

    Fleet spread(SpreadConfig config) {
        spread = config;
        return this;
    }

    Fleet balancing(BalancingConfig config) {
        balancing = config;
        return this;
    }

    /** Takes endpoints out of the config. */
    Fleet without(String name) {
        configs.removeIf(config -> config.host().equals(name));
        return this;
    }

    FakeClock clock() {
        return clock;
    }

    BalanceState state() {
        return state;
    }

    long inFlight() {
        return endpoints.stream().mapToInt(Endpoint::inFlight).sum();
    }

    Fleet minHealthPercent(int percent) {
        minHealthPercent = percent;
        return this;
    }

    EndpointPicker picker(LoadBalancer kind, long seed) {
        endpoints = registry.update(configs).endpoints();
        Balancers balancers = new Balancers(kind, balancing, state, new SeededRandomness(seed));
        return new EndpointPicker(endpoints, registry.rotation(), balancers, minHealthPercent, spread);
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    List<Member> members() {
        return endpoints.stream().map(Member::of).toList();
    }

    Endpoint get(String name) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.host().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void eject(String... names) {
        for (String name : names) {
            get(name).ejection().set(true);
        }
    }

    Tried tried(String... names) {
        Tried tried = new Tried();
        for (String name : names) {
            tried.add(get(name));
        }
        return tried;
    }

    /** {@return how often each endpoint is picked, those never picked left out} */
    static Map<String, Integer> count(EndpointPicker picker, int picks) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < picks; i++) {
            counts.merge(picker.pick(null).host(), 1, Integer::sum);
        }
        return counts;
    }
}
