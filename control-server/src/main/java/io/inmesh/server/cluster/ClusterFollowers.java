package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.kubernetes.ApiServer;
import io.inmesh.server.kubernetes.Follower;
import io.inmesh.server.model.Kinds.Kind;
import io.inmesh.server.source.Pacer;
import io.inmesh.server.source.SourceThread;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Follows the mesh's kinds of one cluster: asks which of them it knows, again and again, since they may be installed at any time, and
 * follows each collection on a thread of its own.
 */
final class ClusterFollowers implements AutoCloseable {

    private final String name;
    private final ApiServer server;
    private final Mirror mirror;
    private final ClusterMeters meters;
    private final Duration lookAgain;
    private final SourceThread asking;
    private final SourceThread watchdog;
    private final Pacer pacer =
            new Pacer(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
    private final Map<Kind, Following> following = new HashMap<>();
    private final ConcurrentMap<Kind, String> problems = new ConcurrentHashMap<>();

    /** Kinds that this server may not read, by what it was answered last. */
    private final Set<Kind> forbidden = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Catalogue catalogue;
    private volatile String unasked = "";

    /** How much of a cluster has been read. */
    enum Progress {
        /** Something has not even answered. */
        NOTHING,
        /** Everything has been asked for, and something of it cannot be read for now. */
        TRIED,
        /**
         * Some kinds have been read, rules about access among them if there are any, and this server has no right to read the others. To wait for
         * those is no use: the rights for all are given at once.
         */
        ALLOWED,
        /** Everything has been read. */
        ALL;

        private Progress and(Progress other) {
            return compareTo(other) < 0 ? this : other;
        }
    }

    private record Following(String version, Follower follower) {}

    /** @param lookAgain how long to wait before the cluster is asked again which kinds it knows */
    ClusterFollowers(String name, ApiServer server, Mirror mirror, ClusterMeters meters, Duration lookAgain) {
        this.name = name;
        this.server = server;
        this.mirror = mirror;
        this.meters = meters;
        this.lookAgain = lookAgain;
        this.asking = new SourceThread(name + "-kinds");
        this.watchdog = new SourceThread(name + "-watchdog");
    }

    void start() {
        asking.after(Duration.ZERO, this::ask);
    }

    private void ask() {
        Duration pause = lookAgain;
        try {
            catalogue = Catalogue.ask(server);
            pacer.afterAnswer();
            unasked = "";
        } catch (ApiServer.BusyException e) {
            Duration own = pacer.afterFailure();
            pause = e.pause().filter(asked -> asked.compareTo(own) > 0).orElse(own);
            unasked = String.valueOf(e.getMessage());
        } catch (IOException e) {
            pause = pacer.afterFailure();
            unasked = "the API server cannot be asked for /apis: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asking.after(pause, this::ask);
        }
    }

    /** Follows what the cluster knows by now. For one thread. */
    Progress follow() {
        Catalogue known = catalogue;
        if (known == null) {
            return Progress.NOTHING;
        }
        Progress progress = Progress.ALL;
        boolean some = false;
        for (Kind kind : ClusterKinds.all()) {
            String version = known.kinds().get(kind);
            Following present = following.get(kind);
            if (present != null && !present.version().equals(version)) {
                present.follower().close();
                following.remove(kind);
                problems.remove(kind);
                forbidden.remove(kind);
                present = null;
            }
            if (version == null) {
                mirror.without(kind);
            } else {
                mirror.with(kind);
                if (present == null) {
                    begin(kind, version, known.path(kind));
                }
                progress = progress.and(progress(kind));
                some |= mirror.knows(kind);
            }
        }
        return progress == Progress.ALLOWED && !some ? Progress.TRIED : progress;
    }

    private Progress progress(Kind kind) {
        if (mirror.knows(kind)) {
            return Progress.ALL;
        }
        if (!problems.containsKey(kind)) {
            return Progress.NOTHING;
        }
        // Without a rule about access clients would be let in where it keeps them out: as good as not read.
        return forbidden.contains(kind) && !ClusterKinds.restrictsAccess(kind) ? Progress.ALLOWED : Progress.TRIED;
    }

    private void begin(Kind kind, String version, String path) {
        String thread = name + "-" + kind.qualifiedPlural().toLowerCase(Locale.ROOT);
        Follower follower = new Follower(thread, path, server, watchdog, new Told(kind, version));
        following.put(kind, new Following(version, follower));
        follower.start();
    }

    /** {@return how many kinds are followed} */
    int kinds() {
        return following.size();
    }

    /** {@return whether the cluster does not even say which kinds it knows} */
    boolean fails() {
        return !unasked.isEmpty();
    }

    /** {@return whether everything that can be followed is} */
    boolean answers() {
        return unasked.isEmpty() && problems.isEmpty() && catalogue != null;
    }

    /** {@return the first thing that is wrong; empty if nothing is} */
    String problem() {
        Catalogue known = catalogue;
        if (!unasked.isEmpty()) {
            return unasked;
        }
        if (known == null) {
            return "the API server has not answered yet";
        }
        return problems.values().stream()
                .sorted()
                .findFirst()
                .orElse(known.problems().isEmpty() ? "" : String.join("; ", known.problems()));
    }

    private final class Told implements Follower.Listener {
        private final Kind kind;
        private final String version;

        Told(Kind kind, String version) {
            this.kind = kind;
            this.version = version;
        }

        @Override
        public void listed(List<JsonNode> objects) {
            meters.listed();
            mirror.listed(kind, version, objects);
        }

        @Override
        public void changed(JsonNode object, boolean deleted) {
            mirror.changed(kind, version, object, deleted);
        }

        @Override
        public void forbidden(String problem) {
            forbidden.add(kind);
            problems.put(kind, problem);
        }

        @Override
        public void heard(String problem) {
            forbidden.remove(kind);
            if (problem.isEmpty()) {
                // It is heard like this as each watch begins.
                meters.watching();
                problems.remove(kind);
            } else {
                problems.put(kind, problem);
            }
        }
    }

    @Override
    public void close() {
        asking.close();
        following.values().forEach(one -> one.follower().close());
        watchdog.close();
    }
}
