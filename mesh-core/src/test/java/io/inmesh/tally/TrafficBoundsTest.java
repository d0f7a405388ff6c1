package io.inmesh.tally;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.config.EndpointConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.EndpointGroup;
import io.inmesh.endpoint.EndpointRegistry;
import io.inmesh.tally.CallTally.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrafficBoundsTest {

    private final ClusterTraffic cluster = new ClusterTraffic();

    @Test
    void endpointsOfOneVersionAreOneGroup() {
        List<Endpoint> endpoints = endpoints("a;default;reviews;v1;", "b;default;reviews;v1;", "c;default;reviews;v2;");
        assertThat(endpoints.get(0).group()).isSameAs(endpoints.get(1).group());
        assertThat(endpoints.get(2).group().name()).isEqualTo("default;reviews;v2");
    }

    @Test
    void aGroupStaysTheSameWhenTheConfigChanges() {
        EndpointRegistry registry = new EndpointRegistry("reviews");
        EndpointGroup before = registry.update(List.of(at(1, "a;default;reviews;v1;")))
                .endpoints()
                .get(0)
                .group();
        List<Endpoint> after = registry.update(List.of(at(1, "a;default;reviews;v1;"), at(2, "b;default;reviews;v1;")))
                .endpoints();
        assertThat(after).extracting(Endpoint::group).containsOnly(before);
    }

    @Test
    void moreRoutesThanTheBoundCountAsOne() {
        for (int i = 0; i < ClusterTraffic.MAX_ROUTES + 50; i++) {
            count(cluster.route("route-" + i).of(null, false, false));
        }
        List<RouteTraffic.Share> shares = cluster.take();
        assertThat(shares).hasSize(ClusterTraffic.MAX_ROUTES + 1);
        assertThat(shares)
                .filteredOn(share -> share.route().equals("other"))
                .singleElement()
                .satisfies(share -> assertThat(share.counts().get(0).count()).isEqualTo(50));
    }

    @Test
    void moreGroupsThanTheBoundCountAsOne() {
        String[] workloads = new String[RouteTraffic.MAX_GROUPS + 10];
        for (int i = 0; i < workloads.length; i++) {
            workloads[i] = "a;default;reviews;v" + i + ";";
        }
        RouteTraffic route = cluster.route("default");
        endpoints(workloads).forEach(endpoint -> count(route.of(endpoint.group(), false, false)));
        assertThat(cluster.take())
                .filteredOn(share -> share.group().equals("other"))
                .singleElement()
                .satisfies(share -> assertThat(share.counts().get(0).count()).isEqualTo(10));
    }

    @Test
    void aRouteThatWentQuietGivesItsPlaceBackAndLosesNoCall() {
        RouteTraffic route = cluster.route("old");
        CallTally tally = route.of(null, false, false);
        count(tally);
        for (int i = 0; i < RouteTraffic.QUIET_REPORTS + 2; i++) {
            cluster.take();
        }
        assertThat(route.forgotten()).isTrue();
        assertThat(cluster.route("old")).isNotSameAs(route);
    }

    @Test
    void aCallThatEndsJustWhenItsGroupLosesItsPlaceIsReportedAllTheSame() {
        RouteTraffic route = cluster.route("default");
        EndpointGroup quiet = endpoints("a;default;reviews;v1;").get(0).group();
        CallTally tally = route.of(quiet, false, false);
        count(tally);
        for (int i = 0; i < RouteTraffic.QUIET_REPORTS + 2; i++) {
            // Others are called, so the route keeps its place.
            count(route.of(null, false, false));
            cluster.take();
        }
        count(tally);
        assertThat(cluster.take()).extracting(RouteTraffic.Share::group).containsExactly("default;reviews;v1");
    }

    @Test
    void hostsOutsideOfTheMeshAreBoundedAndForgotten() {
        PassedThrough hosts = new PassedThrough();
        for (int i = 0; i < PassedThrough.MAX_HOSTS + 7; i++) {
            hosts.call("host-" + i);
        }
        assertThat(hosts.take())
                .hasSize(PassedThrough.MAX_HOSTS + 1)
                .contains(new PassedThrough.Share("other", 7), new PassedThrough.Share("host-0", 1));
        for (int i = 0; i < RouteTraffic.QUIET_REPORTS + 1; i++) {
            assertThat(hosts.take()).isEmpty();
        }
        hosts.call("late");
        assertThat(hosts.take()).containsExactly(new PassedThrough.Share("late", 1));
    }

    @Test
    void virtualHostsWithoutRouteAreBoundedAndForgotten() {
        UnroutedTraffic unrouted = new UnroutedTraffic();
        for (int i = 0; i < UnroutedTraffic.MAX_HOSTS + 3; i++) {
            count(unrouted.of("host-" + i, "", false));
        }
        assertThat(unrouted.take()).hasSize(UnroutedTraffic.MAX_HOSTS + 1);
        CallTally leaving = unrouted.of("host-0", "", false);
        for (int i = 0; i < RouteTraffic.QUIET_REPORTS + 1; i++) {
            assertThat(unrouted.take()).isEmpty();
        }
        count(leaving);
        count(unrouted.of("late", "", false));
        assertThat(unrouted.take())
                .extracting(UnroutedTraffic.Share::virtualHost)
                .containsExactlyInAnyOrder("host-0", "late");
    }

    private static void count(CallTally tally) {
        tally.add(Counted.ONCE, Outcome.Response.http(200), 1);
    }

    private static List<Endpoint> endpoints(String... workloads) {
        List<EndpointConfig> configs = new ArrayList<>();
        for (String workload : workloads) {
            configs.add(at(configs.size() + 1, workload));
        }
        return new EndpointRegistry("reviews").update(configs).endpoints();
    }

    private static EndpointConfig at(int host, String workload) {
        return new EndpointConfig(
                "10.0.0." + host, 9080, 1, EndpointConfig.Health.HEALTHY, 0, "", false, Map.of(), workload);
    }
}
