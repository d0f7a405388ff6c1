package io.inmesh.samples.bookinfo;

import static io.inmesh.samples.bookinfo.Scenarios.require;
import static io.inmesh.samples.bookinfo.Scenarios.until;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/** Whether the graph of services shows what really happens, and an operator finds a broken service in it. */
final class GraphCheck {

    /** Processes report every ten seconds. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String HOST = ".default.svc.cluster.local:9080>";
    private static final int CALLS = 40;
    private static final int MANY_CALLS = 300;

    private final Scenarios scenarios;
    private final Shop shop;
    private final Processes processes;

    GraphCheck(Scenarios scenarios, Shop shop, Processes processes) {
        this.scenarios = scenarios;
        this.shop = shop;
        this.processes = processes;
    }

    void all() {
        scenarios.scenario("the graph shows who called which version, over mutual TLS", () -> {
            require(shop.apply(Rules.reviewsAnywhere()).statusCode() == 200, "the routes were refused");
            Set<String> expected = Set.of(
                    edge("productpage/v1", "details", "details/v1"),
                    edge("productpage/v1", "reviews", "reviews/v1"),
                    edge("productpage/v1", "reviews", "reviews/v2"),
                    edge("productpage/v1", "reviews", "reviews/v3"),
                    edge("reviews/v2", "ratings", "ratings/v1"),
                    edge("reviews/v3", "ratings", "ratings/v1"));
            waitFor(() -> {
                shop.count(CALLS);
                shop.get("/productpage", null);
                return secured().containsAll(expected);
            });
            require(!secured().contains(edge("reviews/v1", "ratings", "ratings/v1")), "v1 calls no ratings");
            return expected.size() + " edges with their versions";
        });
        scenarios.scenario("a fault of ratings turns its edge red, and meshctl stat and explain tell it", () -> {
            String fault = Rules.ratingsFault("abort: {percentage: {value: 100}, httpStatus: 500}");
            require(shop.apply(fault).statusCode() == 200, "the fault was refused");
            try {
                // The good calls of the minute before count as well, until the bad ones are a tenth of all.
                waitFor(() -> {
                    for (int i = 0; i < MANY_CALLS; i++) {
                        shop.get("/api/v1/products/0/reviews", "jason");
                    }
                    return failing().contains("reviews/v2") && stat().contains("FAILING");
                });
                String stat = stat();
                String edges = processes.meshctl("edges", "ratings", "--window", "1m", "-o", "wide");
                require(edges.contains("fault:"), edges);
                explained();
                return stat.lines().skip(1).findFirst().orElseThrow().replaceAll(" +", " ");
            } finally {
                shop.delete(fault);
            }
        });
    }

    /** Requires that what failed two services behind the page is found by the id that the browser sent. */
    private void explained() throws Exception {
        String id = "lost-stars";
        for (int i = 0; i < CALLS; i++) {
            shop.answer("/api/v1/products/0/reviews", "end-user", "jason", RequestIds.HEADER, id);
        }
        String explained = processes.meshctl("explain", id);
        require(explained.contains("ratings:9080") && explained.contains("fault"), explained);
    }

    private String stat() throws Exception {
        return processes.meshctl("stat", "ratings", "--window", "1m");
    }

    private static String edge(String from, String service, String to) {
        return "workload:default/" + from + ">service:" + service + HOST + "workload:default/" + to;
    }

    private Set<String> secured() throws Exception {
        Set<String> edges = new TreeSet<>();
        for (JsonNode edge : shop.ask("/inmesh/v1/graph?window=5m").path("edges")) {
            if (edge.path("mtls").asDouble() == 1) {
                edges.add(edge.path("id").asText());
            }
        }
        return edges;
    }

    private Set<String> failing() throws Exception {
        Set<String> callers = new TreeSet<>();
        for (JsonNode edge : shop.ask("/inmesh/v1/graph?window=1m").path("edges")) {
            if (edge.path("service").asText().startsWith("service:ratings.")
                    && edge.path("health").asText().equals("FAILING")) {
                callers.add(edge.path("source").asText().replace("workload:default/", ""));
            }
        }
        return callers;
    }

    private static void waitFor(Callable<Boolean> holds) throws Exception {
        until(PATIENCE, holds);
    }
}
