package io.inmesh.server.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** An API server of Kubernetes on loopback: lists in pages, watches with bookmarks, statuses, and whatever goes wrong with them. */
public final class FakeApiServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-api-server");
        thread.setDaemon(true);
        return thread;
    });
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final List<String> clients = new CopyOnWriteArrayList<>();
    private final Map<String, Map<String, ObjectNode>> objects = new HashMap<>();
    private final Map<String, String> kinds = new TreeMap<>();
    private final List<String> patches = new CopyOnWriteArrayList<>();
    private final Set<String> watched = new TreeSet<>();
    private final List<Event> events = new ArrayList<>();
    private long revision = 100;
    private long oldest = 100;
    private int status = 200;
    private int patchStatus = 200;
    private final Map<String, Integer> patchStatuses = new HashMap<>();
    private final Map<String, Integer> listStatuses = new HashMap<>();
    private int watches;
    private int generation;
    private boolean failing;
    private boolean forgetting;
    private boolean hanging;
    private boolean ended;

    private record Event(String path, long revision, String line) {}

    public FakeApiServer() throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    private FakeApiServer(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** {@return one that is reached by TLS, and asks for a client certificate, which may be missing} */
    public static FakeApiServer withTls(SSLContext tls) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = tls.getDefaultSSLParameters();
                wanted.setWantClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        return new FakeApiServer(server);
    }

    public String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort();
    }

    /** {@return the subjects of the client certificates that were shown; empty texts where none was} */
    public List<String> clients() {
        return clients;
    }

    public List<String> asked() {
        return asked;
    }

    public List<String> tokens() {
        return tokens;
    }

    /** {@return the paths and bodies of all statuses that were written, or tried to be} */
    public List<String> patches() {
        return patches;
    }

    /** {@return how many watches run} */
    public synchronized int watches() {
        return watches;
    }

    /** {@return an object as it is now} */
    public synchronized JsonNode present(String collection, String name) {
        ObjectNode object = objects.getOrDefault(collection, Map.of()).get(name);
        return object == null ? MissingNode.getInstance() : object.deepCopy();
    }

    /** From now on the cluster knows a kind, by the path of its collection. */
    public synchronized void installs(String collection) {
        kinds.put(collection, collection.substring(collection.lastIndexOf('/') + 1));
    }

    /** From now on it does not, and its objects are gone without a word. */
    public synchronized void uninstalls(String collection) {
        kinds.remove(collection);
        lose(collection);
    }

    /** How statuses that are written are answered. */
    public synchronized void answersPatches(int now) {
        patchStatus = now;
    }

    /** How a collection is answered from now on, whatever the others are. */
    public synchronized void answersLists(String collection, int now) {
        listStatuses.put(collection, now);
    }

    /** How the status of one object is answered that is written. */
    public synchronized void answersPatches(String name, int now) {
        patchStatuses.put(name, now);
    }

    /** Somebody else writes a status, as is remembered with the object. */
    public synchronized void writesStatus(String collection, String name, String manager, ObjectNode status) {
        ObjectNode object = objects.get(collection).get(name);
        object.set("status", status);
        ((ObjectNode) object.get("metadata"))
                .putArray("managedFields")
                .addObject()
                .put("manager", manager)
                .put("subresource", "status");
        happened(collection, "MODIFIED", object);
        notifyAll();
    }

    public static ObjectNode object(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** A collection holds exactly these from now on, by name; watches are told. */
    public synchronized void set(String collection, Map<String, ObjectNode> wanted) {
        Map<String, ObjectNode> present = objects.computeIfAbsent(collection, path -> new TreeMap<>());
        for (String name : List.copyOf(present.keySet())) {
            if (!wanted.containsKey(name)) {
                happened(collection, "DELETED", present.remove(name));
            }
        }
        wanted.forEach((name, object) -> {
            ObjectNode before = present.get(name);
            ObjectNode now = object.deepCopy();
            ObjectNode metadata = (ObjectNode) now.get("metadata");
            metadata.put("name", name).put("namespace", "default");
            boolean same = before != null && before.path("spec").equals(now.path("spec"));
            metadata.put("generation", generationOf(before) + (same ? 0 : 1));
            if (before != null && before.has("status") && !now.has("status")) {
                now.set("status", before.get("status"));
                metadata.set("managedFields", before.at("/metadata/managedFields"));
            }
            if (before == null || !withoutRevision(before).equals(withoutRevision(now))) {
                present.put(name, now);
                happened(collection, before == null ? "ADDED" : "MODIFIED", now);
            }
        });
        notifyAll();
    }

    private static long generationOf(@Nullable ObjectNode object) {
        return object == null ? 0 : object.at("/metadata/generation").asLong();
    }

    private static ObjectNode withoutRevision(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        ((ObjectNode) copy.get("metadata")).remove("resourceVersion");
        return copy;
    }

    private void happened(String collection, String type, ObjectNode object) {
        revision++;
        ((ObjectNode) object.get("metadata")).put("resourceVersion", Long.toString(revision));
        ObjectNode event = JSON.createObjectNode().put("type", type);
        event.set("object", object.deepCopy());
        events.add(new Event(collection, revision, event.toString()));
    }

    /** Loses objects without having deleted them, as a restored API server does; watches end and their revision is too old. */
    public synchronized void lose(String collection) {
        objects.remove(collection);
        compact();
    }

    /** Forgets what happened: watches that are not up to date are told 410. Those that run end. */
    public synchronized void compact() {
        revision += 10;
        oldest = revision;
        events.clear();
        tear();
    }

    /** Counts revisions from the beginning, as a server does that was restored from a copy; objects stay. Watches that run end. */
    public synchronized void restore() {
        revision = 1;
        oldest = 0;
        events.clear();
        tear();
    }

    /** The next list is told that its second page is gone. */
    public synchronized void forgetASecondPage() {
        forgetting = true;
    }

    /** Sends a bookmark over every watch. */
    public synchronized void bookmark() {
        revision += 10;
        for (String collection : watched) {
            events.add(new Event(
                    collection,
                    revision,
                    "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"" + revision + "\"}}}"));
        }
        notifyAll();
    }

    /** Cuts all watches off, in the middle of an event. */
    public synchronized void tear() {
        generation++;
        notifyAll();
    }

    public synchronized void status(int now) {
        status = now;
        tear();
    }

    /** Once, a list is not gone on with after its first page. */
    public synchronized void failAtASecondPage() {
        failing = true;
    }

    public synchronized void hang() {
        hanging = true;
    }

    private void handle(HttpExchange exchange) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        asked.add(exchange.getRequestURI().getPath() + "?" + query);
        tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        clients.add(client(exchange));
        try {
            String path = exchange.getRequestURI().getPath();
            if (query.contains("watch=true")) {
                watch(exchange, Long.parseLong(parameter(query, "resourceVersion")));
            } else if (exchange.getRequestMethod().equals("PATCH")) {
                patch(exchange, path);
            } else if (path.equals("/apis")) {
                answer(exchange, groups());
            } else if (path.matches("/apis/[^/]+/[^/]+")) {
                answer(exchange, resources(path));
            } else {
                list(exchange, query);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private static String client(HttpExchange exchange) {
        try {
            return exchange instanceof HttpsExchange secure
                    ? secure.getSSLSession().getPeerPrincipal().getName()
                    : "";
        } catch (SSLPeerUnverifiedException none) {
            return "";
        }
    }

    private synchronized ObjectNode groups() {
        Map<String, Set<String>> versions = new TreeMap<>();
        kinds.keySet().forEach(path -> {
            String[] parts = path.split("/");
            versions.computeIfAbsent(parts[2], group -> new TreeSet<>()).add(parts[3]);
        });
        ObjectNode list = JSON.createObjectNode().put("kind", "APIGroupList");
        ArrayNode groups = list.putArray("groups");
        versions.forEach((group, all) -> {
            ArrayNode array = groups.addObject().put("name", group).putArray("versions");
            all.forEach(version -> array.addObject().put("version", version));
        });
        return list;
    }

    private synchronized ObjectNode resources(String path) {
        ObjectNode list = JSON.createObjectNode().put("kind", "APIResourceList");
        ArrayNode resources = list.putArray("resources");
        kinds.forEach((collection, plural) -> {
            if (collection.startsWith(path + "/")) {
                resources
                        .addObject()
                        .put("name", plural)
                        .putArray("verbs")
                        .add("list")
                        .add("watch");
            }
        });
        return list;
    }

    /** A merge patch of a status: {@code /apis/group/version/namespaces/ns/plural/name/status}. */
    private void patch(HttpExchange exchange, String path) throws IOException {
        ObjectNode patch = (ObjectNode) JSON.readTree(exchange.getRequestBody().readAllBytes());
        patches.add(path + " " + patch);
        String[] parts = path.split("/");
        String collection = "/apis/" + parts[2] + "/" + parts[3] + "/" + parts[6];
        int answer;
        synchronized (this) {
            ObjectNode object = objects.getOrDefault(collection, Map.of()).get(parts[7]);
            int own = patchStatuses.getOrDefault(parts[7], patchStatus);
            boolean mergePatch = "application/merge-patch+json"
                    .equals(exchange.getRequestHeaders().getFirst("Content-Type"));
            answer = status != 200 ? status : own != 200 ? own : object == null ? 404 : mergePatch ? 200 : 415;
            if (answer == 200
                    && !patch.at("/metadata/resourceVersion").equals(object.at("/metadata/resourceVersion"))) {
                answer = 409;
            }
            if (answer == 200) {
                ObjectNode now = object.deepCopy();
                now.withObject("status").setAll((ObjectNode) patch.get("status"));
                now.withObject("metadata")
                        .putArray("managedFields")
                        .addObject()
                        .put("manager", parameter(exchange.getRequestURI().getQuery(), "fieldManager"))
                        .put("subresource", "status");
                objects.get(collection).put(parts[7], now);
                happened(collection, "MODIFIED", now);
                notifyAll();
            }
        }
        byte[] body = "{\"kind\":\"Status\",\"message\":\"it is like that\"}".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer, body.length);
        exchange.getResponseBody().write(body);
    }

    private void answer(HttpExchange exchange, ObjectNode wanted) throws IOException {
        int answer;
        synchronized (this) {
            answer = status;
        }
        ObjectNode said = answer == 200
                ? wanted
                : JSON.createObjectNode().put("kind", "Status").put("message", "it is like that");
        byte[] body = JSON.writeValueAsBytes(said);
        exchange.sendResponseHeaders(answer, body.length);
        exchange.getResponseBody().write(body);
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
            boolean gone = forgetting && !next.isEmpty();
            forgetting = forgetting && !gone;
            answer = fails || gone
                    ? (gone ? 410 : 500)
                    : listStatuses.getOrDefault(exchange.getRequestURI().getPath(), status);
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
        String path = exchange.getRequestURI().getPath();
        synchronized (this) {
            if (after > revision) {
                exchange.getResponseBody()
                        .write(
                                "{\"type\":\"ERROR\",\"object\":{\"code\":504,\"message\":\"Too large resource version\"}}"
                                        .getBytes(StandardCharsets.UTF_8));
                return;
            }
            watched.add(path);
            watches++;
        }
        try {
            send(exchange, path, after, mine);
        } finally {
            synchronized (this) {
                watches--;
            }
        }
    }

    private void send(HttpExchange exchange, String path, long after, int mine)
            throws IOException, InterruptedException {
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
                if (event.path().equals(path) && event.revision() > after) {
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
