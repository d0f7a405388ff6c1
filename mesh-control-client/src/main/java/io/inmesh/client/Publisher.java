package io.inmesh.client;

import io.inmesh.client.translate.Caller;
import io.inmesh.client.translate.ConfigAssembler;
import io.inmesh.client.translate.IgnoredField;
import io.inmesh.config.MeshConfig;
import io.inmesh.snapshot.Problem;
import io.inmesh.spi.ApplyResult;
import io.inmesh.spi.MeshLink;
import io.inmesh.time.Randomness;
import io.inmesh.time.Scheduler;
import io.inmesh.xds.TypeUrls;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what the store holds in use: as a whole and only when it is whole ({@link Completeness}), and not blindly if it has suddenly
 * shrunk ({@link ShrinkGuard}).
 */
final class Publisher {

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final int MAX_LISTED = 1000;

    private final MeshLink mesh;
    private final ControlThread thread;
    private final ResourceStore store;
    private final Progress progress;
    private final Caller caller;
    private final Runnable whenPublished;
    private final NamedClusters names;
    private final TlsFileTable files;
    private final Completeness completeness = new Completeness();
    private final ShrinkGuard guard = new ShrinkGuard();
    /** What is in use, with host names in the place of their addresses. */
    private MeshConfig inUse = MeshConfig.EMPTY;

    private List<IgnoredField> ignored = List.of();
    private Scheduler.Cancellable again = () -> {};
    /** The last good state while it waits for its host names, null otherwise. */
    private @Nullable MeshConfig restoring;
    /** Whether what was received waits for something. */
    private boolean waiting;

    /**
     * Makes a publisher.
     *
     * @param caller this process
     * @param resolver finds the addresses of host names
     * @param lookups runs the resolver
     * @param randomness spreads its lookups
     * @param whenPublished called after all of what the store holds was put in use
     */
    Publisher(
            MeshLink mesh,
            ControlThread thread,
            ResourceStore store,
            Progress progress,
            Caller caller,
            NameResolver resolver,
            Executor lookups,
            Randomness randomness,
            Runnable whenPublished) {
        this.mesh = mesh;
        this.thread = thread;
        this.store = store;
        this.progress = progress;
        this.caller = caller;
        this.names = new NamedClusters(new NameTable(resolver, lookups, thread, randomness, this::addressesChanged));
        this.files = new TlsFileTable(thread, this::filesChanged, progress::rejected);
        this.whenPublished = whenPublished;
    }

    /** Puts the last good state in use, as it is, as soon as its host names have been looked up. */
    void restored() {
        ConfigAssembler.Assembled assembled = ConfigAssembler.assemble(store.version(), store, caller);
        restoring = assembled.config();
        names.define(assembled.config(), assembled.namings());
        names.watch(assembled.config());
        files.define(assembled.config(), assembled.files());
        files.watch(assembled.config());
        if (names.unanswered().isEmpty()) {
            useRestored();
        }
    }

    private void useRestored() {
        MeshConfig config = restoring;
        restoring = null;
        String problem = config == null ? null : use(config);
        if (problem != null) {
            LOG.warn("the last good state is not used: {}", problem);
        }
    }

    /** Addresses of a host name have changed, or a name has been looked up for the first time. */
    private void addressesChanged() {
        boolean all = names.unanswered().isEmpty();
        if (restoring != null && all) {
            useRestored();
        } else if (restoring == null && inUse != MeshConfig.EMPTY) {
            // What else may have come meanwhile waits for its own completeness.
            String problem = use(inUse);
            if (problem != null) {
                LOG.warn("new addresses of host names are not used: {}", problem);
            }
        }
        if (waiting && all) {
            publishLate();
        }
    }

    /** Files of certificates have changed, or are broken, or are not any more. */
    private void filesChanged() {
        if (restoring == null && inUse != MeshConfig.EMPTY) {
            String problem = use(inUse);
            if (problem != null) {
                LOG.warn("new files of certificates are not used: {}", problem);
            }
        }
    }

    /** Stops looking names up, and files. */
    void close() {
        names.watch();
        files.watch();
    }

    /** The connection says something; the first time counts. */
    void connected() {
        if (!guard.connected()) {
            guard.connected(inUse, mesh.clock().nanos());
        }
    }

    /** The connection is gone: what is missing cannot come now. */
    void disconnected() {
        completeness.disconnected();
        guard.disconnected(mesh.clock().nanos());
        again.cancel();
    }

    /**
     * Puts what the store holds in use, if that can be done now; otherwise tries again in time.
     *
     * @return what is wrong with it; null if nothing is, or if it has to wait
     */
    @Nullable
    String publish() {
        again.cancel();
        ConfigAssembler.Assembled assembled = ConfigAssembler.assemble(store.version(), store, caller);
        names.define(assembled.config(), assembled.namings());
        names.watch(inUse, assembled.config());
        files.define(assembled.config(), assembled.files());
        files.watch(inUse, assembled.config());
        guard.note(assembled.config(), store);
        long now = mesh.clock().nanos();
        long waitNanos = completeness.waitNanos(missing(assembled.config()), now);
        if (waitNanos > 0) {
            waiting = true;
            again = thread.schedule(this::publishLate, waitNanos);
            return null;
        }
        waiting = false;
        restoring = null;
        ShrinkGuard.Guarded guarded = guard.guard(assembled.config(), now);
        if (guarded.kept() != null) {
            LOG.warn("{}", guarded.kept());
            progress.rejected(guarded.kept());
            // Without a connection it stays until there is another.
            if (guard.connected()) {
                again = thread.schedule(this::publishLate, guard.leftNanos(now));
            }
        }
        String problem = use(guarded.config());
        names.watch(inUse);
        files.watch(inUse);
        if (problem == null) {
            note(assembled.ignored());
            if (guarded.kept() == null) {
                whenPublished.run();
            }
        }
        return problem;
    }

    /** Puts what the store holds in use, without a response to answer. */
    void publishLate() {
        String problem = publish();
        if (problem != null) {
            progress.rejected(problem);
            LOG.warn("the config is not used, the one before stays: {}", problem);
        }
    }

    private Set<String> missing(MeshConfig config) {
        Set<String> missing = new TreeSet<>();
        for (TypeState type : store.types()) {
            if (!type.typeUrl().equals(TypeUrls.SECRET)) {
                type.unanswered().forEach(name -> missing.add(type.shortName() + " " + name));
            }
        }
        names.unanswered().forEach(name -> missing.add("host name " + name));
        if (inUse == MeshConfig.EMPTY) {
            // No call is in need of protection from a route without cluster, and none can be made before.
            return missing;
        }
        TypeState clusters = store.type(TypeUrls.CLUSTER);
        for (String name : ConfigAssembler.missingClusters(config)) {
            if (!clusters.refused(name)) {
                missing.add(clusters.shortName() + " " + name);
            }
        }
        return missing;
    }

    private @Nullable String use(MeshConfig config) {
        ApplyResult result = mesh.apply(files.resolve(names.resolve(config)));
        if (result.applied()) {
            inUse = config;
            return null;
        }
        return result.problems().stream().map(Problem::toString).collect(Collectors.joining("; "));
    }

    private void note(List<IgnoredField> fields) {
        if (fields.equals(ignored)) {
            return;
        }
        Set<IgnoredField> fresh = new HashSet<>(fields);
        ignored.forEach(fresh::remove);
        fresh.stream().limit(MAX_LISTED).forEach(field -> LOG.info("a field has no effect here: {}", field));
        ignored = fields;
        List<String> listed = new ArrayList<>();
        fields.stream().limit(MAX_LISTED).forEach(field -> listed.add(field.toString()));
        if (fields.size() > MAX_LISTED) {
            listed.add("… and " + (fields.size() - MAX_LISTED) + " more");
        }
        progress.ignored(listed);
    }
}
