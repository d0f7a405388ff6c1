package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.cluster.Cluster;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clusters whose endpoints are host names: looked up again and again, off the callers' threads, last good answer kept. */
final class NamesTest {

    private static final String API = "outbound|80||api.example.com";
    private static final java.time.Duration REFRESH = java.time.Duration.ofSeconds(60);

    @TempDir
    Path folder;

    /** A name server that says what a test tells it to, and notes who asks. */
    private static final class Script implements NameResolver {
        final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        final BlockingQueue<List<String>> answers = new LinkedBlockingQueue<>();

        @Override
        public List<InetAddress> resolve(String host) throws UnknownHostException {
            asked.add(host + " on " + Thread.currentThread().getName().replaceAll("\\d", "")
                    + (Thread.currentThread().isDaemon() ? "" : ", no daemon"));
            try {
                List<InetAddress> addresses = new ArrayList<>();
                for (String address : answers.take()) {
                    if (address.equals("?")) {
                        throw new UnknownHostException(host);
                    }
                    addresses.add(InetAddress.getByName(address));
                }
                return addresses;
            } catch (InterruptedException e) {
                throw new UnknownHostException("closed");
            }
        }

        void answer(String... addresses) {
            answers.add(List.of(addresses));
        }

        String nextAsked() throws InterruptedException {
            return asked.poll(60, TimeUnit.SECONDS);
        }
    }

    private final Script names = new Script();

    private Joined joined() throws Exception {
        return Joined.with(folder, builder -> builder.nameResolver(names));
    }

    private static Cluster cluster(Cluster.DiscoveryType type) {
        return Cluster.newBuilder()
                .setName(API)
                .setType(type)
                .setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED)
                .setDnsRefreshRate(Duration.newBuilder().setSeconds(REFRESH.toSeconds()))
                .setLoadAssignment(Shapes.endpoints(API, "api.example.com"))
                .build();
    }

    private static void clusters(io.inmesh.client.Script stream, Cluster... clusters) throws InterruptedException {
        stream.answered(TypeUrls.CLUSTER, "c" + clusters.length + clusters.hashCode(), List.of(clusters));
    }

    private static List<String> hosts(MeshConfig config) {
        return config.clusters().stream()
                .filter(cluster -> cluster.name().equals(API))
                .flatMap(cluster -> cluster.endpoints().stream())
                .map(EndpointConfig::host)
                .toList();
    }

    private void refresh(Joined joined) throws InterruptedException {
        joined.mesh.time.advance(joined.mesh.nextDelay(REFRESH.multipliedBy(9).dividedBy(10), REFRESH));
    }

    @Test
    void aConfigWaitsForItsNamesAndNewAddressesAreUsed() throws Exception {
        try (Joined joined = joined()) {
            io.inmesh.client.Script stream = joined.nextStream();
            clusters(stream, cluster(Cluster.DiscoveryType.STRICT_DNS));
            assertThat(names.nextAsked()).isEqualTo("api.example.com on inmesh-names-");
            assertThat(joined.mesh.applied).as("not looked up yet").isEmpty();
            names.answer("10.0.0.2", "10.0.0.1");
            stream.answered(TypeUrls.LISTENER, "l1", List.of());
            assertThat(hosts(joined.mesh.nextConfig())).containsExactly("10.0.0.1", "10.0.0.2");

            names.answer("10.0.0.1", "10.0.0.3");
            refresh(joined);
            assertThat(hosts(joined.mesh.nextConfig())).containsExactly("10.0.0.1", "10.0.0.3");
        }
    }

    /** Trap 84: a failed or empty answer changes nothing, is asked for again soon, and is not kept. */
    @Test
    void failedAndEmptyAnswersKeepTheLastGoodOne() throws Exception {
        try (Joined joined = joined()) {
            io.inmesh.client.Script stream = joined.nextStream();
            names.answer("10.0.0.1");
            clusters(stream, cluster(Cluster.DiscoveryType.STRICT_DNS));
            stream.answered(TypeUrls.LISTENER, "l1", List.of());
            assertThat(hosts(joined.mesh.nextConfig())).containsExactly("10.0.0.1");
            joined.mesh.applied.clear();

            names.answer("?");
            refresh(joined);
            names.answer();
            joined.mesh.time.advance(
                    joined.mesh.nextDelay(java.time.Duration.ofMillis(800), java.time.Duration.ofMillis(1200)));
            names.answer("10.0.0.4");
            joined.mesh.time.advance(
                    joined.mesh.nextDelay(java.time.Duration.ofMillis(1280), java.time.Duration.ofMillis(1920)));
            assertThat(hosts(joined.mesh.nextConfig()))
                    .as("nothing else in between")
                    .containsExactly("10.0.0.4");
            refresh(joined);
        }
    }

    @Test
    void aNameThatCannotBeResolvedHoldsNobodyElseBack() throws Exception {
        try (Joined joined = joined()) {
            io.inmesh.client.Script stream = joined.nextStream();
            names.answer("?");
            clusters(stream, cluster(Cluster.DiscoveryType.STRICT_DNS), Shapes.cluster(Shapes.REVIEWS));
            stream.answered(TypeUrls.ENDPOINT, "e1", List.of(Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1")));
            stream.answered(TypeUrls.LISTENER, "l1", List.of());
            MeshConfig config = joined.mesh.nextConfig();
            assertThat(config.clusters()).extracting(ClusterConfig::name).contains(API, Shapes.REVIEWS);
            assertThat(hosts(config)).isEmpty();
        }
    }

    @Test
    void aNameServerThatHangsIsWaitedForFiveSeconds() throws Exception {
        try (Joined joined = joined()) {
            io.inmesh.client.Script stream = joined.nextStream();
            clusters(stream, cluster(Cluster.DiscoveryType.STRICT_DNS));
            stream.answered(TypeUrls.LISTENER, "l1", List.of());
            names.nextAsked();
            joined.mesh.time.advance(
                    joined.mesh.nextDelay(java.time.Duration.ofSeconds(5), java.time.Duration.ofSeconds(5)));
            assertThat(hosts(joined.mesh.nextConfig())).isEmpty();
            names.answer("10.0.0.5");
            assertThat(hosts(joined.mesh.nextConfig())).containsExactly("10.0.0.5");
        }
    }

    @Test
    void logicallyTheNameStaysTheEndpointAndOnlyItsAddressChanges() throws Exception {
        try (Joined joined = joined()) {
            io.inmesh.client.Script stream = joined.nextStream();
            names.answer("10.0.0.2", "10.0.0.1");
            clusters(stream, cluster(Cluster.DiscoveryType.LOGICAL_DNS));
            stream.answered(TypeUrls.LISTENER, "l1", List.of());
            EndpointConfig before =
                    joined.mesh.nextConfig().clusters().get(0).endpoints().get(0);
            names.answer("10.0.0.1", "10.0.0.2");
            refresh(joined);
            EndpointConfig after =
                    joined.mesh.nextConfig().clusters().get(0).endpoints().get(0);
            assertThat(before.address()).isEqualTo("10.0.0.2");
            assertThat(after).isEqualTo(before.withAddress("10.0.0.1"));
        }
    }

    @Test
    void configsThatComeMeanwhileAskNothingAgain() throws Exception {
        try (Joined joined = joined()) {
            io.inmesh.client.Script stream = joined.nextStream();
            names.answer("10.0.0.1");
            clusters(stream, cluster(Cluster.DiscoveryType.STRICT_DNS));
            stream.answered(TypeUrls.LISTENER, "l1", List.of());
            joined.mesh.nextConfig();
            names.nextAsked();
            for (int i = 0; i < 20; i++) {
                stream.answered(TypeUrls.LISTENER, "l" + (i + 2), List.of());
                assertThat(hosts(joined.mesh.nextConfig())).containsExactly("10.0.0.1");
            }
            assertThat(names.asked).isEmpty();
        }
    }
}
