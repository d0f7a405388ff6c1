package io.inmesh.client;

import io.inmesh.client.translate.TlsFiles;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.OriginationConfig;
import io.inmesh.config.TlsCredentials;
import io.inmesh.time.Scheduler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates that clusters need for TLS to servers outside the mesh, kept up to date with the files they stand in. Used on the
 * control thread.
 *
 * <p>Files are looked at again every {@value #LOOK_SECONDS} s, by their content: mounted secrets change behind symbolic links, with
 * times of their own. New content that cannot be used leaves the last good one in place; where there has never been any, calls to the
 * cluster fail.
 */
final class TlsFileTable {

    /** How often files are looked at, in seconds. */
    static final int LOOK_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(TlsFileTable.class);

    private final ControlThread thread;
    private final Runnable changed;
    private final Consumer<String> report;
    private final Map<String, Entry> entries = new HashMap<>();
    private Scheduler.@Nullable Cancellable next;

    private static final class Entry {
        private final TlsFiles files;
        private String fingerprint = "";
        private @Nullable TlsCredentials credentials;
        private String problem = "";

        Entry(TlsFiles files) {
            this.files = files;
        }
    }

    /**
     * Makes an empty table.
     *
     * @param changed called on the control thread when files have changed in a way that matters
     * @param report told of every new problem
     */
    TlsFileTable(ControlThread thread, Runnable changed, Consumer<String> report) {
        this.thread = thread;
        this.changed = changed;
        this.report = report;
    }

    /**
     * Takes over which files the clusters of a config that came need, and reads those that are new.
     *
     * @param config clusters
     * @param needed files by name of the cluster; its other clusters need none
     */
    void define(MeshConfig config, Map<String, TlsFiles> needed) {
        for (ClusterConfig cluster : config.clusters()) {
            TlsFiles files = needed.get(cluster.name());
            Entry known = entries.get(cluster.name());
            if (files == null) {
                entries.remove(cluster.name());
            } else if (known == null || !known.files.equals(files)) {
                Entry entry = new Entry(files);
                look(entry);
                entries.put(cluster.name(), entry);
            }
        }
    }

    /** Needs the files of the clusters in these configs and no others from now on. */
    void watch(MeshConfig... configs) {
        Set<String> clusters = new HashSet<>();
        for (MeshConfig config : configs) {
            config.clusters().forEach(cluster -> clusters.add(cluster.name()));
        }
        entries.keySet().retainAll(clusters);
        if (entries.isEmpty() && next != null) {
            next.cancel();
            next = null;
        } else if (!entries.isEmpty() && next == null) {
            next = thread.schedule(this::lookAgain, TimeUnit.SECONDS.toNanos(LOOK_SECONDS));
        }
    }

    /** {@return a config with the certificates there are now} */
    MeshConfig resolve(MeshConfig config) {
        if (entries.isEmpty()) {
            return config;
        }
        List<ClusterConfig> clusters = new ArrayList<>();
        for (ClusterConfig cluster : config.clusters()) {
            Entry entry = entries.get(cluster.name());
            OriginationConfig origination = cluster.tls().origination();
            clusters.add(
                    entry == null || origination == null
                            ? cluster
                            : cluster.withTls(cluster.tls()
                                    .withOrigination(origination.withCredentials(entry.credentials, entry.problem))));
        }
        return new MeshConfig(config.version(), config.virtualHosts(), clusters, config.inbound());
    }

    private void lookAgain() {
        next = thread.schedule(this::lookAgain, TimeUnit.SECONDS.toNanos(LOOK_SECONDS));
        boolean any = false;
        for (Entry entry : entries.values()) {
            any |= look(entry);
        }
        if (any) {
            changed.run();
        }
    }

    /** {@return whether anything is different from what it was} */
    private boolean look(Entry entry) {
        String before = entry.problem;
        try {
            TlsFileReader reader = new TlsFileReader(entry.files);
            String fingerprint = reader.fingerprint();
            if (fingerprint.equals(entry.fingerprint)) {
                return recovered(entry, before);
            }
            TlsCredentials credentials = reader.credentials();
            boolean first = entry.credentials == null;
            entry.credentials = credentials;
            entry.fingerprint = fingerprint;
            entry.problem = "";
            LOG.info(
                    "{} {}: {}",
                    first ? "read" : "read again, since they changed, the files of",
                    entry.files.resource(),
                    credentials);
            return true;
        } catch (IOException e) {
            String problem = String.valueOf(e.getMessage());
            entry.problem = entry.credentials == null ? problem : problem + "; the files before it stay in use";
        }
        if (entry.problem.equals(before)) {
            return false;
        }
        LOG.warn("{}{}", entry.problem, entry.credentials == null ? "; calls fail until it is mended" : "");
        report.accept(entry.problem);
        return true;
    }

    /** What was broken in between is again what is in use. */
    private static boolean recovered(Entry entry, String before) {
        entry.problem = "";
        return !before.isEmpty();
    }
}
