package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.LbEndpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which endpoints a cluster has, on which ports, with what said about each. */
class EndpointsTest {
    private static final String VM_SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: vm}
            spec: {ports: [{port: 80, name: http, targetPort: %s}], selector: {app: vm}}
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: vm-1}
            spec: {address: 10.9.0.1, labels: {app: vm}%s}
            """;

    @Test
    void aSubsetHasTheEndpointsWithItsLabels() throws Exception {
        MeshFixture mesh = MeshFixture.of("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: reviews}
                spec: {host: reviews, subsets: [{name: v2, labels: {version: v2}}]}
                """);

        assertThat(addresses(mesh, "outbound|9080|v2|reviews.default.svc.cluster.local"))
                .containsExactly("10.0.0.12:9080");
        assertThat(addresses(mesh, "outbound|9080||reviews.default.svc.cluster.local"))
                .hasSize(3);
    }

    @Test
    void theWorkloadsOwnPortBeatsTheTargetPortWhichBeatsTheServicePort() throws Exception {
        assertThat(vmPort("8080", ", ports: {http: 7070}")).isEqualTo(7070);
        assertThat(vmPort("8080", "")).isEqualTo(8080);
        assertThat(vmPort("''", "")).isEqualTo(80);
    }

    /** As with HTTP/3 beside HTTP/2. */
    @Test
    void aPortOfUdpTakesNothingFromThatOfTcpOfTheSameNumber() throws Exception {
        MeshFixture mesh = MeshFixture.with("""
                apiVersion: v1
                kind: Service
                metadata: {name: vm}
                spec:
                  ports: [{port: 80, name: quic, protocol: UDP, targetPort: 7000}, {port: 80, name: http, targetPort: 8080}]
                  selector: {app: vm}
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: vm-1}
                spec: {address: 10.9.0.1, labels: {app: vm}}
                """);
        String name = "outbound|80||vm.default.svc.cluster.local";

        assertThat(addresses(mesh, name)).containsExactly("10.9.0.1:8080");
        assertThat(mesh.cluster(name).getName()).isEqualTo(name);
        assertThat(mesh.routes("80").getVirtualHostsList())
                .extracting(host -> host.getName())
                .containsExactly("vm.default.svc.cluster.local:80");
    }

    @Test
    void aNamedTargetPortTheWorkloadDoesNotHaveLeavesItOut() throws Exception {
        MeshFixture mesh = MeshFixture.with(VM_SERVICE.formatted("web", ""));

        assertThat(addresses(mesh, "outbound|80||vm.default.svc.cluster.local")).isEmpty();
    }

    @Test
    void weightsOfALocalityAreSummedWithoutOverflow() throws Exception {
        MeshFixture mesh = MeshFixture.with(VM_SERVICE.formatted("80", ", weight: 4294967295, locality: eu/a"), """
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: vm-2}
                spec: {address: 10.9.0.2, labels: {app: vm}, weight: 4294967295, locality: eu/a}
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: vm-3}
                spec: {address: 10.9.0.3, labels: {app: vm}, locality: eu/b}
                """);
        ClusterLoadAssignment endpoints = mesh.endpoints("outbound|80||vm.default.svc.cluster.local");

        assertThat(endpoints.getEndpointsList())
                .extracting(l -> l.getLocality().getZone() + "="
                        + Integer.toUnsignedLong(l.getLoadBalancingWeight().getValue()))
                .as("the sum of a priority fits too, or gRPC refuses it")
                .containsExactly("a=4294967292", "b=1");
    }

    @Test
    void anEndpointSaysThatItSpeaksMeshTlsWhoItIsAndWhatItsLabelsAre() throws Exception {
        LbEndpoint endpoint = MeshFixture.of()
                .endpoints("outbound|9080||ratings.default.svc.cluster.local")
                .getEndpoints(0)
                .getLbEndpoints(0);
        var metadata = endpoint.getMetadata().getFilterMetadataMap();

        assertThat(metadata.get("envoy.transport_socket_match")
                        .getFieldsOrThrow("tlsMode")
                        .getStringValue())
                .isEqualTo("istio");
        assertThat(metadata.get("istio").getFieldsOrThrow("workload").getStringValue())
                .isEqualTo("ratings-v1;default;ratings;v1;");
        assertThat(metadata.get("inmesh").getFieldsOrThrow("serviceAccount").getStringValue())
                .isEqualTo("bookinfo-ratings");
    }

    @Test
    void aWorkloadWhoseMutualTlsIsSwitchedOffIsCalledInPlaintext() throws Exception {
        LbEndpoint endpoint = MeshFixture.of("""
                        apiVersion: security.istio.io/v1
                        kind: PeerAuthentication
                        metadata: {name: off}
                        spec: {selector: {matchLabels: {app: ratings}}, mtls: {mode: DISABLE}}
                        """)
                .endpoints("outbound|9080||ratings.default.svc.cluster.local")
                .getEndpoints(0)
                .getLbEndpoints(0);

        assertThat(endpoint.getMetadata().getFilterMetadataMap()).doesNotContainKey("envoy.transport_socket_match");
    }

    @Test
    void aServiceResolvedByDnsCarriesItsHostNamesInTheCluster() throws Exception {
        Cluster cluster = MeshFixture.with("""
                        apiVersion: networking.istio.io/v1
                        kind: ServiceEntry
                        metadata: {name: api}
                        spec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}], resolution: DNS}
                        """).cluster("outbound|80||api.example.com");

        assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.STRICT_DNS);
        assertThat(socket(cluster.getLoadAssignment().getEndpoints(0).getLbEndpoints(0)))
                .isEqualTo("api.example.com:8080");
        assertThat(cluster.getTransportSocketMatchesCount()).isZero();
    }

    @Test
    void aServiceEntryTakesInTheWorkloadsItSelects() throws Exception {
        MeshFixture mesh = MeshFixture.with(Config.BOOKINFO, """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: alias}
                spec:
                  hosts: [reviews.example.com]
                  location: MESH_INTERNAL
                  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 9080}]
                  resolution: STATIC
                  workloadSelector: {labels: {app: reviews}}
                """);

        assertThat(addresses(mesh, "outbound|80||reviews.example.com"))
                .containsExactly("10.0.0.11:9080", "10.0.0.12:9080", "10.0.0.13:9080");
    }

    private static int vmPort(String targetPort, String more) throws Exception {
        MeshFixture mesh = MeshFixture.with(VM_SERVICE.formatted(targetPort, more));
        String address =
                addresses(mesh, "outbound|80||vm.default.svc.cluster.local").get(0);
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    private static List<String> addresses(MeshFixture mesh, String cluster) throws Exception {
        return mesh.endpoints(cluster).getEndpointsList().stream()
                .flatMap(l -> l.getLbEndpointsList().stream())
                .map(EndpointsTest::socket)
                .toList();
    }

    private static String socket(LbEndpoint endpoint) {
        SocketAddress socket = endpoint.getEndpoint().getAddress().getSocketAddress();
        return socket.getAddress() + ":" + socket.getPortValue();
    }
}
