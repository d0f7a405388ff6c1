package io.inmesh.explain;

import io.inmesh.explain.Explanation.DestinationView;
import io.inmesh.explain.Explanation.EndpointView;
import io.inmesh.explain.Explanation.LocalityView;
import io.inmesh.explain.Explanation.RouteTrial;
import io.inmesh.explain.Explanation.RouteView;
import java.util.Locale;

/** Writes an explanation as text, outermost first, two spaces deeper for each step inwards. */
final class ExplanationText {

    private final StringBuilder text = new StringBuilder();

    ExplanationText(Explanation explanation) {
        line(0, explanation.request());
        line(0, "=> " + explanation.verdict() + " (config " + explanation.version() + ")");
        if (explanation.virtualHost() != null) {
            line(0, "virtual host " + explanation.virtualHost());
        }
        for (RouteTrial trial : explanation.routes()) {
            trial(trial);
        }
        if (explanation.route() != null) {
            route(explanation.route());
        }
        text.setLength(text.length() - 1);
    }

    private void trial(RouteTrial trial) {
        String result = trial.mismatch() == null ? "matches" : "does not match: " + trial.mismatch();
        line(1, "route " + trial.name() + from(trial.origin()) + " " + result);
    }

    private void route(RouteView route) {
        line(2, "action: " + route.action());
        line(2, "timeout: " + route.timeout());
        line(2, "retries: " + route.retry());
        line(2, "faults: " + route.faults());
        if (route.rewrittenPath() != null) {
            line(2, "path sent: " + route.rewrittenPath());
        }
        if (route.rewrittenAuthority() != null) {
            line(2, "authority sent: " + route.rewrittenAuthority());
        }
        for (DestinationView destination : route.destinations()) {
            destination(destination);
        }
        route.mirrors().forEach(mirror -> line(2, "copied to " + mirror));
    }

    private void destination(DestinationView destination) {
        String share = String.format(Locale.ROOT, "%.2f", destination.percent());
        String name =
                "cluster " + destination.cluster() + from(destination.origin()) + ", " + share + " % of the calls";
        if (destination.missing()) {
            line(2, name + ": does not exist");
            return;
        }
        line(2, name + ", " + destination.loadBalancer() + ": " + destination.choice());
        if (destination.key() != null) {
            line(3, "key: " + destination.key());
        }
        line(3, "limits: " + destination.limits());
        line(3, String.format(Locale.ROOT, "retry budget: %.0f available", destination.retriesAvailable()));
        if (!destination.clientPolicy().isEmpty()) {
            line(3, destination.clientPolicy());
        }
        if (destination.localities().size() > 1) {
            destination.localities().forEach(this::locality);
        }
        for (EndpointView endpoint : destination.endpoints()) {
            endpoint(endpoint);
        }
    }

    private void locality(LocalityView locality) {
        String name = locality.locality().isEmpty() ? "unknown" : locality.locality();
        line(
                3,
                "priority " + locality.priority() + ", locality " + name + " " + locality.reason() + "; "
                        + String.format(Locale.ROOT, "%.2f", locality.percent()) + " % of the calls, "
                        + locality.usable() + " of " + locality.known() + " endpoints usable");
    }

    private void endpoint(EndpointView endpoint) {
        String workload = endpoint.workload().isEmpty() ? "" : " (" + endpoint.workload() + ")";
        String place = endpoint.locality().isEmpty() ? "" : ", locality " + endpoint.locality();
        line(
                3,
                "endpoint " + endpoint.address() + workload + " " + endpoint.standing() + "; weight "
                        + endpoint.weight() + ", priority " + endpoint.priority() + place + ", " + endpoint.inFlight()
                        + " in flight, " + endpoint.security());
    }

    private static String from(String origin) {
        return origin.isEmpty() ? "" : " of " + origin;
    }

    private void line(int depth, String words) {
        text.append("  ".repeat(depth)).append(words).append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
