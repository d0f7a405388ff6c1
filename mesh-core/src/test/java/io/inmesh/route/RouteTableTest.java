package io.inmesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.VirtualHostConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which virtual host a name leads to. */
final class RouteTableTest {

    @Test
    void theExactNameWinsThenTheLongestWildcardThenAll() {
        RouteTable table = table(
                host("all", 0, "*"),
                host("org", 0, "*.org"),
                host("example", 0, "*.example.org"),
                host("exact", 0, "a.example.org"));
        assertThat(find(table, "a.example.org", 80)).isEqualTo("exact");
        assertThat(find(table, "b.example.org", 80)).isEqualTo("example");
        assertThat(find(table, "b.a.example.org", 80)).isEqualTo("example");
        assertThat(find(table, "example.org", 80)).isEqualTo("org");
        assertThat(find(table, "example.com", 80)).isEqualTo("all");
    }

    @Test
    void unknownNamesLeadNowhere() {
        RouteTable table = table(host("reviews", 9080, "reviews"), host("wild", 0, "*.example.org"));
        assertThat(find(table, "ratings", 9080)).isEqualTo("none");
        assertThat(find(table, "reviews", 9081)).isEqualTo("none");
        assertThat(find(table, "", 9080)).isEqualTo("none");
        assertThat(table.knownPorts("reviews")).containsExactly(9080);
    }

    @Test
    void thePortWinsOverEveryPort() {
        RouteTable table = table(host("any", 0, "reviews"), host("special", 9080, "reviews"));
        assertThat(find(table, "reviews", 9080)).isEqualTo("special");
        assertThat(find(table, "reviews", 80)).isEqualTo("any");
    }

    @Test
    void aShorterWildcardOfThePortServesWhereTheLongerOneIsOfAnother() {
        RouteTable table = table(host("long", 443, "*.example.org"), host("short", 0, "*.org"));
        assertThat(find(table, "a.example.org", 443)).isEqualTo("long");
        assertThat(find(table, "a.example.org", 80)).isEqualTo("short");
    }

    @Test
    void aTrailingDotChangesNothing() {
        RouteTable table =
                table(host("plain", 0, "svc.ns", "svc.ns."), host("dotted", 0, "only.ns."), host("wild", 0, "*.org."));
        for (String dot : List.of("", ".")) {
            assertThat(find(table, "svc.ns" + dot, 80)).isEqualTo("plain");
            assertThat(find(table, "only.ns" + dot, 80)).isEqualTo("dotted");
            assertThat(find(table, "a.org" + dot, 80)).isEqualTo("wild");
        }
    }

    @Test
    void thousandsOfWildcardsAreTold() {
        List<VirtualHost> hosts = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            hosts.add(host("h" + i, 0, "*.d" + i + ".org"));
        }
        RouteTable table = new RouteTable(hosts);
        for (int i = 0; i < 5000; i += 7) {
            assertThat(find(table, "x.d" + i + ".org", 80)).isEqualTo("h" + i);
        }
        assertThat(find(table, "x.d5000.org", 80)).isEqualTo("none");
    }

    private static RouteTable table(VirtualHost... hosts) {
        return new RouteTable(Arrays.asList(hosts));
    }

    private static VirtualHost host(String name, int port, String... domains) {
        return Routes.host(new VirtualHostConfig(name, port, List.of(domains), List.of()));
    }

    private static String find(RouteTable table, String host, int port) {
        VirtualHost found = table.find(host, port);
        return found == null ? "none" : found.name();
    }
}
