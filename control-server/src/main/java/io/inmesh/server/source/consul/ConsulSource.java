package io.inmesh.server.source.consul;

import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.SourceService;
import io.inmesh.server.source.SourceSink;
import io.inmesh.server.source.SourceThread;
import io.inmesh.server.time.Ended;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows Consul: a blocking query for the names of services, and the instances of each with their health. Consul does not tell whether
 * what is missing was taken out or lost, so all of it has vanished.
 */
public final class ConsulSource implements ServiceSource {
    /** Registrations without checks are seen that much later at most, if there are many services. */
    private static final Duration USUAL_PAUSE = Duration.ofSeconds(5);

    private final ConsulSettings settings;
    private final ConsulInstances instances;
    private final SourceThread thread;
    private final ExecutorService network;
    private final ConsulHttp http;
    private final Duration pause;
    private final Map<String, SourceService> known = new TreeMap<>();
    private @Nullable BlockingQuery<?> catalog;
    private @Nullable InstanceReader reader;
    private SortedSet<String> names = new TreeSet<>();
    /** Whether names were heard, so that none there means that there are none. */
    private boolean named;
    /** Whether all names there are now have been told. */
    private boolean listed;

    private boolean many;

    /** A source of that name. */
    public ConsulSource(String name, ConsulSettings settings) {
        this(name, settings, USUAL_PAUSE);
    }

    /** @param pause between two readings of all services, if they are many */
    ConsulSource(String name, ConsulSettings settings, Duration pause) {
        this.settings = settings;
        this.pause = pause;
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
        ConsulQueries questions = new ConsulQueries(http, thread, () -> tell(sink, null));
        thread.after(Duration.ZERO, () -> {
            catalog = questions.blocking(Question.services(), all -> named(questions, sink, all));
            catalog.ask();
        });
    }

    private void named(ConsulQueries questions, SourceSink sink, SortedSet<String> all) {
        names = new TreeSet<>(all);
        names.removeIf(name -> name.equals("consul")
                || (!settings.services().isEmpty() && !settings.services().contains(name)));
        named = true;
        known.keySet().retainAll(names);
        listed = false;
        reader(questions, sink).follow(names);
        tell(sink, null);
    }

    /** {@return who reads instances; once there were many services, these may be many again at any time} */
    private InstanceReader reader(ConsulQueries questions, SourceSink sink) {
        InstanceReader present = reader;
        boolean tooMany = names.size() > settings.most();
        if (present != null && (many || !tooMany)) {
            return present;
        }
        if (present != null) {
            present.stop();
        }
        many = tooMany;
        BiConsumer<String, List<ConsulInstance>> told = (name, answer) -> answered(sink, name, answer);
        InstanceReader next = many ? new ManyServices(questions, told, pause) : new EachService(questions, told);
        reader = next;
        return next;
    }

    private void answered(SourceSink sink, String name, List<ConsulInstance> answer) {
        SourceService service = instances.read(name, answer);
        boolean news = !service.equals(known.put(name, service));
        try {
            tell(sink, news ? service : null);
        } catch (RuntimeException e) {
            // It is read again, and news then as well.
            known.remove(name);
            throw e;
        }
    }

    /** Tells all services as soon as all are known, after that only what has changed; a failure last, so that it is what is seen. */
    private void tell(SourceSink sink, @Nullable SourceService changed) {
        String failure = failures();
        boolean complete = named && failure.isEmpty() && known.keySet().equals(names);
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
        BlockingQuery<?> asked = catalog;
        if (asked != null && !asked.problem().isEmpty()) {
            return asked.path() + ": " + asked.problem();
        }
        return reader == null ? "" : reader.problem();
    }

    @Override
    public void resync() {
        thread.after(Duration.ZERO, () -> {
            listed = false;
            if (catalog != null) {
                catalog.startOver();
            }
            if (reader != null) {
                reader.startOver();
            }
        });
    }

    @Override
    public void close() {
        thread.close();
        // Nothing uses these any more, now that the thread has ended.
        if (reader != null) {
            reader.stop();
        }
        if (catalog != null) {
            catalog.stop();
        }
        Ended.of(network);
    }
}
