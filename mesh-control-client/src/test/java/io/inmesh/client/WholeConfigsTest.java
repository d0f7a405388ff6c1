package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.route.VirtualHost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clusters that come and go, told in any order: no config in use ever has a route to a cluster that is not there, or has no endpoints. */
final class WholeConfigsTest {

    private static final int CHANGES = 150;
    private static final int CLUSTERS = 5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void routesLeadNowhereElseThanToClustersWithEndpoints(boolean stateOfTheWorld) throws Exception {
        Random random = new Random(60);
        try (Joined joined = Joined.to(folder, stateOfTheWorld)) {
            Script stream = joined.nextStream();
            joined.reviews(stream);
            Set<String> before = Set.of(Shapes.REVIEWS);
            for (int change = 0; change < CHANGES; change++) {
                Set<String> now = drawn(random);
                List<String> order = new ArrayList<>(List.of(TypeUrls.CLUSTER, TypeUrls.ENDPOINT, TypeUrls.ROUTE));
                Collections.shuffle(order, random);
                // Who asks for endpoints because of a new cluster gets them.
                order.add(TypeUrls.ENDPOINT);
                for (int i = 0; i < order.size(); i++) {
                    tell(stream, order.get(i), change + "." + i, before, now);
                    assertWhole(joined);
                }
                before = now;
            }
            stream.answered(TypeUrls.ROUTE, "last", List.of(Shapes.routes("9080", host(Shapes.REVIEWS))));
            stream.answered(TypeUrls.CLUSTER, "last", List.of(Shapes.cluster(Shapes.REVIEWS)));
            stream.answered(TypeUrls.ENDPOINT, "last", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.99")));
            MeshConfig last = joined.mesh.nextConfig();
            for (MeshConfig next = joined.mesh.applied.poll(); next != null; next = joined.mesh.applied.poll()) {
                last = next;
            }
            assertThat(last.clusters())
                    .as("and none was held back in the end")
                    .filteredOn(cluster -> cluster.name().equals(Shapes.REVIEWS))
                    .flatExtracting(ClusterConfig::endpoints)
                    .extracting("host")
                    .containsExactly("10.0.0.99");
        }
    }

    private static Set<String> drawn(Random random) {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < CLUSTERS; i++) {
            if (random.nextBoolean()) {
                names.add("outbound|9080||c" + i + ".default.svc.cluster.local");
            }
        }
        return names;
    }

    private static void tell(Script stream, String typeUrl, String version, Set<String> before, Set<String> now)
            throws Exception {
        switch (typeUrl) {
            case TypeUrls.CLUSTER -> {
                stream.answered(
                        typeUrl, version, now.stream().map(Shapes::cluster).toList());
                if (stream instanceof DeltaScript) {
                    Set<String> gone = new TreeSet<>(before);
                    gone.removeAll(now);
                    stream.remove(typeUrl, version + "-", "gone" + version, List.copyOf(gone));
                    stream.answer(typeUrl, "gone" + version);
                }
            }
            case TypeUrls.ENDPOINT ->
                stream.answered(
                        typeUrl,
                        version,
                        now.stream()
                                .map(name -> Shapes.endpoints(name, "10.0.0.1", "10.0.0.2"))
                                .toList());
            default ->
                stream.answered(
                        typeUrl,
                        version,
                        List.of(Shapes.routes(
                                "9080", now.stream().map(WholeConfigsTest::host).toArray(VirtualHost[]::new))));
        }
    }

    private static VirtualHost host(String cluster) {
        return Shapes.host(cluster, cluster, cluster.substring(cluster.lastIndexOf('|') + 1));
    }

    private static void assertWhole(Joined joined) {
        List<MeshConfig> configs = new ArrayList<>();
        joined.mesh.applied.drainTo(configs);
        configs.forEach(WholeConfigsTest::assertWhole);
    }

    private static void assertWhole(MeshConfig config) {
        Set<String> filled = config.clusters().stream()
                .filter(cluster -> !cluster.endpoints().isEmpty())
                .map(ClusterConfig::name)
                .collect(Collectors.toSet());
        for (VirtualHostConfig host : config.virtualHosts()) {
            for (RouteConfig route : host.routes()) {
                assertThat(filled)
                        .as(config.version())
                        .containsAll(((RouteAction.Forward) route.action())
                                .clusters().stream()
                                        .map(WeightedCluster::cluster)
                                        .toList());
            }
        }
    }
}
