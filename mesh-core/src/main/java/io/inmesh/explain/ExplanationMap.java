package io.inmesh.explain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns explanations into maps. Written out rather than reflected, so that the names are a choice and nothing needs to be opened. */
final class ExplanationMap {

    private ExplanationMap() {}

    static Map<String, Object> of(Explanation explanation) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("config", explanation.version());
        map.put("request", explanation.request());
        map.put("verdict", explanation.verdict());
        if (explanation.virtualHost() != null) {
            map.put("virtualHost", explanation.virtualHost());
        }
        map.put(
                "routes",
                explanation.routes().stream().map(ExplanationMap::trial).toList());
        if (explanation.route() != null) {
            map.put("route", route(explanation.route()));
        }
        return map;
    }

    private static Map<String, Object> trial(Explanation.RouteTrial trial) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", trial.name());
        map.put("origin", trial.origin());
        map.put("matched", trial.mismatch() == null);
        if (trial.mismatch() != null) {
            map.put("mismatch", trial.mismatch());
        }
        return map;
    }

    private static Map<String, Object> route(Explanation.RouteView route) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", route.name());
        map.put("origin", route.origin());
        map.put("action", route.action());
        map.put("timeout", route.timeout());
        map.put("retry", route.retry());
        map.put("faults", route.faults());
        if (route.rewrittenPath() != null) {
            map.put("rewrittenPath", route.rewrittenPath());
        }
        if (route.rewrittenAuthority() != null) {
            map.put("rewrittenAuthority", route.rewrittenAuthority());
        }
        map.put(
                "destinations",
                route.destinations().stream().map(ExplanationMap::destination).toList());
        map.put("mirrors", route.mirrors());
        return map;
    }

    private static Map<String, Object> destination(Explanation.DestinationView destination) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("cluster", destination.cluster());
        map.put("origin", destination.origin());
        map.put("weight", destination.weight());
        map.put("percent", destination.percent());
        map.put("missing", destination.missing());
        map.put("loadBalancer", destination.loadBalancer());
        if (destination.key() != null) {
            map.put("key", destination.key());
        }
        map.put("choice", destination.choice());
        map.put("limits", destination.limits());
        map.put("retriesAvailable", destination.retriesAvailable());
        if (!destination.clientPolicy().isEmpty()) {
            map.put("clientPolicy", destination.clientPolicy());
        }
        map.put(
                "localities",
                destination.localities().stream().map(ExplanationMap::locality).toList());
        map.put("endpoints", endpoints(destination.endpoints()));
        return map;
    }

    private static Map<String, Object> locality(Explanation.LocalityView locality) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("priority", locality.priority());
        map.put("locality", locality.locality());
        map.put("known", locality.known());
        map.put("usable", locality.usable());
        map.put("percent", locality.percent());
        map.put("reason", locality.reason());
        return map;
    }

    private static List<Map<String, Object>> endpoints(List<Explanation.EndpointView> endpoints) {
        return endpoints.stream().map(ExplanationMap::endpoint).toList();
    }

    private static Map<String, Object> endpoint(Explanation.EndpointView endpoint) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("address", endpoint.address());
        map.put("workload", endpoint.workload());
        map.put("locality", endpoint.locality());
        map.put("eligible", endpoint.eligible());
        map.put("standing", endpoint.standing());
        map.put("weight", endpoint.weight());
        map.put("priority", endpoint.priority());
        map.put("inFlight", endpoint.inFlight());
        map.put("security", endpoint.security());
        return map;
    }
}
