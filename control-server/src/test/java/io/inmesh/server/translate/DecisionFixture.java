package io.inmesh.server.translate;

import io.inmesh.call.Call;
import io.inmesh.call.HeaderSink;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.client.translate.Caller;
import io.inmesh.client.translate.ConfigAssembler;
import io.inmesh.client.translate.IgnoredField;
import io.inmesh.client.translate.Resource;
import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.RetryConfig;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.external.ExternalCheck;
import io.inmesh.inbound.Admission;
import io.inmesh.inbound.InboundGate;
import io.inmesh.observe.MeshObserver;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.route.VirtualHost;
import io.inmesh.snapshot.Compiled;
import io.inmesh.snapshot.LiveState;
import io.inmesh.snapshot.Snapshot;
import io.inmesh.snapshot.SnapshotCompiler;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.SeededRandomness;
import io.inmesh.time.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a process decides about calls, after rules went the whole way: translated, sent, read and compiled by our own client. */
final class DecisionFixture {

    private final Snapshot snapshot;
    private final List<IgnoredField> ignored;

    private DecisionFixture(Snapshot snapshot, List<IgnoredField> ignored) {
        this.snapshot = snapshot;
        this.ignored = ignored;
    }

    static DecisionFixture of(MeshFixture mesh) {
        Received received = new Received(mesh.resources());
        ConfigAssembler.Assembled assembled =
                ConfigAssembler.assemble("1", received, new Caller("", "10.0.0.1", "caller"));
        FakeClock clock = new FakeClock();
        SnapshotCompiler compiler = new SnapshotCompiler(new LiveState(clock), clock, new SeededRandomness(1));
        Compiled compiled = compiler.compile(assembled.config(), null);
        if (!(compiled instanceof Compiled.Ok ok)) {
            throw new AssertionError("refused by the client: " + compiled);
        }
        return new DecisionFixture(ok.snapshot(), received.ignored());
    }

    /** What the client says it does not do. */
    List<String> ignored() {
        return ignored.stream().map(IgnoredField::toString).toList();
    }

    /** What becomes of a request that comes in. */
    Admission admit(InboundCall call) {
        return new InboundGate(new FakeClock(), MeshObserver.NONE).admit(call, snapshot.inbound());
    }

    /** Whom and what an external authorizer is asked about a request. */
    ExternalCheck asked(InboundCall call) {
        AtomicReference<ExternalCheck> asked = new AtomicReference<>();
        ExternalAuthorizer outside = new ExternalAuthorizer() {
            @Override
            public Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer) {
                asked.set(check);
                return () -> {};
            }

            @Override
            public void close() {}
        };
        FakeClock clock = new FakeClock();
        new InboundGate(clock, MeshObserver.NONE, outside, new FakeScheduler(clock)).admit(call, snapshot.inbound());
        return Objects.requireNonNull(asked.get(), "nobody was asked");
    }

    @Nullable
    Route route(Call call) {
        VirtualHost host = snapshot.routes().find(call.host(), call.port());
        return host == null ? null : host.match(call);
    }

    /**
     * What becomes of a call, in words: {@code -> v1} for a subset, {@code -> reviews} for a whole service, with weights where there are
     * several; then what is changed, each in brackets.
     */
    String decision(Call call) {
        Route route = route(call);
        if (route == null) {
            return "no route";
        }
        Outcome.LocalReply reply = route.localReply(call);
        if (reply != null) {
            return reply.location() != null
                    ? reply.httpStatus() + " " + reply.location()
                    : reply.httpStatus() + " \"" + reply.body() + "\"";
        }
        StringBuilder words = new StringBuilder("-> ");
        List<Destination> destinations = route.destinations();
        words.append(destinations.stream()
                .map(d -> name(d.cluster()) + (destinations.size() > 1 ? ":" + d.weight() : ""))
                .collect(Collectors.joining(" ")));
        append(words, "path", route.rewritePath(call));
        append(words, "authority", route.rewriteAuthority());
        destinations.forEach(d -> append(words, "authority at " + name(d.cluster()), d.authority()));
        Edits request = new Edits();
        route.writeRequestHeaders(request);
        append(words, "request", request.text());
        for (Destination destination : destinations) {
            Edits own = new Edits();
            destination.writeRequestHeaders(own);
            append(words, "request to " + name(destination.cluster()), own.text());
        }
        Edits response = new Edits();
        route.writeResponseHeaders(response);
        append(words, "response", response.text());
        append(
                words,
                "mirror",
                route.mirrors().stream()
                        .map(m -> name(m.cluster()) + " " + m.millionths() / 10_000.0 + "%")
                        .collect(Collectors.joining(", ")));
        append(
                words,
                "timeout",
                route.timeoutNanos() == Long.MAX_VALUE ? null : route.timeoutNanos() / 1_000_000 + "ms");
        return words.toString();
    }

    /** The retry policy in words: {@code 2 on connect-failure, ...}. */
    static String retries(Route route) {
        RetryConfig retry = route.retry().config();
        return retry.retries() + " on "
                + retry.on().stream()
                        .map(c -> c.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .sorted()
                        .collect(Collectors.joining(","))
                + (retry.statusCodes().isEmpty()
                        ? ""
                        : " " + retry.statusCodes().stream().sorted().toList())
                + (retry.perTryTimeout() == null
                        ? ""
                        : " try " + retry.perTryTimeout().toMillis() + "ms")
                + (retry.avoidPrevious() ? "" : " same host")
                + " backoff " + retry.backoffBase().toMillis() + "-"
                + retry.backoffMax().toMillis() + "ms";
    }

    private static void append(StringBuilder words, String what, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            words.append(" [").append(what).append(' ').append(value).append(']');
        }
    }

    /** The subset, else the service, of {@code outbound|port|subset|host}; with a mark if there is no such cluster. */
    private static String name(Cluster cluster) {
        String[] parts = cluster.name().split("\\|", -1);
        String name = parts[2].isEmpty() ? parts[3].split("\\.", 2)[0] : parts[2];
        return cluster.missing() ? name + "?" : name;
    }

    private static final class Edits implements HeaderSink {
        private final List<String> written = new ArrayList<>();

        @Override
        public void set(String name, String value) {
            written.add(name + "=" + value);
        }

        @Override
        public void add(String name, String value) {
            written.add(name + "+=" + value);
        }

        @Override
        public void remove(String name) {
            written.add("-" + name);
        }

        String text() {
            return String.join(" ", written);
        }
    }

    /** Resources as a client has them after it accepted all. */
    private static final class Received implements ConfigAssembler.Resources {
        private final Map<String, Map<String, Resource>> byType = new TreeMap<>();

        Received(ResourceSet sent) {
            for (String type : List.of(TypeUrls.LISTENER, TypeUrls.ROUTES, TypeUrls.CLUSTER, TypeUrls.ENDPOINTS)) {
                Map<String, Resource> accepted = new TreeMap<>();
                sent.all(type)
                        .forEach((name, resource) -> accepted.put(
                                name,
                                ResourceTranslator.translate(
                                        type, name, resource.any().getValue())));
                byType.put(type, accepted);
            }
        }

        List<IgnoredField> ignored() {
            return byType.values().stream()
                    .flatMap(resources -> resources.values().stream())
                    .flatMap(resource -> resource.ignored().stream())
                    .toList();
        }

        @Override
        public Collection<Resource> of(String typeUrl) {
            return byType.getOrDefault(typeUrl, Map.of()).values();
        }

        @Override
        public @Nullable Resource find(String typeUrl, String name) {
            return byType.getOrDefault(typeUrl, Map.of()).get(name);
        }

        @Override
        public boolean inboundRefused() {
            return false;
        }
    }
}
