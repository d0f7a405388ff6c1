package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.registry.WorkloadHealth;
import io.inmesh.server.rule.ExportScope;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.Health;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Protocol;
import io.inmesh.server.service.Resolution;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.store.ConfigView;
import io.inmesh.xds.route.RouteConfiguration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shared between clients and taken over between states; and that taking over never shows. */
class MeshStateTest {
    private static final List<String> TYPES =
            List.of(TypeUrls.CLUSTER, TypeUrls.ENDPOINTS, TypeUrls.LISTENER, TypeUrls.ROUTES);
    private static final String HIDDEN = """
            {apiVersion: v1, kind: Service, metadata: {name: vault, namespace: hidden, annotations: {networking.istio.io/exportTo: .}}, spec: {ports: [{name: http, port: 9080}]}}
            """;
    private static final String HIDDEN_RULE = """
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: vault, namespace: hidden}, spec: {hosts: [vault], exportTo: [.], http: [{timeout: 1s, route: [{destination: {host: vault}}]}]}}
            """;
    private static final ClientContext CLIENT =
            MeshFixture.client("default", Map.of("app", "productpage"), Personality.FULL);

    @Test
    void clientsThatDifferOnlyInLabelsNoRuleAsksAboutShareOneSet() {
        MeshState state = MeshFixture.of().state();

        assertThat(state.resourcesFor(MeshFixture.client("default", Map.of("app", "a", "pod", "1"), Personality.FULL)))
                .isSameAs(state.resourcesFor(MeshFixture.client("default", Map.of("app", "b"), Personality.FULL)));
    }

    /** Clients make their labels up as they like; each set of resources costs time and memory. */
    @Test
    void aValueThatNoRuleAsksForIsAsGoodAsNone() {
        MeshState state = MeshFixture.of("""
                        {apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: a}, spec: {selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}}}
                        """).state();
        ResourceSet none = state.resourcesFor(MeshFixture.client("default", Map.of(), Personality.GRPC_SAFE));

        assertThat(state.resourcesFor(MeshFixture.client(
                        "default", Map.of("app", "b", "security.istio.io/tlsMode", "any"), Personality.GRPC_SAFE)))
                .isSameAs(none);
        assertThat(state.resourcesFor(MeshFixture.client("default", Map.of("app", "a"), Personality.GRPC_SAFE)))
                .isNotSameAs(none);
        assertThat(state.resourcesFor(MeshFixture.client(
                        "default", Map.of("security.istio.io/tlsMode", "istio"), Personality.GRPC_SAFE)))
                .isNotSameAs(none);
    }

    @Test
    void equalResourcesOfDifferentClientsAreOneObject() {
        MeshState state = MeshFixture.of().state();
        String cluster = "outbound|9080||reviews.default.svc.cluster.local";

        assertThat(state.resourcesFor(MeshFixture.client("other", Map.of(), Personality.FULL))
                        .find(TypeUrls.CLUSTER, cluster)
                        .orElseThrow())
                .isSameAs(state.resourcesFor(CLIENT)
                        .find(TypeUrls.CLUSTER, cluster)
                        .orElseThrow());
    }

    @Test
    void whenOnlyEndpointsMoveNothingButTheEndpointsOfThatServiceIsMadeAgain() {
        ConfigView config = Config.view(Config.BOOKINFO);
        MeshState before = MeshFixture.TRANSLATOR.translate(config, Workloads.bookinfo(), null);
        ResourceSet old = before.resourcesFor(CLIENT);
        List<RegisteredWorkload> more = new ArrayList<>(Workloads.bookinfo());
        more.add(Workloads.running("ratings", "v1", "10.0.0.22"));
        ResourceSet now = MeshFixture.TRANSLATOR.translate(config, more, before).resourcesFor(CLIENT);

        for (String type : TYPES) {
            now.all(type).forEach((name, resource) -> {
                if (type.equals(TypeUrls.ENDPOINTS) && name.contains("ratings")) {
                    assertThat(resource.version())
                            .isNotEqualTo(old.all(type).get(name).version());
                } else {
                    assertThat(resource).isSameAs(old.all(type).get(name));
                }
            });
        }
    }

    @Test
    void clientsForWhomNothingHasChangedKeepTheirSet() {
        ConfigView config = Config.view(Config.BOOKINFO, HIDDEN);
        MeshState before = MeshFixture.TRANSLATOR.translate(config, Workloads.bookinfo(), null);
        ClientContext insider = MeshFixture.client("hidden", Map.of(), Personality.FULL);
        ResourceSet old = before.resourcesFor(CLIENT);
        ResourceSet seenInside = before.resourcesFor(insider);

        MeshState now = MeshFixture.TRANSLATOR.translate(
                Config.view(Config.BOOKINFO, HIDDEN, HIDDEN_RULE), Workloads.bookinfo(), before);

        assertThat(now.resourcesFor(CLIENT)).isSameAs(old);
        assertThat(versions(now.resourcesFor(insider))).isNotEqualTo(versions(seenInside));
    }

    @Test
    void theSameConfigurationGivesTheSameVersionsOnEveryServer() {
        assertThat(versions(MeshFixture.of().resources()))
                .isEqualTo(versions(MeshFixture.of().resources()));
    }

    @Test
    void theOrderInWhichThingsAreWrittenDoesNotMatter() {
        List<Resource> resources =
                new ArrayList<>(Config.resources(Config.BOOKINFO + "---\n" + rule(1) + "---\n" + rule(2)));
        ConfigView forward = new ConfigView(1, resources);
        Collections.reverse(resources);
        ConfigView backward = new ConfigView(1, resources);

        assertThat(versions(MeshFixture.TRANSLATOR
                        .translate(forward, Workloads.bookinfo(), null)
                        .resourcesFor(CLIENT)))
                .isEqualTo(versions(MeshFixture.TRANSLATOR
                        .translate(backward, Workloads.bookinfo(), null)
                        .resourcesFor(CLIENT)));
    }

    /** A client that applies differences from state to state ends up where a client ends up that starts at the last state. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void differencesAddUpToTheWhole(long seed) {
        Random random = new Random(seed);
        Map<String, String> held = new TreeMap<>();
        List<MeshService> discovered = new ArrayList<>();
        RuleSettings settings = RuleSettings.forTrustDomain("inmesh.local");
        Translator translator = new Translator(settings, settings::issuerKeys, () -> List.copyOf(discovered));
        MeshState state = null;
        ConfigView config = Config.view(Config.BOOKINFO);
        List<RegisteredWorkload> workloads = new ArrayList<>(Workloads.bookinfo());
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(3)) {
                case 0 -> config = randomConfig(random);
                case 1 -> change(workloads, random);
                default -> discover(discovered, random);
            }
            state = translator.translate(config, List.copyOf(workloads), state);
            Map<String, String> now = versions(state.resourcesFor(CLIENT));
            held.keySet().removeIf(name -> !now.containsKey(name));
            now.forEach((name, version) -> {
                if (!version.equals(held.get(name))) {
                    held.put(name, version);
                }
            });
            MeshState fresh = translator.translate(config, List.copyOf(workloads), null);
            assertThat(held).as("seed %d, step %d", seed, step).isEqualTo(versions(fresh.resourcesFor(CLIENT)));
        }
    }

    /** Every cluster a route leads to exists, so that a client that applies clusters first never routes into nothing. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void everyRouteLeadsToAClusterOfTheSameSet(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 30; i++) {
            ResourceSet set = MeshFixture.TRANSLATOR
                    .translate(randomConfig(random), Workloads.bookinfo(), null)
                    .resourcesFor(CLIENT);
            for (VersionedResource resource : set.all(TypeUrls.ROUTES).values()) {
                var routes = RouteConfiguration.parseFrom(resource.any().getValue());
                routes.getVirtualHostsList()
                        .forEach(host -> host.getRoutesList()
                                .forEach(route -> assertThat(set.all(TypeUrls.CLUSTER))
                                        .containsKey(route.getRoute().getCluster())));
            }
        }
    }

    private static ConfigView randomConfig(Random random) {
        List<String> texts = new ArrayList<>(List.of(Config.BOOKINFO));
        for (int i = 0; i < 4; i++) {
            if (random.nextBoolean()) {
                texts.add(rule(random.nextInt(4)));
            }
        }
        return Config.view(texts.toArray(String[]::new));
    }

    private static void change(List<RegisteredWorkload> workloads, Random random) {
        int index = random.nextInt(workloads.size());
        switch (random.nextInt(3)) {
            case 0 -> workloads.set(index, workloads.get(index).withHealth(WorkloadHealth.UNHEALTHY));
            case 1 -> {
                if (workloads.size() > 1) {
                    workloads.remove(index);
                }
            }
            default ->
                workloads.add(
                        Workloads.running("reviews", "v" + (1 + random.nextInt(3)), "10.1.0." + random.nextInt(200)));
        }
    }

    /** Another registry names other endpoints of a service that is configured, or of one that is not. */
    private static void discover(List<MeshService> discovered, Random random) {
        String name = random.nextBoolean() ? "ratings" : "elsewhere";
        discovered.removeIf(service -> service.name().equals(name));
        List<Workload> endpoints = new ArrayList<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            String address = "10.2.0." + random.nextInt(200);
            endpoints.add(new Workload(
                    "default",
                    name,
                    "file/" + address,
                    Map.of("version", "v1"),
                    address,
                    Map.of(),
                    Locality.UNKNOWN,
                    1,
                    random.nextBoolean() ? "" : "of-" + name,
                    Health.HEALTHY,
                    random.nextBoolean()));
        }
        if (random.nextInt(4) > 0) {
            discovered.add(new MeshService(
                    name + ".default.svc.cluster.local",
                    name,
                    "default",
                    true,
                    false,
                    List.of(new ServicePort(9080, "http", Protocol.HTTP, "")),
                    Resolution.STATIC,
                    List.of(),
                    ExportScope.everyone("default"),
                    endpoints,
                    new ResourceKey("", "Service", "default", name)));
        }
    }

    private static String rule(int which) {
        return switch (which) {
            case 0 -> """
                {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: reviews}, spec: {hosts: [reviews], http: [{timeout: 1s, route: [{destination: {host: reviews}}]}]}}
                """;
            case 1 -> """
                {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: reviews}, spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}]}}
                """;
            case 2 -> """
                {apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: default}, spec: {mtls: {mode: DISABLE}}}
                """;
            default -> """
                {apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: deny}, spec: {action: DENY, rules: [{}]}}
                """;
        };
    }

    private static Map<String, String> versions(ResourceSet set) {
        Map<String, String> versions = new TreeMap<>();
        for (String type : TYPES) {
            set.all(type).forEach((name, resource) -> versions.put(type + " " + name, resource.version()));
        }
        return versions;
    }
}
