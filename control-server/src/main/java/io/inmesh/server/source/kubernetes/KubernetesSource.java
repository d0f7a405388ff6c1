package io.inmesh.server.source.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.SourceSink;
import io.inmesh.server.source.SourceSink.Missing;
import io.inmesh.server.time.Ended;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Follows a Kubernetes cluster: its Services, EndpointSlices and Pods. What a watch says is gone was deleted. What only is missing after a
 * list was made anew has vanished: that list may come from an API server that was restored.
 */
public final class KubernetesSource implements ServiceSource {
    private final Cluster cluster;
    private final List<Follower> followers = new ArrayList<>();
    private final ExecutorService network;
    private final Set<Collection> listed = EnumSet.noneOf(Collection.class);
    private final Map<Collection, String> problems = new EnumMap<>(Collection.class);
    private final ApiServer server;
    private final String name;

    /** A source of that name. */
    public KubernetesSource(String name, KubernetesSettings settings) {
        this.name = name;
        this.cluster = new Cluster(name, settings);
        this.network = Executors.newFixedThreadPool(2, task -> {
            Thread created = new Thread(task, "inmesh-source-" + name + "-http");
            created.setDaemon(true);
            return created;
        });
        this.server = new ApiServer(settings, network);
    }

    @Override
    public void start(SourceSink sink) {
        Follower.Listener listener = new Told(sink);
        for (Collection collection : Collection.values()) {
            followers.add(new Follower(name, collection, server, listener));
        }
        followers.forEach(Follower::start);
    }

    /** The three followers have a thread each, and the cluster is one. */
    private final class Told implements Follower.Listener {
        private final SourceSink sink;

        Told(SourceSink sink) {
            this.sink = sink;
        }

        @Override
        public void listed(Collection collection, List<JsonNode> objects) {
            synchronized (cluster) {
                cluster.replace(collection, objects);
                listed.add(collection);
                if (complete()) {
                    sink.listed(cluster.all(), Missing.VANISHED);
                }
            }
        }

        @Override
        public void changed(Collection collection, JsonNode object, boolean deleted) {
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
        public void heard(Collection collection, String problem) {
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
        Ended.of(network);
    }
}
