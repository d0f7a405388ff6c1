package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.client.translate.Caller;
import io.inmesh.client.translate.ConfigAssembler;
import io.inmesh.client.translate.Resource;
import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.MeshConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.service.Locality;
import io.inmesh.snapshot.Compiled;
import io.inmesh.snapshot.LiveState;
import io.inmesh.snapshot.SnapshotCompiler;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From what an operator writes about places to where the calls of our own client go. */
class PlacesEndToEndTest {
    private static final String CLUSTER = "outbound|80||shop.example.com";
    private static final int CALLS = 10_000;

    private static String shop(String loadBalancer, String more) {
        StringBuilder endpoints = new StringBuilder();
        String[] places = {"eu/a", "eu/a", "eu/b", "eu/b", "eu/b", "eu/b", "us/a"};
        for (int i = 0; i < places.length; i++) {
            endpoints.append("  - {address: 10.9.0.%d, locality: %s}\n".formatted(i, places[i]));
        }
        return """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: shop}
                spec:
                  hosts: [shop.example.com]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: STATIC
                  endpoints:
                %s---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: shop}
                spec: {host: shop.example.com, trafficPolicy: {loadBalancer: {simple: RANDOM%s}%s}}
                """.formatted(endpoints.toString().indent(2), loadBalancer, more);
    }

    /** {@return the cluster as a client there compiles it} */
    private static Cluster cluster(String from, String yaml) {
        MeshState state = MeshFixture.TRANSLATOR.translate(Config.view(yaml), List.of(), null);
        ResourceSet set = state.resourcesFor(
                MeshFixture.client("default", Map.of(), Personality.FULL).in(Locality.parse(from)));
        MeshConfig config = ConfigAssembler.assemble("1", new Received(set), new Caller(from, "10.0.0.1", "caller"))
                .config();
        FakeClock clock = new FakeClock();
        SnapshotCompiler compiler = new SnapshotCompiler(new LiveState(clock), clock, new SeededRandomness(1));
        return ((Compiled.Ok) compiler.compile(config, null)).snapshot().cluster(CLUSTER);
    }

    /** What a client has received: it must not leave anything out. */
    private record Received(ResourceSet set) implements ConfigAssembler.Resources {
        @Override
        public Collection<Resource> of(String typeUrl) {
            return set.all(typeUrl).values().stream()
                    .map(resource -> translated(typeUrl, resource))
                    .toList();
        }

        @Override
        public @Nullable Resource find(String typeUrl, String name) {
            return set.find(typeUrl, name)
                    .map(resource -> translated(typeUrl, resource))
                    .orElse(null);
        }

        @Override
        public boolean inboundRefused() {
            return false;
        }

        private static Resource translated(String typeUrl, VersionedResource resource) {
            Resource translated = ResourceTranslator.translate(
                    typeUrl, resource.name(), resource.any().getValue());
            if (typeUrl.equals(TypeUrls.ENDPOINTS)) {
                assertThat(translated.ignored()).isEmpty();
            }
            assertThat(translated.ignored())
                    .noneSatisfy(field -> assertThat(field.toString()).contains("common_lb_config"));
            return translated;
        }
    }

    private static Map<String, Double> parts(Cluster cluster) {
        Map<String, Double> parts = new TreeMap<>();
        for (int i = 0; i < CALLS; i++) {
            Endpoint picked = cluster.pick(null);
            parts.merge(picked.config().locality(), 1.0 / CALLS, Double::sum);
        }
        return parts;
    }

    private static void lose(Cluster cluster, String locality, int count) {
        cluster.endpoints().stream()
                .filter(endpoint -> endpoint.config().locality().equals(locality))
                .limit(count)
                .forEach(endpoint -> endpoint.ejection().set(true));
    }

    @Test
    void callsStayNearAndFailOverInOrder() {
        Cluster cluster = cluster("eu/b", shop("", ", outlierDetection: {interval: 5s}"));

        assertThat(parts(cluster)).containsOnlyKeys("eu/b");
        lose(cluster, "eu/b", 2);
        assertThat(parts(cluster).get("eu/a"))
                .as("half of the zone carries 70 %")
                .isCloseTo(0.3, within(0.03));
        lose(cluster, "eu/b", 4);
        lose(cluster, "eu/a", 2);
        assertThat(parts(cluster)).containsOnlyKeys("us/a");
    }

    @Test
    void aDistributionHolds() {
        String distribution = ", localityLbSetting: {distribute: [{from: 'eu/*', to: {eu/a: 70, us: 30}}]}";
        Map<String, Double> parts = parts(cluster("eu/b", shop(distribution, "")));

        assertThat(parts).containsOnlyKeys("eu/a", "us/a");
        assertThat(parts.get("us/a")).isCloseTo(0.3, within(0.02));
    }

    @Test
    void aSmallZoneKeepsWhatItCanCarry() {
        Map<String, Double> parts = parts(cluster("eu/a", shop(", zoneAwareLbSetting: {enabled: true}", "")));

        assertThat(parts).containsOnlyKeys("eu/a", "eu/b");
        assertThat(parts.get("eu/a"))
                .as("a third of the endpoints, half of the callers")
                .isCloseTo(2 / 3.0, within(0.02));
    }

    @Test
    void withoutAnySettingPlacesMeanNothing() {
        assertThat(parts(cluster("us/a", shop("", ""))).get("us/a")).isCloseTo(1 / 7.0, within(0.02));
    }
}
