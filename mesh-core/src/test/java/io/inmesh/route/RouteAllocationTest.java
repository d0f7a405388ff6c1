package io.inmesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.testkit.FakeCall;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Finding a route costs no garbage. */
final class RouteAllocationTest {

    private static final int CALLS = 50_000;

    @Test
    void findingHostAndRouteAllocatesNothing() {
        List<RouteConfig> routes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            routes.add(RouteConfig.of(
                    "r" + i,
                    RouteMatch.path(PathMatch.prefix("/p" + i + "/"))
                            .header(":method", StringMatch.exact("GET"))
                            .query("absent", StringMatch.present()),
                    RouteAction.to("c")));
        }
        routes.add(RouteConfig.to("c"));
        VirtualHost wild = Routes.host(new VirtualHostConfig("w", 0, List.of("*.example.org"), routes));
        RouteTable table = new RouteTable(List.of(wild));
        FakeCall call = FakeCall.get("/p99/x").query("a=1&b=2").to("a.example.org", 80);
        run(table, call);
        long before = allocated();
        long matched = run(table, call);
        long bytes = allocated() - before;
        assertThat(matched).isEqualTo(CALLS);
        // Less than one object per hundred calls: the measurement itself and the compiler are allowed some.
        assertThat(bytes).isLessThan(CALLS * 16L / 100);
    }

    private static long run(RouteTable table, FakeCall call) {
        long matched = 0;
        for (int i = 0; i < CALLS; i++) {
            VirtualHost host = table.find(call.host(), call.port());
            matched += host.match(call) == null ? 0 : 1;
        }
        return matched;
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
