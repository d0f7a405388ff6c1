package io.inmesh.server.registries;

import io.inmesh.server.cluster.ClusterConfigs;
import io.inmesh.server.settings.Section;
import io.inmesh.server.source.Damping;
import io.inmesh.server.source.DiscoveredServices;
import io.inmesh.server.source.NamedSource;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.consul.ConsulSettings;
import io.inmesh.server.source.consul.ConsulSource;
import io.inmesh.server.source.dns.DnsSettings;
import io.inmesh.server.source.dns.DnsSource;
import io.inmesh.server.source.file.FileSource;
import io.inmesh.server.source.kubernetes.KubernetesSettings;
import io.inmesh.server.source.kubernetes.KubernetesSource;
import io.inmesh.server.store.KeyValueTable;
import io.inmesh.server.time.Timer;
import io.inmesh.server.write.Origin;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The registries of the settings file: section {@code sources}, with a list for each type of source. Names are those that statuses,
 * metrics and ids of endpoints use.
 */
public final class Registries {
    private static final Duration USUAL_WAIT = Duration.ofSeconds(10);
    private static final String NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    private final List<NamedSource> sources;
    private final Damping damping;
    private final Duration startWait;
    private final List<ClusterConfigs.Entry> clusters;

    private Registries(
            List<NamedSource> sources, List<ClusterConfigs.Entry> clusters, Damping damping, Duration startWait) {
        this.sources = sources;
        this.clusters = clusters;
        this.damping = damping;
        this.startWait = startWait;
    }

    /**
     * Reads the section. Nothing is asked yet.
     *
     * @throws io.inmesh.server.settings.SettingsException if something does not fit; the message names file, field and remedy
     */
    public static Registries read(Section section) {
        List<NamedSource> sources = new ArrayList<>();
        List<ClusterConfigs.Entry> clusters = new ArrayList<>();
        Set<String> names = new HashSet<>();
        add(section, "file", names, sources, one -> new FileSource(name(one), path(one)));
        add(section, "dns", names, sources, one -> new DnsSource(name(one), DnsSettings.read(one)));
        add(section, "kubernetes", names, sources, one -> {
            KubernetesSettings settings = KubernetesSettings.read(one, System.getenv());
            if (settings.configuration()) {
                clusters.add(new ClusterConfigs.Entry(name(one), settings));
            }
            return new KubernetesSource(name(one), settings);
        });
        add(section, "consul", names, sources, one -> new ConsulSource(name(one), ConsulSettings.read(one)));
        return new Registries(
                List.copyOf(sources),
                List.copyOf(clusters),
                Damping.read(section.section("damping")),
                section.duration("startWait", USUAL_WAIT));
    }

    private static void add(
            Section section,
            String type,
            Set<String> names,
            List<NamedSource> sources,
            Function<Section, ServiceSource> reader) {
        for (Section one : section.sections(type)) {
            String name = name(one);
            if (!names.add(name)) {
                throw one.fault("name", "is \"" + name + "\" as another source's is; give each its own");
            }
            sources.add(new NamedSource(name, type, reader.apply(one)));
        }
    }

    private static String name(Section one) {
        String name = one.text("name");
        if (!name.matches(NAME)) {
            throw one.fault("name", "is \"" + name + "\" but has to be up to 63 lower-case letters, digits and dashes");
        }
        return name;
    }

    private static Path path(Section one) {
        return one.file("path").orElseThrow(() -> one.fault("path", "is missing; name a YAML file with services"));
    }

    /** {@return the clusters that keep configuration as well} */
    public List<ClusterConfigs.Entry> clusters() {
        return clusters;
    }

    /** {@return who keeps resources and is a cluster that the settings do not name (any more)} */
    public Predicate<Origin> abandoned() {
        return ClusterConfigs.abandoned(clusters);
    }

    /** {@return how fast goes what has vanished} */
    public Damping damping() {
        return damping;
    }

    /** {@return how long a server that starts waits for registries of which nothing is known} */
    public Duration startWait() {
        return startWait;
    }

    /**
     * Takes over what earlier runs knew; asks nobody before {@link #begin}.
     *
     * @param table where to keep what is known
     * @param writing runs writes one after the other
     * @param timer when passes are; not to be closed before what is opened
     * @param clusterDomain the DNS domain behind {@code svc}
     */
    public DiscoveredServices open(
            KeyValueTable table,
            Executor writing,
            Timer timer,
            InstantSource clock,
            Random random,
            String clusterDomain,
            MeterRegistry meters) {
        DiscoveredServices discovered =
                new DiscoveredServices(sources, damping, clusterDomain, table, writing, timer, clock, random);
        SourceMeters.bind(discovered, meters, clock);
        return discovered;
    }

    /**
     * Begins to follow all sources; returns when each has either been known from an earlier run or said something, or after
     * {@code sources.startWait}.
     */
    public void begin(DiscoveredServices discovered) throws InterruptedIOException {
        discovered.start();
        try {
            discovered.awaitFirst(startWait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for registries");
        }
    }
}
