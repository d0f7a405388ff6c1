package io.inmesh.client;

import io.inmesh.observe.MeshObserver;
import io.inmesh.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the control thread tells about itself; written by that thread, read by any. */
final class Progress {

    private final Clock clock;
    private final MeshObserver observer;
    private volatile boolean connected;
    private volatile Instant since;
    private volatile String server;
    private volatile Map<String, String> versions = Map.of();
    private volatile @Nullable String lastRejection;
    private volatile List<String> ignoredFields = List.of();

    Progress(Clock clock, String servers) {
        this(clock, servers, MeshObserver.NONE);
    }

    /** Nothing so far; the observer is told of every message with resources. */
    Progress(Clock clock, String servers, MeshObserver observer) {
        this.clock = clock;
        this.observer = observer;
        this.server = servers;
        this.since = now();
    }

    /** Notes whether a server is heard of. */
    void connected(boolean value) {
        if (connected != value) {
            connected = value;
            since = now();
        }
    }

    void server(String name) {
        server = name;
    }

    void accepted(String type, String version) {
        Map<String, String> next = new TreeMap<>(versions);
        next.put(type, version);
        versions = Map.copyOf(next);
        observer.resourcesReceived(type, true);
    }

    void rejected(String what) {
        lastRejection = what;
    }

    void refused(String type, String problem) {
        lastRejection = type + ": " + problem;
        observer.resourcesReceived(type, false);
    }

    void ignored(List<String> fields) {
        ignoredFields = fields;
    }

    boolean connected() {
        return connected;
    }

    Instant since() {
        return since;
    }

    String server() {
        return server;
    }

    Map<String, String> versions() {
        return versions;
    }

    @Nullable
    String lastRejection() {
        return lastRejection;
    }

    List<String> ignoredFields() {
        return ignoredFields;
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.epochMillis());
    }
}
