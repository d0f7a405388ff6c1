package io.inmesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.TrustBundle;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.SeededRandomness;
import io.inmesh.testkit.TestCa;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where adapters are told to connect before there is a call. */
class ConnectAheadTest {

    private static final ClientTlsConfig MUTUAL =
            new ClientTlsConfig(ClientTlsConfig.Mode.MESH, Set.of("spiffe://test.local/ns/default/sa/ratings"), null);

    private final TestCa ca = TestCa.root("test.local");
    private final List<String> connected = new ArrayList<>();
    private final Mesh mesh = mesh();

    @Test
    void endpointsAreNamedWhenThereIsAnIdentityToConnectWithAndEachOnce() throws Exception {
        mesh.apply(config("1", cluster("ratings", "10.0.0.1", "10.0.0.2")));
        mesh.connectAhead("ratings", 9080, (endpoint, security, timeout) -> connected.add(endpoint.toString()));
        assertThat(connected).as("without a certificate").isEmpty();
        identify();
        assertThat(connected).containsExactlyInAnyOrder("10.0.0.1:9080", "10.0.0.2:9080");
        connected.clear();
        mesh.apply(config("2", cluster("ratings", "10.0.0.1", "10.0.0.2", "10.0.0.3")));
        assertThat(connected).containsExactly("10.0.0.3:9080");
    }

    @Test
    void anEndpointThatWasThereBeforeAnybodyAskedIsNamedToo() throws Exception {
        identify();
        mesh.apply(config("1", cluster("ratings", "10.0.0.1")));
        mesh.connectAhead("ratings", 9080, (endpoint, security, timeout) -> connected.add(endpoint.toString()));
        assertThat(connected).containsExactly("10.0.0.1:9080");
    }

    @Test
    void anotherIdentityNeedsOtherConnections() throws Exception {
        identify();
        mesh.apply(config("1", cluster("ratings", "10.0.0.1")));
        mesh.connectAhead("ratings", 9080, (endpoint, security, timeout) -> connected.add(endpoint.toString()));
        identify();
        assertThat(connected).containsExactly("10.0.0.1:9080", "10.0.0.1:9080");
    }

    @Test
    void ofManyEndpointsAFewAreNamed() throws Exception {
        identify();
        String[] many = new String[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.0.0." + i;
        }
        mesh.apply(config("1", cluster("ratings", many)));
        mesh.connectAhead("ratings", 9080, (endpoint, security, timeout) -> connected.add(endpoint.toString()));
        assertThat(connected).hasSize(ConnectAhead.MOST).doesNotHaveDuplicates();
        mesh.apply(config("2", cluster("ratings", many)));
        assertThat(connected).hasSize(ConnectAhead.MOST);
    }

    @Test
    void plaintextOtherHostsAndWhoHasStoppedAreLeftAlone() throws Exception {
        identify();
        ClusterConfig plaintext = ClusterConfig.of("ratings").endpoint("10.0.0.1", 9080);
        mesh.apply(config("1", plaintext));
        AutoCloseable asked =
                mesh.connectAhead("ratings", 9080, (endpoint, security, timeout) -> connected.add(endpoint.toString()));
        mesh.connectAhead("elsewhere", 9080, (endpoint, security, timeout) -> connected.add(endpoint.toString()));
        assertThat(connected).isEmpty();
        asked.close();
        mesh.apply(config("2", cluster("ratings", "10.0.0.1")));
        assertThat(connected).isEmpty();
    }

    private void identify() {
        mesh.identity()
                .update(ca.issue("default", "reviews"), TrustBundle.of("test.local", Set.of(ca.rootCertificate())));
    }

    private static ClusterConfig cluster(String name, String... addresses) {
        ClusterConfig cluster = ClusterConfig.of(name).withTls(MUTUAL);
        for (String address : addresses) {
            cluster = cluster.endpoint(address, 9080);
        }
        return cluster;
    }

    private static MeshConfig config(String version, ClusterConfig cluster) {
        return MeshConfig.builder()
                .version(version)
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of(cluster.name() + ":9080", RouteConfig.to(cluster.name())))
                .build();
    }

    private static Mesh mesh() {
        FakeScheduler time = new FakeScheduler(new FakeClock(Instant.now()));
        return Mesh.builder()
                .config(MeshConfig.EMPTY)
                .clock(time.clock())
                .scheduler(time)
                .randomness(new SeededRandomness(1))
                .build();
    }
}
