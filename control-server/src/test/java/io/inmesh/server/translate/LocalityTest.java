package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.service.Locality;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code localityLbSetting} and {@code zoneAwareLbSetting}: priorities and weights of localities, for clients in different places. */
class LocalityTest {
    private static final String CLUSTER = "outbound|80||shop.default.svc.cluster.local";
    private static final String OUTLIERS = "outlierDetection: {consecutive5xxErrors: 5}";

    /** Two endpoints in eu/a/1, and one each in eu/a/2, eu/b/1, us/a/1, asia/a/1. */
    private static final String SHOP = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop}
            spec: {ports: [{port: 80, name: http}], selector: {app: shop}}
            """
            + workload(1, "eu/a/1", "v1", "east")
            + workload(2, "eu/a/1", "v2", "east")
            + workload(3, "eu/a/2", "v1", "west")
            + workload(4, "eu/b/1", "v1", "west")
            + workload(5, "us/a/1", "v2", "east")
            + workload(6, "asia/a/1", "v1", "north");

    private static String workload(int number, String locality, String version, String side) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: shop-%1$d}
                spec: {address: 10.9.0.%1$d, labels: {app: shop, version: %3$s, side: %4$s}, locality: %2$s}
                """.formatted(number, locality, version, side);
    }

    private static String rule(String loadBalancer, String more) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: shop}
                spec: {host: shop, trafficPolicy: {loadBalancer: {%s}%s}}
                """.formatted(loadBalancer, more.isEmpty() ? "" : ", " + more);
    }

    private static MeshState state(String rule) {
        return MeshFixture.TRANSLATOR.translate(Config.view(SHOP, rule), List.of(), null);
    }

    private static ClientContext client(String locality, Map<String, String> labels) {
        return MeshFixture.client("default", labels, Personality.FULL).in(Locality.parse(locality));
    }

    private static ClusterLoadAssignment endpoints(MeshState state, ClientContext client) throws Exception {
        return ClusterLoadAssignment.parseFrom(state.resourcesFor(client)
                .find(TypeUrls.ENDPOINTS, CLUSTER)
                .orElseThrow()
                .any()
                .getValue());
    }

    private static Cluster cluster(MeshState state, ClientContext client) throws Exception {
        return Cluster.parseFrom(state.resourcesFor(client)
                .find(TypeUrls.CLUSTER, CLUSTER)
                .orElseThrow()
                .any()
                .getValue());
    }

    /** {@return {@code eu/a/1:0} and so on: place and priority, sorted} */
    private static List<String> priorities(ClusterLoadAssignment endpoints) {
        return endpoints.getEndpointsList().stream()
                .map(group -> place(group) + ":" + group.getPriority())
                .sorted()
                .toList();
    }

    private static Map<String, Integer> weights(ClusterLoadAssignment endpoints) {
        return endpoints.getEndpointsList().stream()
                .collect(Collectors.toMap(
                        LocalityTest::place,
                        group -> group.getLoadBalancingWeight().getValue()));
    }

    private static String place(LocalityLbEndpoints group) {
        var locality = group.getLocality();
        return locality.getRegion() + "/" + locality.getZone() + "/" + locality.getSubZone();
    }

    static Stream<Arguments> failovers() {
        String everywhere = "asia/a/1:0 eu/a/1:0 eu/a/2:0 eu/b/1:0 us/a/1:0";
        return Stream.of(
                Arguments.of(
                        "on by default with outlier detection",
                        "eu/a/1",
                        "",
                        OUTLIERS,
                        "asia/a/1:3 eu/a/1:0 eu/a/2:1 eu/b/1:2 us/a/1:3"),
                Arguments.of(
                        "priorities have no gaps",
                        "us/b/9",
                        "",
                        OUTLIERS,
                        "asia/a/1:1 eu/a/1:1 eu/a/2:1 eu/b/1:1 us/a/1:0"),
                Arguments.of("off without outlier detection", "eu/a/1", "", "", everywhere),
                Arguments.of(
                        "off if switched off", "eu/a/1", "localityLbSetting: {enabled: false}", OUTLIERS, everywhere),
                Arguments.of("a client in no known place prefers none", "", "", OUTLIERS, everywhere),
                Arguments.of(
                        "a region to go to next",
                        "eu/a/1",
                        "localityLbSetting: {failover: [{from: eu, to: us}]}",
                        OUTLIERS,
                        "asia/a/1:4 eu/a/1:0 eu/a/2:1 eu/b/1:2 us/a/1:3"),
                Arguments.of(
                        "failover of other regions",
                        "us/a/1",
                        "localityLbSetting: {failover: [{from: eu, to: us}]}",
                        OUTLIERS,
                        "asia/a/1:1 eu/a/1:1 eu/a/2:1 eu/b/1:1 us/a/1:0"),
                Arguments.of(
                        "zone aware: zones of the region are one",
                        "eu/a/1",
                        "zoneAwareLbSetting: {enabled: true}",
                        "",
                        "asia/a/1:1 eu/a/1:0 eu/a/2:0 eu/b/1:0 us/a/1:1"),
                Arguments.of(
                        "zone aware with failover",
                        "eu/a/1",
                        "zoneAwareLbSetting: {enabled: true, failover: [{from: eu, to: asia}]}",
                        "",
                        "asia/a/1:1 eu/a/1:0 eu/a/2:0 eu/b/1:0 us/a/1:2"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failovers")
    void nearEndpointsComeFirst(String name, String from, String loadBalancer, String more, String expected)
            throws Exception {
        ClusterLoadAssignment endpoints = endpoints(state(rule(loadBalancer, more)), client(from, Map.of()));

        assertThat(priorities(endpoints)).containsExactly(expected.split(" "));
    }

    static Stream<Arguments> labelPriorities() {
        return Stream.of(
                Arguments.of(
                        "later labels count only if earlier ones match", "[side, version]", "1=0 2=1 3=2 4=2 5=1 6=2"),
                Arguments.of("a value of one's own", "[version=v2]", "1=1 2=0 3=1 4=1 5=0 6=1"),
                Arguments.of(
                        "topology labels come from the locality",
                        "[topology.kubernetes.io/region, topology.kubernetes.io/zone]",
                        "1=0 2=0 3=0 4=1 5=2 6=2"),
                Arguments.of("a label nobody has matches", "[unheard-of, version]", "1=0 2=1 3=0 4=0 5=1 6=0"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("labelPriorities")
    void endpointsThatShareLabelsComeFirst(String name, String labels, String expected) throws Exception {
        MeshState state = state(rule("localityLbSetting: {failoverPriority: " + labels + "}", OUTLIERS));
        ClusterLoadAssignment endpoints = endpoints(state, client("eu/a/1", Map.of("side", "east", "version", "v1")));

        String priorities = endpoints.getEndpointsList().stream()
                .flatMap(group -> group.getLbEndpointsList().stream()
                        .map(endpoint -> endpoint.getEndpoint()
                                        .getAddress()
                                        .getSocketAddress()
                                        .getAddress()
                                        .substring("10.9.0.".length())
                                + "=" + group.getPriority()))
                .sorted()
                .collect(Collectors.joining(" "));
        assertThat(priorities).isEqualTo(expected);
    }

    @Test
    void withLabelsAndFailoverTheNearerOfEqualLabelsComesFirst() throws Exception {
        MeshState state = state(
                rule("localityLbSetting: {failoverPriority: [version=v1], failover: [{from: eu, to: us}]}", OUTLIERS));

        assertThat(priorities(endpoints(state, client("eu/a/1", Map.of()))))
                .containsExactly("asia/a/1:3", "eu/a/1:0", "eu/a/1:4", "eu/a/2:1", "eu/b/1:2", "us/a/1:5");
    }

    @Test
    void weightsWithoutSettingAreTheSumsOfTheEndpoints() throws Exception {
        assertThat(weights(endpoints(state(rule("simple: RANDOM", "")), client("eu/a/1", Map.of()))))
                .containsEntry("eu/a/1", 2)
                .containsEntry("eu/b/1", 1);
    }

    @Test
    void aDistributionGivesPercentagesAndLeavesOutWhatItDoesNotName() throws Exception {
        MeshState state = state(rule("""
                localityLbSetting: {distribute: [
                  {from: us/*, to: {us/a/1: 100}},
                  {from: eu/a/*, to: {"eu/a/*": 60, "eu/b/*": 30, us: 10}}]}""", ""));

        assertThat(weights(endpoints(state, client("eu/a/7", Map.of()))))
                .containsExactlyInAnyOrderEntriesOf(Map.of("eu/a/1", 40, "eu/a/2", 20, "eu/b/1", 30, "us/a/1", 10));
        assertThat(weights(endpoints(state, client("us/x", Map.of())))).isEqualTo(Map.of("us/a/1", 100));
        assertThat(weights(endpoints(state, client("asia/a", Map.of()))))
                .as("no entry for this origin")
                .hasSize(5);
    }

    @Test
    void aDistributionExcludesFailover() throws Exception {
        MeshState state =
                state(rule("localityLbSetting: {distribute: [{from: '*', to: {'eu/*': 50, us: 50}}]}", OUTLIERS));

        assertThat(endpoints(state, client("eu/a/1", Map.of())).getEndpointsList())
                .allSatisfy(group -> assertThat(group.getPriority()).isZero());
    }

    @Test
    void theClusterSaysHowLocalitiesCount() throws Exception {
        ClientContext client = client("eu/a/1", Map.of());

        assertThat(cluster(state(rule("simple: RANDOM", OUTLIERS)), client)
                        .getCommonLbConfig()
                        .hasLocalityWeightedLbConfig())
                .isTrue();
        assertThat(cluster(state(rule("simple: RANDOM", "")), client).hasCommonLbConfig())
                .isFalse();
        assertThat(cluster(state(rule("zoneAwareLbSetting: {enabled: true, minClusterSize: 3}", "")), client)
                        .getCommonLbConfig()
                        .getZoneAwareLbConfig()
                        .getMinClusterSize()
                        .getValue())
                .isEqualTo(3);
    }

    @Test
    void zoneAwareClientsLearnWhereTheirLikesAre() throws Exception {
        String web = Stream.of("eu/a/1", "eu/a/1", "eu/c/1", "us/a/1")
                .map(place -> place.replace('/', '-'))
                .collect(Collectors.joining(" "));
        StringBuilder callers = new StringBuilder("""
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {ports: [{port: 80, name: http}], selector: {app: web}}
                """);
        int number = 100;
        for (String place : web.split(" ")) {
            callers.append("""
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: WorkloadEntry
                    metadata: {name: web-%1$d}
                    spec: {address: 10.9.1.%1$d, labels: {app: web}, locality: %2$s}
                    """.formatted(number++, place.replace('-', '/')));
        }
        MeshState state = MeshFixture.TRANSLATOR.translate(
                Config.view(SHOP + callers, rule("zoneAwareLbSetting: {enabled: true}", "")), List.of(), null);

        Map<String, Double> told = endpoints(state, client("eu/a/1", Map.of("app", "web"))).getEndpointsList().stream()
                .filter(LocalityLbEndpoints::hasMetadata)
                .collect(Collectors.toMap(
                        LocalityTest::place,
                        group -> group.getMetadata()
                                .getFilterMetadataOrThrow("io.inmesh")
                                .getFieldsOrThrow("callers")
                                .getNumberValue()));
        assertThat(told).isEqualTo(Map.of("eu/a/1", 2.0, "eu/c/1", 1.0, "us/a/1", 1.0));
    }

    @Test
    void aPolicyMayMakeCallsSpillEarlierAndRefuseThemInPanic() throws Exception {
        ClientContext client = client("eu/a/1", Map.of());
        String policy = """

                ---
                apiVersion: inmesh.io/v1alpha1
                kind: BackendTrafficPolicy
                metadata: {name: shop}
                spec: {host: shop, spread: {overprovisioningPercent: 100, panic: REFUSE}}
                """;
        MeshState plain = state(rule("simple: RANDOM", "") + policy);
        MeshState weighted = state(rule("simple: RANDOM", OUTLIERS) + policy);
        MeshState zones = state(rule("zoneAwareLbSetting: {enabled: true}", "") + policy);

        assertThat(endpoints(plain, client)
                        .getPolicy()
                        .getOverprovisioningFactor()
                        .getValue())
                .isEqualTo(100);
        assertThat(cluster(plain, client).getCommonLbConfig().getZoneAwareLbConfig())
                .as("for no call, but with Envoy's panic rule")
                .satisfies(config ->
                        assertThat(config.getRoutingEnabled().getValue()).isZero())
                .satisfies(config -> assertThat(config.getFailTrafficOnPanic()).isTrue());
        assertThat(cluster(weighted, client)
                        .getMetadata()
                        .getFilterMetadataOrThrow("io.inmesh")
                        .getFieldsOrThrow("panicMode")
                        .getStringValue())
                .isEqualTo("REFUSE");
        assertThat(cluster(zones, client)
                        .getCommonLbConfig()
                        .getZoneAwareLbConfig()
                        .getFailTrafficOnPanic())
                .isTrue();
    }

    @Test
    void clientsOfOnePlaceShareTheirResources() {
        MeshState state = state(rule("", OUTLIERS));

        assertThat(state.resourcesFor(client("eu/a/1", Map.of("pod", "1"))))
                .isSameAs(state.resourcesFor(client("eu/a/1", Map.of("pod", "2"))));
        Set<VersionedResource> sets = Stream.of("eu/a/1", "eu/b/1")
                .map(place -> state.resourcesFor(client(place, Map.of()))
                        .find(TypeUrls.CLUSTER, CLUSTER)
                        .orElseThrow())
                .collect(Collectors.toSet());
        assertThat(sets).as("clusters do not depend on the place").hasSize(1);
    }

    @Test
    void withoutRulesAboutPlacesEverybodySharesEverything() {
        MeshState state = state(rule("simple: RANDOM", ""));

        assertThat(state.resourcesFor(client("eu/a/1", Map.of())))
                .isSameAs(state.resourcesFor(client("us/a/1", Map.of())));
    }

    @Test
    void stockGrpcGetsPrioritiesAndWeightsItAccepts() throws Exception {
        MeshState state = MeshFixture.TRANSLATOR.translate(
                Config.view(
                        SHOP.replace("locality: eu/a/1", "weight: 4294967295, locality: eu/a/1"), rule("", OUTLIERS)),
                Workloads.bookinfo(),
                null);
        ClientContext grpc =
                MeshFixture.client("default", Map.of(), Personality.GRPC_SAFE).in(Locality.parse("eu/c"));
        ClusterLoadAssignment endpoints = endpoints(state, grpc);

        assertThat(priorities(endpoints)).containsExactly("asia/a/1:1", "eu/a/1:0", "eu/a/2:0", "eu/b/1:0", "us/a/1:1");
        long sum = endpoints.getEndpointsList().stream()
                .filter(group -> group.getPriority() == 0)
                .mapToLong(group ->
                        Integer.toUnsignedLong(group.getLoadBalancingWeight().getValue()))
                .sum();
        assertThat(sum).isLessThanOrEqualTo(0xFFFF_FFFFL);
        assertThat(endpoints.getEndpointsList())
                .allSatisfy(group ->
                        assertThat(group.getLoadBalancingWeight().getValue()).isNotZero());
    }
}
