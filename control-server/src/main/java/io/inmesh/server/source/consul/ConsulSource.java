package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.source.Pacer;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.SourceService;
import io.inmesh.server.source.SourceSink;
import io.inmesh.server.source.SourceThread;
import io.inmesh.server.time.Ended;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows Consul: a blocking query for the names of services, and one for the instances of each with their health. Consul does not tell
 * whether what is missing was taken out or lost, so all of it has vanished.
 */
public final class ConsulSource implements ServiceSource {
    private static final String CATALOG = "/v1/catalog/services";
    private static final String HEALTH = "/v1/health/service/";

    private final ConsulSettings settings;
    private final ConsulInstances instances;
    private final SourceThread thread;
    private final ExecutorService network;
    private final ConsulHttp http;
    private final Map<String, BlockingQuery> queries = new TreeMap<>();
    private final Map<String, SourceService> known = new TreeMap<>();
    private @Nullable BlockingQuery catalog;
    /** Whether all names there are now have been told. */
    private boolean listed;

    private String problem = "";

    /** A source of that name. */
    public ConsulSource(String name, ConsulSettings settings) {
        this.settings = settings;
        this.instances = new ConsulInstances(name, settings);
        this.thread = new SourceThread(name);
        this.network = Executors.newFixedThreadPool(2, task -> {
            Thread created = new Thread(task, "inmesh-source-" + name + "-http");
            created.setDaemon(true);
            return created;
        });
        this.http = new ConsulHttp(settings, network);
    }

    @Override
    public void start(SourceSink sink) {
        thread.after(Duration.ZERO, () -> {
            catalog = query(CATALOG, sink, (query, body) -> names(sink, body));
            catalog.ask();
        });
    }

    private BlockingQuery query(String path, SourceSink sink, BiConsumer<BlockingQuery, @Nullable JsonNode> answered) {
        return new BlockingQuery(
                path,
                http,
                thread,
                new Pacer(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble()),
                answered,
                query -> tell(sink, null));
    }

    private void names(SourceSink sink, @Nullable JsonNode body) {
        if (body == null) {
            tell(sink, null);
            return;
        }
        SortedSet<String> names = new TreeSet<>();
        body.fieldNames().forEachRemaining(names::add);
        names.removeIf(name -> name.equals("consul")
                || (!settings.services().isEmpty() && !settings.services().contains(name)));
        if (names.size() > settings.most()) {
            problem = "it has " + names.size() + " services, and " + settings.most()
                    + " are followed at most; name those wanted in services, or raise most";
            tell(sink, null);
            return;
        }
        problem = "";
        queries.entrySet().removeIf(entry -> {
            boolean gone = !names.contains(entry.getKey());
            if (gone) {
                entry.getValue().stop();
            }
            return gone;
        });
        known.keySet().retainAll(names);
        listed = false;
        for (String name : names) {
            if (!queries.containsKey(name)) {
                BlockingQuery query =
                        query(HEALTH + ConsulHttp.encoded(name), sink, (asked, answer) -> answered(sink, name, answer));
                queries.put(name, query);
                query.ask();
            }
        }
        tell(sink, null);
    }

    private void answered(SourceSink sink, String name, @Nullable JsonNode answer) {
        SourceService service = answer == null ? null : instances.read(name, answer);
        if (service != null) {
            known.put(name, service);
        }
        tell(sink, service);
    }

    /** Tells all services as soon as all are known, after that only what has changed; a failure last, so that it is what is seen. */
    private void tell(SourceSink sink, @Nullable SourceService changed) {
        String failure = problem.isEmpty() ? failures() : problem;
        boolean complete = failure.isEmpty() && known.keySet().equals(queries.keySet());
        if (complete && !listed) {
            sink.listed(known.values(), SourceSink.Missing.VANISHED);
            listed = true;
        } else if (changed != null) {
            sink.changed(changed, SourceSink.Missing.VANISHED);
        } else if (complete) {
            sink.answered();
        }
        if (!failure.isEmpty()) {
            sink.failed(failure);
        }
    }

    private String failures() {
        return Stream.concat(Stream.ofNullable(catalog), queries.values().stream())
                .filter(query -> !query.problem().isEmpty())
                .limit(1)
                .map(query -> query.path() + ": " + query.problem())
                .collect(Collectors.joining());
    }

    @Override
    public void resync() {
        thread.after(Duration.ZERO, () -> {
            listed = false;
            if (catalog != null) {
                catalog.startOver();
            }
            queries.values().forEach(BlockingQuery::startOver);
        });
    }

    @Override
    public void close() {
        thread.close();
        // Nothing uses these any more, now that the thread has ended.
        queries.values().forEach(BlockingQuery::stop);
        if (catalog != null) {
            catalog.stop();
        }
        Ended.of(network);
    }
}
