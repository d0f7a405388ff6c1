package io.inmesh.server.graph;

import io.inmesh.server.graph.ServiceGraph.Edge;
import io.inmesh.server.graph.ServiceGraph.Kind;
import io.inmesh.server.graph.ServiceGraph.Node;
import io.inmesh.server.service.MeshService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Draws the graph out of what was counted. For one use. */
public final class GraphBuilder {

    private final Surroundings surroundings;
    private final Map<EdgeName, Sum> edges = new LinkedHashMap<>();
    private final Map<String, Sum> calledBy = new TreeMap<>();
    private final Map<String, byte[]> ownWord = new TreeMap<>();
    private final Map<String, SortedSet<String>> identities = new TreeMap<>();
    /** Who says that it called a workload over plaintext. */
    private final Map<String, SortedSet<String>> plaintext = new TreeMap<>();

    private final Set<String> reporting = new HashSet<>();

    private static final class Sum {
        private byte[] counts = Packed.EMPTY;
        private byte[] secured = Packed.EMPTY;
        private final SortedSet<String> protocols = new TreeSet<>();
        private Instant lastSeen = Instant.MIN;

        void add(Reading.Entry entry, boolean mtls, @Nullable String protocol) {
            counts = Packed.sum(counts, entry.counts());
            if (mtls) {
                secured = Packed.sum(secured, entry.counts());
            }
            if (protocol != null) {
                protocols.add(protocol);
            }
            lastSeen = entry.lastSeen().isAfter(lastSeen) ? entry.lastSeen() : lastSeen;
        }
    }

    private GraphBuilder(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * {@return the graph}
     *
     * @param reading what was counted
     * @param surroundings what else is known
     * @param limit most edges wanted
     */
    public static ServiceGraph build(Reading reading, Surroundings surroundings, int limit) {
        GraphBuilder builder = new GraphBuilder(surroundings);
        reading.entries().forEach(builder::reported);
        reading.entries().forEach(builder::cameIn);
        return builder.graph(reading, limit);
    }

    private void reported(Reading.Entry entry) {
        Subject subject = entry.subject();
        if (subject instanceof Subject.CameIn) {
            return;
        }
        EdgeName name = EdgeName.of(subject);
        Subject.Reporter reporter = subject.reporter();
        reporting.add(reporter.namespace() + "/" + reporter.serviceAccount());
        identities
                .computeIfAbsent(name.source(), unseen -> new TreeSet<>())
                .add(reporter.namespace() + "/" + reporter.serviceAccount());
        Subject.Calls calls = subject instanceof Subject.Calls known ? known : null;
        boolean mtls = calls != null && calls.mtls();
        String protocol = calls == null ? null : calls.grpc() ? "grpc" : "http";
        edges.computeIfAbsent(name, unseen -> new Sum()).add(entry, mtls, protocol);
        if (!mtls && !name.destination().isEmpty()) {
            plaintext
                    .computeIfAbsent(name.destination(), unseen -> new TreeSet<>())
                    .add(name.source());
        }
        called(name.service(), entry, mtls, protocol);
        if (!name.destination().isEmpty()) {
            called(name.destination(), entry, mtls, protocol);
        }
    }

    private void called(String node, Reading.Entry entry, boolean mtls, @Nullable String protocol) {
        calledBy.computeIfAbsent(node, unseen -> new Sum()).add(entry, mtls, protocol);
    }

    /** Of those that report what they call, what they say counts; others are known by whom they called. */
    private void cameIn(Reading.Entry entry) {
        if (!(entry.subject() instanceof Subject.CameIn came)) {
            return;
        }
        EdgeName name = EdgeName.of(came);
        ownWord.merge(name.destination(), entry.counts(), Packed::sum);
        boolean known = came.mtls() ? reporting.contains(account(came.caller())) : reportsItself(name, came.caller());
        if (!known) {
            edges.computeIfAbsent(name, unseen -> new Sum()).add(entry, came.mtls(), null);
        }
    }

    private String account(String spiffeId) {
        String[] parts = spiffeId.split("/");
        // spiffe://DOMAIN/ns/NAMESPACE/sa/ACCOUNT
        boolean ours = parts.length == 7 && parts[2].equals(surroundings.trustDomain());
        return ours ? parts[4] + "/" + parts[6] : spiffeId;
    }

    /** Whether a process at that address says that it called over plaintext. */
    private boolean reportsItself(EdgeName name, String address) {
        return plaintext.getOrDefault(name.destination(), new TreeSet<>()).stream()
                .anyMatch(source -> surroundings.isAt(source, address));
    }

    private ServiceGraph graph(Reading reading, int limit) {
        List<Edge> all = new ArrayList<>(edges.size());
        edges.forEach((name, sum) -> all.add(edge(name, sum)));
        all.sort(Comparator.comparing(Edge::health)
                .thenComparing(edge -> edge.figures().attempts().total()
                        + edge.figures().calls().total())
                .reversed()
                .thenComparing(Edge::id));
        List<Edge> shown = all.subList(0, Math.min(limit, all.size()));
        SortedSet<String> ids = new TreeSet<>();
        for (Edge edge : shown) {
            ids.add(edge.source());
            ids.add(edge.service());
            ids.add(edge.destination());
        }
        ids.remove("");
        List<Node> nodes = ids.stream().map(this::node).toList();
        return new ServiceGraph(
                reading.now(), reading.since(), reading.seconds(), nodes, shown, all.size() - shown.size());
    }

    private static Edge edge(EdgeName name, Sum sum) {
        Figures figures = Figures.of(sum.counts);
        long attempts = figures.attempts().total();
        long secured = Figures.of(sum.secured).attempts().total();
        return new Edge(
                name.id(),
                name.source(),
                name.service(),
                name.port(),
                name.destination(),
                sum.protocols,
                attempts == 0 ? Double.NaN : (double) secured / attempts,
                Health.worse(Health.of(figures.calls()), Health.of(figures.attempts())),
                figures,
                sum.lastSeen);
    }

    private Node node(String id) {
        String kind = id.substring(0, id.indexOf(':'));
        String name = id.substring(kind.length() + 1);
        return switch (kind) {
            case "workload" -> workload(id, name);
            case "service" -> service(id, name);
            case "host" -> node(id, Kind.UNKNOWN_HOST, "", name, "", 0, 0);
            case "identity" -> node(id, Kind.SILENT_CALLER, "", name, "", 0, 0);
            default -> node(id, Kind.UNKNOWN_CALLER, "", name, "", 0, 0);
        };
    }

    private Node workload(String id, String name) {
        int slash = name.indexOf('/');
        int last = name.lastIndexOf('/');
        int[] copies = surroundings.copiesOf(id);
        return node(
                id,
                Kind.WORKLOAD,
                name.substring(0, slash),
                last > slash ? name.substring(slash + 1, last) : name.substring(slash + 1),
                last > slash ? name.substring(last + 1) : "",
                copies[0],
                copies[1]);
    }

    private Node service(String id, String host) {
        Optional<MeshService> known = surroundings.service(host);
        boolean external = known.map(MeshService::external).orElse(false);
        int endpoints = known.map(service -> service.workloads().size()).orElse(0);
        int meshed = known.map(service -> (int)
                        service.workloads().stream().filter(w -> w.meshTls()).count())
                .orElse(0);
        return node(
                id,
                external ? Kind.EXTERNAL_SERVICE : Kind.SERVICE,
                surroundings.namespaceOf(host),
                known.map(MeshService::name).orElse(host),
                "",
                endpoints,
                meshed);
    }

    private Node node(String id, Kind kind, String namespace, String name, String version, int endpoints, int meshed) {
        byte[] own = ownWord.get(id);
        Sum others = calledBy.get(id);
        Figures figures = own != null ? Figures.of(own) : others == null ? null : Figures.of(others.counts);
        Health health =
                figures == null ? Health.IDLE : Health.of(kind == Kind.WORKLOAD ? figures.attempts() : figures.calls());
        if (own != null) {
            health = Health.of(Figures.of(own).calls());
        }
        return new Node(
                id,
                kind,
                namespace,
                name,
                version,
                surroundings.servicesOf(id),
                identities.getOrDefault(id, new TreeSet<>()),
                endpoints,
                meshed,
                health,
                figures);
    }
}
