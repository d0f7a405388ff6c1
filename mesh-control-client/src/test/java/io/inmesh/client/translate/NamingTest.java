package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.inmesh.config.EndpointConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.Cluster.DiscoveryType;
import io.inmesh.xds.cluster.Cluster.DnsLookupFamily;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How names become addresses. */
class NamingTest {

    private static final EndpointConfig API = EndpointConfig.of("api.example.com", 443)
            .withWeight(3)
            .withLocality("eu/a")
            .withPriority(1);

    @Test
    void onlyDnsClustersHaveNames() {
        assertThat(Naming.of(cluster(DiscoveryType.EDS, DnsLookupFamily.AUTO))).isNull();
        assertThat(Naming.of(cluster(DiscoveryType.STATIC, DnsLookupFamily.AUTO)))
                .isNull();
    }

    @Test
    void strictlyEachAddressIsAnEndpointLikeTheNamedOne() throws Exception {
        assertThat(resolve(DiscoveryType.STRICT_DNS, DnsLookupFamily.ALL, "10.0.0.2", "10.0.0.1", "10.0.0.2"))
                .extracting(
                        EndpointConfig::host,
                        EndpointConfig::address,
                        EndpointConfig::workload,
                        EndpointConfig::weight,
                        EndpointConfig::locality,
                        EndpointConfig::priority)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("10.0.0.1", "", "api.example.com", 3L, "eu/a", 1),
                        org.assertj.core.groups.Tuple.tuple("10.0.0.2", "", "api.example.com", 3L, "eu/a", 1));
    }

    @Test
    void logicallyANameIsOneEndpointThatLeadsToTheFirstAddress() throws Exception {
        assertThat(resolve(DiscoveryType.LOGICAL_DNS, DnsLookupFamily.ALL, "10.0.0.2", "10.0.0.1"))
                .extracting(EndpointConfig::host, EndpointConfig::address)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("api.example.com", "10.0.0.2"));
        assertThat(resolve(DiscoveryType.LOGICAL_DNS, DnsLookupFamily.ALL)).isEmpty();
    }

    /** Trap 5: the two addresses of one machine do not make two endpoints of it. */
    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource({
        "V4_ONLY, 10.0.0.1 2001:db8::1, 10.0.0.1",
        "V4_PREFERRED, 10.0.0.1 2001:db8::1, 10.0.0.1",
        "V4_PREFERRED, 2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "V6_ONLY, 10.0.0.1 2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "V6_ONLY, 10.0.0.1, ''",
        "AUTO, 10.0.0.1 2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "AUTO, 10.0.0.1, 10.0.0.1",
        "ALL, 10.0.0.1 2001:db8::1, 10.0.0.1 2001:db8:0:0:0:0:0:1"
    })
    void oneFamilyCountsUnlessBothAreWanted(DnsLookupFamily family, String answer, String used) throws Exception {
        String hosts = String.join(
                " ",
                resolve(DiscoveryType.STRICT_DNS, family, answer.split(" ")).stream()
                        .map(EndpointConfig::host)
                        .toList());
        assertThat(hosts).isEqualTo(used);
    }

    @Test
    void addressesAmongNamesStayWhatTheyAre() {
        List<EndpointConfig> endpoints =
                List.of(EndpointConfig.of("10.0.0.9", 80), EndpointConfig.of("::1", 80), EndpointConfig.of("a1", 80));
        Naming naming = Naming.of(cluster(DiscoveryType.STRICT_DNS, DnsLookupFamily.ALL));

        assertThat(naming.namesIn(endpoints)).containsExactly("a1");
        assertThat(naming.resolve(endpoints, name -> List.of())).isEqualTo(endpoints.subList(0, 2));
    }

    @Test
    void namesAreLookedUpAsOftenAsTheClusterSays() {
        Cluster cluster = cluster(DiscoveryType.STRICT_DNS, DnsLookupFamily.ALL);
        assertThat(Naming.of(cluster).refresh()).isEqualTo(java.time.Duration.ofSeconds(5));
        assertThat(Naming.of(cluster.toBuilder()
                                .setDnsRefreshRate(Duration.newBuilder().setSeconds(60))
                                .build())
                        .refresh())
                .isEqualTo(java.time.Duration.ofSeconds(60));
    }

    private static List<EndpointConfig> resolve(DiscoveryType type, DnsLookupFamily family, String... addresses)
            throws Exception {
        List<InetAddress> answer = new java.util.ArrayList<>();
        for (String address : addresses) {
            answer.add(InetAddress.getByName(address));
        }
        return Naming.of(cluster(type, family)).resolve(List.of(API), name -> answer);
    }

    private static Cluster cluster(DiscoveryType type, DnsLookupFamily family) {
        return Cluster.newBuilder().setType(type).setDnsLookupFamily(family).build();
    }
}
