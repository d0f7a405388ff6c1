package io.inmesh.server.source.consul;

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

/** A Consul agent on loopback with a catalog that tests write, and blocking queries that wait as Consul's do. */
final class FakeConsul implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-consul");
        thread.setDaemon(true);
        return thread;
    });
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private Map<String, ArrayNode> catalog = new TreeMap<>();
    private long index = 10;
    private int status = 200;
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

    /** Answers everything, what waits included, with this from now on. */
    synchronized void status(int now) {
        status = now;
        notifyAll();
    }

    synchronized void hang() {
        hanging = true;
    }

    synchronized void catalog(Map<String, ArrayNode> now) {
        catalog = now;
        index += 5;
        notifyAll();
    }

    /** Is replaced by one that has another catalog and begins to count anew; what waits is cut off. */
    synchronized void restart(Map<String, ArrayNode> now) {
        catalog = now;
        index = 1;
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

    private void handle(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI().toString());
        tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Consul-Token")));
        byte[] body;
        int answer;
        long at;
        synchronized (this) {
            waitForNews(exchange);
            answer = status;
            at = index;
            body = status == 200
                    ? JSON.writeValueAsBytes(content(exchange.getRequestURI().getPath()))
                    : "it is like that".getBytes(StandardCharsets.UTF_8);
        }
        exchange.getResponseHeaders().add("X-Consul-Index", Long.toString(at));
        exchange.sendResponseHeaders(answer, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void waitForNews(HttpExchange exchange) {
        long known = known(exchange.getRequestURI().getQuery());
        // Its index is a different one: something has happened, or it has started anew.
        while (!ended && (hanging || (status == 200 && known > 0 && known == index))) {
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

    private Object content(String path) {
        if (path.equals("/v1/catalog/services")) {
            ObjectNode names = JSON.createObjectNode();
            names.putArray("consul");
            catalog.keySet().forEach(names::putArray);
            return names;
        }
        return catalog.getOrDefault(path.substring(path.lastIndexOf('/') + 1), JSON.createArrayNode());
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
