package io.inmesh.explain;

import io.inmesh.call.Call;
import io.inmesh.explain.Explanation.RouteTrial;
import io.inmesh.route.Route;
import io.inmesh.route.RouteTable;
import io.inmesh.route.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a call as the mesh would, and notes why. Nothing is drawn, counted or sent: where chance decides, the shares are told.
 */
public final class Explainer {

    /** Endpoints listed of one cluster; the figures count all of them. */
    public static final int MOST_ENDPOINTS = 50;

    private Explainer() {}

    /**
     * {@return what would be decided about a call and why}
     *
     * @param version name of the config
     * @param table the config's routes
     * @param call what is asked for
     */
    public static Explanation explain(String version, RouteTable table, Call call) {
        String request = request(call);
        VirtualHost host = table.find(call.host(), call.port());
        if (host == null) {
            return new Explanation(version, request, unknown(table, call), null, List.of(), null);
        }
        List<RouteTrial> trials = new ArrayList<>();
        Route matched = match(host, call, trials);
        if (matched == null) {
            String verdict = "answered 404: none of the " + trials.size() + " routes matches";
            return new Explanation(version, request, verdict, host.name(), trials, null);
        }
        RouteExplainer route = new RouteExplainer(matched, call);
        return new Explanation(version, request, route.verdict(), host.name(), trials, route.view());
    }

    private static @Nullable Route match(VirtualHost host, Call call, List<RouteTrial> trials) {
        for (Route route : host.routes()) {
            String mismatch = route.mismatch(call);
            trials.add(new RouteTrial(route.name(), route.config().origin(), mismatch));
            if (mismatch == null) {
                return route;
            }
        }
        return null;
    }

    private static String request(Call call) {
        String query = call.query() == null ? "" : "?" + call.query();
        return call.method() + " " + call.scheme() + "://" + call.host() + ":" + call.port() + call.path() + query;
    }

    private static String unknown(RouteTable table, Call call) {
        List<Integer> ports = table.knownPorts(call.host());
        String known = ports.isEmpty()
                ? "the mesh does not know host " + call.host()
                : "the mesh knows host " + call.host() + " on port " + ports + ", not on " + call.port();
        return "passes through untouched: " + known;
    }
}
