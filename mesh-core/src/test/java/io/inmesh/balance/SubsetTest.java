package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.BalancingConfig.SubsetConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.SpreadConfig;
import io.inmesh.config.SpreadConfig.Mode;
import io.inmesh.endpoint.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which endpoints a process uses of many. */
final class SubsetTest {

    private static final int SIZE = 20;

    private static Endpoint endpoint(int number, Health health, String locality) {
        return new Endpoint(
                "c",
                EndpointConfig.of("10.0." + number / 250 + "." + number % 250, 8080)
                        .withHealth(health)
                        .withLocality(locality));
    }

    private static List<Endpoint> endpoints(int count) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            endpoints.add(endpoint(i, Health.HEALTHY, i % 2 == 0 ? "north" : "south"));
        }
        return endpoints;
    }

    private static List<Endpoint> subset(List<Endpoint> endpoints, String client) {
        return Subset.of(endpoints, new SubsetConfig(SIZE, client), SpreadConfig.DEFAULT);
    }

    private static int changes(List<Endpoint> before, List<Endpoint> after) {
        Set<String> gone = addresses(before);
        gone.removeAll(addresses(after));
        return gone.size();
    }

    private static Set<String> addresses(List<Endpoint> endpoints) {
        Set<String> addresses = new HashSet<>();
        endpoints.forEach(endpoint -> addresses.add(endpoint.toString()));
        return addresses;
    }

    @Test
    void oneServerThatComesGoesOrFallsIllChangesAtMostOne() {
        List<Endpoint> all = endpoints(200);
        for (int i = 0; i < 200; i++) {
            List<Endpoint> before = subset(all, "client-" + i);
            assertThat(before).hasSize(SIZE);
            List<Endpoint> without = new ArrayList<>(all);
            without.remove(i);
            assertThat(changes(before, subset(without, "client-" + i))).isLessThanOrEqualTo(1);
            List<Endpoint> ill = new ArrayList<>(all);
            ill.set(i, endpoint(i, Health.UNHEALTHY, "north"));
            List<Endpoint> after = subset(ill, "client-" + i);
            assertThat(changes(before, after)).isLessThanOrEqualTo(1);
            assertThat(after).hasSize(SIZE).allMatch(one -> one.config().health() == Health.HEALTHY);
        }
    }

    @Test
    void itIsNeverSmallerThanAskedForWhoeverIsIll() {
        List<Endpoint> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(endpoint(i, i < 5 ? Health.HEALTHY : Health.UNHEALTHY, ""));
        }
        List<Endpoint> subset = subset(all, "client");
        assertThat(subset).hasSize(SIZE);
        assertThat(subset)
                .filteredOn(one -> one.config().health() == Health.HEALTHY)
                .hasSize(5);
        assertThat(subset(all.subList(0, 12), "client")).hasSize(12);
    }

    @Test
    void clientsTogetherUseAllServersAboutEqually() {
        List<Endpoint> all = endpoints(200);
        Map<Endpoint, Integer> counts = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            subset(all, "client-" + i).forEach(one -> counts.merge(one, 1, Integer::sum));
        }
        assertThat(counts).hasSize(200);
        assertThat(counts.values())
                .as("100 on average")
                .allSatisfy(count -> assertThat(count).isBetween(60, 140));
    }

    @Test
    void everyLocalityThatSharesByWeightHasItsOwn() {
        SpreadConfig spread = SpreadConfig.DEFAULT.withMode(Mode.WEIGHTED);
        List<Endpoint> subset = Subset.of(endpoints(200), new SubsetConfig(SIZE, "client"), spread);
        assertThat(subset).hasSize(2 * SIZE);
        assertThat(subset)
                .filteredOn(one -> one.config().locality().equals("north"))
                .hasSize(SIZE);
    }
}
