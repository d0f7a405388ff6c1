package io.inmesh.server.source.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.kubernetes.ApiServer;
import io.inmesh.server.kubernetes.Follower;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.SourceSink;
import io.inmesh.server.source.SourceSink.Missing;
import io.inmesh.server.source.SourceThread;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Follows a Kubernetes cluster: its Services, EndpointSlices and Pods. What a watch says is gone was deleted. What only is missing after a
 * list was made anew has vanished: that list may come from an API server that was restored.
 */
public final class KubernetesSource implements ServiceSource {
    private final Cluster cluster;
    private final List<Follower> followers = new ArrayList<>();
    private final Set<Collection> listed = EnumSet.noneOf(Collection.class);
    private final Map<Collection, String> problems = new EnumMap<>(Collection.class);
    private final ApiServer server;
    private final SourceThread watchdog;
    private final String name;

    /** A source of that name. */
    public KubernetesSource(String name, KubernetesSettings settings) {
        this.name = name;
        this.cluster = new Cluster(name, settings);
        this.server = new ApiServer(settings.api(), name);
        this.watchdog = new SourceThread(name + "-watchdog");
    }

    @Override
    public void start(SourceSink sink) {
        for (Collection collection : Collection.values()) {
            followers.add(new Follower(
                    name + "-" + collection.name().toLowerCase(Locale.ROOT),
                    collection.path(),
                    server,
                    watchdog,
                    new Told(collection, sink)));
        }
        followers.forEach(Follower::start);
    }

    /** The three followers have a thread each, and the cluster is one. */
    private final class Told implements Follower.Listener {
        private final Collection collection;
        private final SourceSink sink;

        Told(Collection collection, SourceSink sink) {
            this.collection = collection;
            this.sink = sink;
        }

        @Override
        public void listed(List<JsonNode> objects) {
            synchronized (cluster) {
                cluster.replace(collection, objects);
                listed.add(collection);
                if (complete()) {
                    sink.listed(cluster.all(), Missing.VANISHED);
                }
            }
        }

        @Override
        public void changed(JsonNode object, boolean deleted) {
            synchronized (cluster) {
                Set<String> touched = cluster.change(collection, object, deleted);
                if (!complete()) {
                    return;
                }
                for (String key : touched) {
                    int slash = key.indexOf('/');
                    cluster.service(key)
                            .ifPresentOrElse(
                                    service -> sink.changed(service, Missing.DELETED),
                                    () -> sink.deleted(key.substring(0, slash), key.substring(slash + 1)));
                }
            }
        }

        @Override
        public void heard(String problem) {
            synchronized (cluster) {
                if (problem.isEmpty()) {
                    problems.remove(collection);
                } else {
                    problems.put(collection, problem);
                }
                if (!problems.isEmpty()) {
                    sink.failed(problems.values().iterator().next());
                } else if (complete()) {
                    sink.answered();
                }
            }
        }

        private boolean complete() {
            return listed.size() == Collection.values().length;
        }
    }

    @Override
    public void resync() {
        followers.forEach(Follower::startOver);
    }

    @Override
    public void close() {
        followers.forEach(Follower::close);
        watchdog.close();
        server.close();
    }
}
