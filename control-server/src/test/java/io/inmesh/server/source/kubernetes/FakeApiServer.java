package io.inmesh.server.source.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An API server of Kubernetes on loopback: lists in pages, watches with bookmarks, and whatever goes wrong with them. */
final class FakeApiServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-api-server");
        thread.setDaemon(true);
        return thread;
    });
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final Map<String, Map<String, ObjectNode>> objects = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private long revision = 100;
    private long oldest = 100;
    private int status = 200;
    private int generation;
    private boolean failing;
    private boolean hanging;
    private boolean ended;

    private record Event(String path, long revision, String line) {}

    FakeApiServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<String> asked() {
        return asked;
    }

    List<String> tokens() {
        return tokens;
    }

    static ObjectNode object(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** A collection holds exactly these from now on, by name; watches are told. */
    synchronized void set(Collection collection, Map<String, ObjectNode> wanted) {
        Map<String, ObjectNode> present = objects.computeIfAbsent(collection.path(), path -> new TreeMap<>());
        for (String name : List.copyOf(present.keySet())) {
            if (!wanted.containsKey(name)) {
                happened(collection, "DELETED", present.remove(name));
            }
        }
        wanted.forEach((name, object) -> {
            ObjectNode before = present.get(name);
            ObjectNode now = object.deepCopy();
            ((ObjectNode) now.get("metadata")).put("name", name).put("namespace", "default");
            if (before == null || !withoutRevision(before).equals(withoutRevision(now))) {
                present.put(name, now);
                happened(collection, before == null ? "ADDED" : "MODIFIED", now);
            }
        });
        notifyAll();
    }

    private static ObjectNode withoutRevision(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        ((ObjectNode) copy.get("metadata")).remove("resourceVersion");
        return copy;
    }

    private void happened(Collection collection, String type, ObjectNode object) {
        revision++;
        ((ObjectNode) object.get("metadata")).put("resourceVersion", Long.toString(revision));
        ObjectNode event = JSON.createObjectNode().put("type", type);
        event.set("object", object.deepCopy());
        events.add(new Event(collection.path(), revision, event.toString()));
    }

    /** Loses objects without having deleted them, as a restored API server does; watches end and their revision is too old. */
    synchronized void lose(Collection collection) {
        objects.remove(collection.path());
        compact();
    }

    /** Forgets what happened: watches that are not up to date are told 410. Those that run end. */
    synchronized void compact() {
        revision += 10;
        oldest = revision;
        events.clear();
        tear();
    }

    /** Sends a bookmark over every watch. */
    synchronized void bookmark() {
        revision += 10;
        for (Collection collection : Collection.values()) {
            events.add(new Event(
                    collection.path(),
                    revision,
                    "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"" + revision + "\"}}}"));
        }
        notifyAll();
    }

    /** Cuts all watches off, in the middle of an event. */
    synchronized void tear() {
        generation++;
        notifyAll();
    }

    synchronized void status(int now) {
        status = now;
        tear();
    }

    /** Once, a list is not gone on with after its first page. */
    synchronized void failAtASecondPage() {
        failing = true;
    }

    synchronized void hang() {
        hanging = true;
    }

    private void handle(HttpExchange exchange) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        asked.add(exchange.getRequestURI().getPath() + "?" + query);
        tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        try {
            if (query.contains("watch=true")) {
                watch(exchange, Long.parseLong(parameter(query, "resourceVersion")));
            } else {
                list(exchange, query);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private static String parameter(String query, String name) {
        for (String part : query.split("&")) {
            if (part.startsWith(name + "=")) {
                return part.substring(name.length() + 1);
            }
        }
        return "";
    }

    private void list(HttpExchange exchange, String query) throws IOException, InterruptedException {
        ObjectNode page = JSON.createObjectNode();
        int answer;
        synchronized (this) {
            while (hanging && !ended) {
                wait();
            }
            String next = parameter(query, "continue");
            boolean fails = failing && !next.isEmpty();
            failing = failing && !fails;
            answer = fails ? 500 : status;
            List<ObjectNode> all = new ArrayList<>(
                    objects.getOrDefault(exchange.getRequestURI().getPath(), Map.of())
                            .values());
            int from = next.isEmpty() ? 0 : Integer.parseInt(next);
            int to = Math.min(all.size(), from + Integer.parseInt(parameter(query, "limit")));
            ArrayNode items = page.putArray("items");
            all.subList(Math.min(from, to), to).forEach(items::add);
            page.putObject("metadata")
                    .put("resourceVersion", Long.toString(revision))
                    .put("continue", to < all.size() ? Integer.toString(to) : "");
            if (answer != 200) {
                page = JSON.createObjectNode().put("kind", "Status").put("message", "it is like that");
            }
        }
        byte[] body = JSON.writeValueAsBytes(page);
        exchange.sendResponseHeaders(answer, body.length);
        exchange.getResponseBody().write(body);
    }

    private void watch(HttpExchange exchange, long after) throws IOException, InterruptedException {
        int answer;
        int mine;
        synchronized (this) {
            answer = status != 200 ? status : after < oldest ? 410 : 200;
            mine = generation;
        }
        exchange.sendResponseHeaders(answer, answer == 200 ? 0 : -1);
        if (answer != 200) {
            return;
        }
        OutputStream out = exchange.getResponseBody();
        out.flush();
        int sent = 0;
        while (true) {
            List<Event> due;
            synchronized (this) {
                while (!ended && mine == generation && sent == events.size()) {
                    wait();
                }
                if (ended || mine != generation) {
                    out.write("{\"type\":\"MODIFIED\",\"obj".getBytes(StandardCharsets.UTF_8));
                    return;
                }
                due = List.copyOf(events.subList(sent, events.size()));
                sent = events.size();
            }
            for (Event event : due) {
                if (event.path().equals(exchange.getRequestURI().getPath()) && event.revision() > after) {
                    out.write((event.line() + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            out.flush();
        }
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
