package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Consul agent on loopback with a catalog that tests write, and blocking queries that wait as Consul's do: that for all services is
 * told of registrations, that for all checks of checks, and that for all nodes of both nodes and registrations.
 */
final class FakeConsul implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SERVICES = "/v1/catalog/services";
    private static final String CHECKS = "/v1/health/state/any";
    private static final String NODES = "/v1/catalog/nodes";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-consul");
        thread.setDaemon(true);
        return thread;
    });
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final Map<String, Long> tables = new TreeMap<>();
    private Map<String, ArrayNode> catalog = new TreeMap<>();
    private long index = 10;
    private int status = 200;
    private String failing = "";
    private int atOnce;
    private int mostAtOnce;
    private boolean hanging;
    private boolean ended;

    FakeConsul() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Paths with queries, in the order they were asked. */
    List<String> asked() {
        return asked;
    }

    List<String> tokens() {
        return tokens;
    }

    /** {@return how many questions were asked at the same time, at most} */
    synchronized int mostAtOnce() {
        return mostAtOnce;
    }

    /** Answers everything, what waits included, with this from now on. */
    synchronized void status(int now) {
        status = now;
        notifyAll();
    }

    /** Answers questions for this service with 500 from now on. */
    synchronized void fails(String service) {
        failing = "/v1/health/service/" + service;
    }

    synchronized void hang() {
        hanging = true;
    }

    /** Services with their instances, whose {@code Checks} are those that all checks are asked for, too. */
    synchronized void catalog(Map<String, ArrayNode> now) {
        boolean registrations = !withoutChecks(catalog).equals(withoutChecks(now));
        ArrayNode checks = checks();
        catalog = now;
        index += 5;
        if (registrations) {
            tables.put(SERVICES, index);
            tables.put(NODES, index);
        }
        if (!checks.equals(checks())) {
            tables.put(CHECKS, index);
        }
        notifyAll();
    }

    /** A node has another address; only the query for nodes tells. */
    synchronized void moves(String node, String address) {
        catalog.values()
                .forEach(instances -> instances.forEach(instance -> {
                    if (instance.at("/Node/Node").asText().equals(node)) {
                        ((ObjectNode) instance.get("Node")).put("Address", address);
                    }
                }));
        index += 5;
        tables.put(NODES, index);
        notifyAll();
    }

    private static Map<String, ArrayNode> withoutChecks(Map<String, ArrayNode> catalog) {
        Map<String, ArrayNode> copy = new TreeMap<>();
        catalog.forEach((name, instances) -> {
            ArrayNode bare = instances.deepCopy();
            bare.forEach(instance -> ((ObjectNode) instance).remove("Checks"));
            copy.put(name, bare);
        });
        return copy;
    }

    /** Is replaced by one that has another catalog and begins to count anew; what waits is cut off. */
    synchronized void restart(Map<String, ArrayNode> now) {
        catalog = now;
        index = 1;
        tables.clear();
        notifyAll();
    }

    static ArrayNode instances(List<String> endpoints) {
        ArrayNode instances = JSON.createArrayNode();
        for (String endpoint : endpoints) {
            String[] parts = endpoint.split(":");
            ObjectNode instance = instances.addObject();
            instance.putObject("Node")
                    .put("Node", "node-" + parts[0])
                    .put("Address", parts[0])
                    .put("Datacenter", "dc1");
            ObjectNode service = instance.putObject("Service");
            service.put("ID", "at-" + endpoint).put("Port", Integer.parseInt(parts[1]));
            service.putObject("Meta").put("inmesh-port", "9080");
            service.putObject("Weights").put("Passing", 1).put("Warning", 1);
            instance.putArray("Checks");
        }
        return instances;
    }

    /** Gives each instance a check. */
    static ArrayNode checked(ArrayNode instances, String service, String status) {
        instances.forEach(instance -> ((ArrayNode) instance.get("Checks"))
                .addObject()
                .put("CheckID", "service:" + instance.at("/Service/ID").asText())
                .put("Node", instance.at("/Node/Node").asText())
                .put("ServiceName", service)
                .put("ServiceID", instance.at("/Service/ID").asText())
                .put("Status", status));
        return instances;
    }

    private void handle(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI().toString());
        tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Consul-Token")));
        byte[] body;
        int answer;
        long at;
        synchronized (this) {
            String path = exchange.getRequestURI().getPath();
            mostAtOnce = Math.max(mostAtOnce, ++atOnce);
            waitForNews(path, exchange.getRequestURI().getQuery());
            atOnce--;
            answer = path.equals(failing) ? 500 : status;
            at = indexOf(path);
            body = answer == 200
                    ? JSON.writeValueAsBytes(content(path))
                    : "it is like that".getBytes(StandardCharsets.UTF_8);
        }
        exchange.getResponseHeaders().add("X-Consul-Index", Long.toString(at));
        exchange.sendResponseHeaders(answer, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private long indexOf(String path) {
        boolean whole = path.equals(SERVICES) || path.equals(CHECKS) || path.equals(NODES);
        return whole ? tables.getOrDefault(path, Math.min(index, 10)) : index;
    }

    private void waitForNews(String path, String query) {
        long known = known(query);
        // Its index is a different one: something has happened, or it has started anew.
        while (!ended && (hanging || (status == 200 && known > 0 && known == indexOf(path)))) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static long known(String query) {
        for (String part : query.split("&")) {
            if (part.startsWith("index=")) {
                return Long.parseLong(part.substring(6));
            }
        }
        return 0;
    }

    private JsonNode content(String path) {
        switch (path) {
            case SERVICES -> {
                ObjectNode names = JSON.createObjectNode();
                names.putArray("consul");
                catalog.keySet().forEach(names::putArray);
                return names;
            }
            case CHECKS -> {
                return checks();
            }
            case NODES -> {
                Map<String, JsonNode> nodes = new TreeMap<>();
                catalog.values()
                        .forEach(instances -> instances.forEach(
                                instance -> nodes.put(instance.at("/Node/Node").asText(), instance.get("Node"))));
                return JSON.createArrayNode().addAll(nodes.values());
            }
            default -> {
                return catalog.getOrDefault(path.substring(path.lastIndexOf('/') + 1), JSON.createArrayNode());
            }
        }
    }

    private ArrayNode checks() {
        ArrayNode checks = JSON.createArrayNode();
        catalog.values()
                .forEach(instances ->
                        instances.forEach(instance -> instance.path("Checks").forEach(checks::add)));
        return checks;
    }

    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        server.stop(0);
        threads.shutdownNow();
    }
}
