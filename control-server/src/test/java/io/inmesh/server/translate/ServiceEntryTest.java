package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.LbEndpoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** ServiceEntries and WorkloadEntries: how endpoints are found, and what is said about them. */
class ServiceEntryTest {

    private static String entry(String name, String more) {
        return """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: %s}
                spec:
                  hosts: [api.example.com]
                  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
                %s
                """.formatted(name, more.indent(2));
    }

    private static final String TWO_NAMES = """
            resolution: DNS
            endpoints:
            - {address: a.example.com, ports: {http: 7070}, weight: 3, locality: eu/a}
            - {address: b.example.com, locality: us/a}
            """;

    @Test
    void namesOfEndpointsKeepTheirPortsWeightsAndPlaces() throws Exception {
        Cluster cluster = MeshFixture.with(entry("api", TWO_NAMES)).cluster("outbound|80||api.example.com");

        assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.STRICT_DNS);
        assertThat(cluster.getDnsRefreshRate().getSeconds()).isEqualTo(30);
        assertThat(cluster.getDnsLookupFamily()).isEqualTo(Cluster.DnsLookupFamily.V4_PREFERRED);
        assertThat(cluster.getLoadAssignment().getEndpointsList())
                .extracting(group -> group.getLocality().getRegion() + " "
                        + socket(group.getLbEndpoints(0)) + " x"
                        + group.getLbEndpoints(0).getLoadBalancingWeight().getValue())
                .containsExactly("eu a.example.com:7070 x3", "us b.example.com:8080 x1");
    }

    @Test
    void roundRobinOverDnsIsOneEndpointWhateverItsAddress() throws Exception {
        assertThat(MeshFixture.with(entry("api", "resolution: DNS_ROUND_ROBIN"))
                        .cluster("outbound|80||api.example.com")
                        .getType())
                .isEqualTo(Cluster.DiscoveryType.LOGICAL_DNS);
    }

    @Test
    void namesAreOrderedByPlaceToo() throws Exception {
        MeshFixture mesh = MeshFixture.with(entry("api", TWO_NAMES), """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: api}
                spec: {host: api.example.com, trafficPolicy: {outlierDetection: {interval: 5s}}}
                """);
        ClientContext there = mesh.client().in(io.inmesh.server.service.Locality.parse("us/b"));
        Cluster cluster = Cluster.parseFrom(mesh.state()
                .resourcesFor(there)
                .find(TypeUrls.CLUSTER, "outbound|80||api.example.com")
                .orElseThrow()
                .any()
                .getValue());

        assertThat(cluster.getLoadAssignment().getEndpointsList())
                .extracting(group -> group.getLocality().getRegion() + "=" + group.getPriority())
                .containsExactly("us=0", "eu=1");
    }

    /** gRFC A37: LOGICAL_DNS with one endpoint is all that stock gRPC knows of names; it would refuse anything else. */
    @Test
    void stockGrpcGetsOneNameOrNothing() throws Exception {
        MeshFixture one = MeshFixture.with(entry("api", "resolution: DNS")).seenByGrpc();
        MeshFixture two = MeshFixture.with(entry("api", TWO_NAMES)).seenByGrpc();

        assertThat(one.cluster("outbound|80||api.example.com").getType()).isEqualTo(Cluster.DiscoveryType.LOGICAL_DNS);
        assertThat(two.resources().find(TypeUrls.CLUSTER, "outbound|80||api.example.com"))
                .isEmpty();
    }

    @Test
    void aWorkloadWithANameIsLeftOutWhereOnlyAddressesGo() throws Exception {
        String workloads = """
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: named}
                spec: {address: vm.example.com, labels: {app: vm}}
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: numbered}
                spec: {address: 10.9.0.1, labels: {app: vm}}
                """;
        String selector = "workloadSelector: {labels: {app: vm}}\nlocation: MESH_INTERNAL\nresolution: ";

        assertThat(sockets(MeshFixture.with(entry("api", selector + "STATIC"), workloads)
                        .endpoints("outbound|80||api.example.com")))
                .containsExactly("10.9.0.1:8080");
        assertThat(sockets(MeshFixture.with(entry("api", selector + "DNS"), workloads)
                        .cluster("outbound|80||api.example.com")
                        .getLoadAssignment()))
                .containsExactly("vm.example.com:8080", "10.9.0.1:8080");
    }

    @Test
    void ofTwoEntriesForAHostTheOlderHolds() throws Exception {
        MeshFixture mesh = MeshFixture.with(
                entry("first", "resolution: STATIC\nendpoints: [{address: 10.9.0.1}]"),
                entry("second", "resolution: STATIC\nendpoints: [{address: 10.9.0.2}]"));

        assertThat(sockets(mesh.endpoints("outbound|80||api.example.com"))).containsExactly("10.9.0.1:8080");
    }

    @Test
    void anEntryIsSeenWhereItIsExportedTo() {
        MeshFixture mesh = MeshFixture.with(entry("api", "resolution: DNS\nexportTo: ['.', shop]"));

        assertThat(List.of("default", "shop", "other"))
                .extracting(namespace -> mesh.seenFrom(namespace, Map.of())
                        .resources()
                        .find(TypeUrls.CLUSTER, "outbound|80||api.example.com")
                        .isPresent())
                .containsExactly(true, true, false);
    }

    @Test
    void serversMayProveTheirServiceAccountOrANameOfTheEntry() throws Exception {
        Cluster cluster = MeshFixture.with(entry("api", """
                        resolution: STATIC
                        location: MESH_INTERNAL
                        subjectAltNames: ["spiffe://inmesh.local/ns/legacy/sa/api"]
                        endpoints:
                        - {address: 10.9.0.1, serviceAccount: shop, labels: {security.istio.io/tlsMode: istio}}
                        """)).cluster("outbound|80||api.example.com");

        assertThat(cluster.toString())
                .contains("spiffe://inmesh.local/ns/default/sa/shop", "spiffe://inmesh.local/ns/legacy/sa/api");
    }

    private static List<String> sockets(ClusterLoadAssignment assignment) {
        return assignment.getEndpointsList().stream()
                .flatMap(group -> group.getLbEndpointsList().stream())
                .map(ServiceEntryTest::socket)
                .toList();
    }

    private static String socket(LbEndpoint endpoint) {
        SocketAddress socket = endpoint.getEndpoint().getAddress().getSocketAddress();
        return socket.getAddress() + ":" + socket.getPortValue();
    }
}
