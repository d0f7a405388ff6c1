package io.inmesh.server.cluster;

import io.inmesh.server.kubernetes.ApiServer;
import io.inmesh.server.model.Kinds.Kind.Use;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.source.Pacer;
import io.inmesh.server.source.SourceThread;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.validate.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration of one cluster, as long as it is this server's to follow it: it leads, or nobody does and nobody has read the cluster
 * yet. What it finds is written to the store, from which all servers serve.
 */
final class ClusterConfig implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterConfig.class);
    private static final Duration PERIOD = Duration.ofMillis(100);
    private static final Duration STORE_AWAY = Duration.ofSeconds(2);

    private final ClusterConfigs.Entry entry;
    private final ClusterConfigs.Parts parts;
    private final ClusterReports reports;
    private final ClusterMeters meters;
    private final SourceThread worker;
    private final CountDownLatch heard = new CountDownLatch(1);
    private volatile boolean closed;
    private final Pacer pacer =
            new Pacer(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
    private volatile Optional<Guard> fence = Optional.empty();
    private @Nullable Session session;

    ClusterConfig(ClusterConfigs.Entry entry, ClusterConfigs.Parts parts, ClusterReports reports) {
        this.entry = entry;
        this.parts = parts;
        this.reports = reports;
        this.meters = new ClusterMeters(entry.name(), parts.meters(), parts.clock());
        this.worker = new SourceThread(entry.name() + "-configuration");
    }

    void start() {
        meters.show(() -> reports.of(entry.name()));
        if (reports.of(entry.name()).listed()) {
            heard.countDown();
        }
        worker.after(Duration.ZERO, this::step);
    }

    /** {@return opens when the cluster has been read, now or by an earlier run or another server} */
    CountDownLatch heard() {
        return heard;
    }

    String name() {
        return entry.name();
    }

    private void step() {
        Duration pause = PERIOD;
        try {
            look();
        } catch (StoreUnavailableException e) {
            LOG.warn("configuration of cluster {} waits for the store: {}", entry.name(), e.getMessage());
            pause = STORE_AWAY;
        } catch (RuntimeException e) {
            LOG.error("configuration of cluster {} cannot be followed, and is tried again", entry.name(), e);
            pause = pacer.afterFailure();
        } finally {
            if (!closed) {
                worker.after(pause, this::step);
            }
        }
    }

    private void look() {
        // Kept for what is written in this round: the store refuses it once another server leads.
        fence = parts.fence().get();
        boolean listed = reports.of(entry.name()).listed();
        if (listed) {
            heard.countDown();
        }
        // Some of the cluster may never be readable; then the leader goes on to try, and nobody writes beside it.
        if (fence.isEmpty() && (listed || parts.another().getAsBoolean())) {
            end();
            return;
        }
        Session now = session;
        if (now == null) {
            now = new Session();
            session = now;
            now.start();
        }
        now.follow();
    }

    private void end() {
        Session last = session;
        session = null;
        if (last != null) {
            last.close();
        }
    }

    /** From when this server begins to follow the cluster until it ends, because another one does. */
    private final class Session implements StatusWriter.Work, AutoCloseable {
        private final ApiServer server = new ApiServer(entry.settings().api(), entry.name() + "-configuration");
        private final Mirror mirror = new Mirror(entry.settings().namespaces());
        private final ClusterFollowers followers =
                new ClusterFollowers(entry.name(), server, mirror, meters, parts.lookAgain());
        private final Uptake uptake = new Uptake(
                entry.name(), parts.writer().guarded(() -> fence.map(List::of).orElse(List.of())), parts.damping());
        private final StatusWriter statuses = new StatusWriter(entry.name(), server, this, meters, System::nanoTime);
        private boolean tried;
        private boolean complete;
        private long seenVersion = -1;
        private long seenRevision = -1;
        private long lastPass;
        private long notBefore = System.nanoTime();
        private String failure = "";
        private boolean follows;
        private long since = parts.clock().instant().getEpochSecond();
        private volatile @Nullable Judged judged;
        private @Nullable Judged told;
        private @Nullable Object toldServices;
        private long analyzed;
        private @Nullable ConfigView analyzedView;
        private Map<ResourceKey, List<Problem>> warnings = Map.of();

        void start() {
            LOG.info("configuration of cluster {} is followed by this server", entry.name());
            followers.start();
            if (entry.settings().writeStatus()) {
                statuses.start();
            }
        }

        void follow() {
            ClusterFollowers.Progress progress = followers.follow();
            tried |= progress != ClusterFollowers.Progress.NOTHING;
            long nanos = System.nanoTime();
            if (tried && nanos - notBefore >= 0) {
                boolean due = nanos - lastPass >= parts.damping().every().toNanos();
                if (due
                        || mirror.version() != seenVersion
                        || parts.writer().store().view().revision() != seenRevision) {
                    pass(nanos, due);
                }
            }
            // Only now is what was read in the store.
            complete |= progress.compareTo(ClusterFollowers.Progress.ALLOWED) >= 0 && failure.isEmpty();
            ClusterReport report = report();
            // Before anybody leads several servers may read the cluster; they have one thing to say, and it is the
            // same.
            if (fence.isPresent() ? tried || followers.fails() : complete) {
                reports.put(report, fence);
            }
        }

        private void pass(long nanos, boolean due) {
            Mirror.Seen seen = mirror.seen();
            try {
                mirror.settled(uptake.pass(seen, nanos, due));
            } catch (StoreUnavailableException e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.error("what cluster {} holds cannot be taken, and is tried again", entry.name(), e);
                failure = "what it holds cannot be taken: " + e;
                notBefore = nanos + pacer.afterFailure().toNanos();
                return;
            }
            failure = "";
            pacer.afterAnswer();
            lastPass = due ? nanos : lastPass;
            seenVersion = seen.version();
            seenRevision = parts.writer().store().view().revision();
            judged = judge(seen);
        }

        private Judged judge(Mirror.Seen seen) {
            Map<ResourceKey, Resource> served = new HashMap<>();
            seen.objects().forEach((key, object) -> {
                Resource resource = uptake.served(object);
                if (resource != null) {
                    served.put(key, resource);
                }
            });
            return new Judged(
                    seen, uptake.refusals(), served, parts.writer().store().view());
        }

        private ClusterReport report() {
            if (follows != followers.answers()) {
                follows = followers.answers();
                since = parts.clock().instant().getEpochSecond();
            }
            Judged now = judged;
            ClusterReport last = reports.of(entry.name());
            List<Refusal> refused =
                    now == null ? last.refused() : List.copyOf(now.refusals().values());
            String problem = Stream.of(failure, followers.problem(), statuses.problem())
                    .filter(one -> !one.isEmpty())
                    .collect(Collectors.joining("; "));
            return new ClusterReport(
                    entry.name(),
                    complete || last.listed(),
                    follows,
                    since,
                    problem,
                    followers.kinds(),
                    now == null ? last.objects() : now.seen().objects().size(),
                    uptake.vanishing().count(),
                    uptake.vanishing().frozen(),
                    refused.subList(0, Math.min(refused.size(), ClusterReport.MOST)),
                    now == null ? last.refusals() : refused.size());
        }

        @Override
        public List<StatusWriter.Status> look() {
            Judged now = judged;
            if (now == null || parts.fence().get().isEmpty()) {
                return List.of();
            }
            Object services = parts.services().get();
            boolean same = now == told && services == toldServices;
            if (same || !analyze(now.view())) {
                return List.of();
            }
            List<StatusWriter.Status> wrong = new ArrayList<>();
            for (ClusterObject object : now.seen().objects().values()) {
                verdict(now, object)
                        .flatMap(verdict ->
                                StatusPatch.of(object, verdict, parts.clock().instant()))
                        .ifPresent(status -> wrong.add(new StatusWriter.Status(object, status)));
            }
            if (wrong.isEmpty()) {
                told = now;
                toldServices = services;
            }
            return wrong;
        }

        private Optional<Verdict> verdict(Judged now, ClusterObject object) {
            Refusal refusal = now.refusals().get(object.key());
            Resource served = now.served().get(object.key());
            // Kinds without effect here are somebody else's, and their statuses, too.
            if (object.kind().use() != Use.ENFORCED || (refusal == null && served == null)) {
                return Optional.empty();
            }
            return Optional.of(new Verdict(
                    Optional.ofNullable(refusal),
                    warnings.getOrDefault(object.key(), List.of()),
                    served == null ? object.document() : parts.shown().apply(served, now.view())));
        }

        /** {@return whether it is known what is wrong with the configuration; if it changes all the time, that is not looked at each time} */
        private boolean analyze(ConfigView view) {
            long nanos = System.nanoTime();
            if (analyzedView == view) {
                return true;
            }
            if (analyzedView != null
                    && nanos - analyzed < parts.analyzeAtMostEvery().toNanos()) {
                return false;
            }
            Map<ResourceKey, List<Problem>> found = new HashMap<>();
            parts.writer()
                    .analyze()
                    .forEach(problem -> found.computeIfAbsent(problem.resource(), key -> new ArrayList<>())
                            .add(problem));
            warnings = found;
            analyzedView = view;
            analyzed = nanos;
            return true;
        }

        @Override
        public boolean has(ResourceKey key) {
            Judged now = judged;
            return now != null && now.seen().objects().containsKey(key);
        }

        @Override
        public void close() {
            statuses.close();
            followers.close();
            server.close();
            LOG.info("configuration of cluster {} is not followed by this server any more", entry.name());
        }
    }

    /** What a pass has come to, for whoever writes statuses. */
    private record Judged(
            Mirror.Seen seen, Map<ResourceKey, Refusal> refusals, Map<ResourceKey, Resource> served, ConfigView view) {}

    @Override
    public void close() {
        closed = true;
        worker.close();
        end();
    }
}
