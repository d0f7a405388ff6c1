package io.inmesh.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EndpointRegistryTest {

    private final EndpointRegistry registry = new EndpointRegistry("reviews");

    @Test
    void anAddressIsTheSameObjectWhateverElseChanges() {
        Endpoint before = update(EndpointConfig.of("a", 80)).endpoints().get(0);
        before.begin();
        before.ejection().set(true);
        EndpointConfig heavier = EndpointConfig.of("a", 80).withWeight(9).withTls(true);
        Endpoint after = update(EndpointConfig.of("b", 80), heavier).endpoints().get(1);
        assertThat(after).isSameAs(before);
        assertThat(after.config()).isEqualTo(heavier);
        assertThat(after.inFlight()).isEqualTo(1);
        assertThat(after.ejection().ejected()).isTrue();
    }

    @Test
    void portsOfOneHostAreDifferentEndpoints() {
        assertThat(update(EndpointConfig.of("a", 80), EndpointConfig.of("a", 81))
                        .endpoints())
                .hasSize(2);
    }

    @Test
    void thoseThatLeftAreReportedOnce() {
        Endpoint left = update(EndpointConfig.of("a", 80), EndpointConfig.of("b", 80))
                .endpoints()
                .get(0);
        assertThat(update(EndpointConfig.of("b", 80)).removed()).containsExactly(left);
        assertThat(update(EndpointConfig.of("b", 80)).removed()).isEmpty();
        assertThat(update(EndpointConfig.of("a", 80)).endpoints()).doesNotContain(left);
    }

    @Test
    void aRestartedProcessIsNotHiddenByItsPredecessorThatDrains() {
        EndpointConfig old = EndpointConfig.of("a", 80).withHealth(Health.DRAINING);
        EndpointConfig fresh = EndpointConfig.of("a", 80).withWeight(2);
        for (List<EndpointConfig> order : List.of(List.of(old, fresh), List.of(fresh, old))) {
            List<Endpoint> endpoints = registry.update(order).endpoints();
            assertThat(endpoints).hasSize(1);
            assertThat(endpoints.get(0).config()).isEqualTo(fresh);
        }
    }

    @Test
    void nothingIsKeptOfEndpointsReplacedAThousandTimes() {
        for (int generation = 0; generation < 1000; generation++) {
            EndpointRegistry.Change change = registry.update(addresses(generation * 10, 10));
            assertThat(change.removed()).hasSize(generation == 0 ? 0 : 10);
        }
        assertThat(registry.size()).isEqualTo(10);
        assertThat(registry.endpoints()).hasSize(10);
    }

    @Test
    void fiveThousandAreReplacedByFiveThousand() {
        registry.update(addresses(0, 5000));
        EndpointRegistry.Change change = registry.update(addresses(2500, 5000));
        assertThat(change.endpoints()).hasSize(5000);
        assertThat(change.removed()).hasSize(2500);
        assertThat(registry.size()).isEqualTo(5000);
    }

    @Test
    void rotationCountsChangesOnly() {
        Endpoint endpoint = update(EndpointConfig.of("a", 80)).endpoints().get(0);
        endpoint.ejection().set(false);
        assertThat(registry.rotation().changes()).isZero();
        endpoint.ejection().set(true);
        endpoint.ejection().set(true);
        endpoint.ejection().set(false);
        assertThat(registry.rotation().changes()).isEqualTo(2);
    }

    private EndpointRegistry.Change update(EndpointConfig... configs) {
        return registry.update(List.of(configs));
    }

    private static List<EndpointConfig> addresses(int from, int count) {
        List<EndpointConfig> configs = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            configs.add(EndpointConfig.of("10.0." + i / 256 + "." + i % 256, 80));
        }
        return configs;
    }
}
