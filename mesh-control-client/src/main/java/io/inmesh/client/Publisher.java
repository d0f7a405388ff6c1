package io.inmesh.client;

import io.inmesh.client.translate.ConfigTranslator;
import io.inmesh.client.translate.InvalidResourceException;
import io.inmesh.spi.ApplyResult;
import io.inmesh.spi.MeshLink;
import io.inmesh.xds.TypeUrls;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes configs of resources and hands them to the mesh: when every name they refer to has been answered, or after
 * {@link #COMPLETENESS_LIMIT_NANOS} at the latest, so that a new route never goes live before its cluster.
 */
final class Publisher {

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    /** How long a config waits for resources it refers to: 15 s, as xDS clients do (gRFC A27). */
    static final long COMPLETENESS_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final ResourceStore store;
    private final MeshLink mesh;
    private final ControlThread thread;
    private final Runnable whenApplied;
    private boolean scheduled;
    private boolean waiting;
    private long incompleteSinceNanos;
    private volatile @Nullable String lastRejection;
    private volatile List<String> ignoredFields = List.of();

    /**
     * Makes a publisher.
     *
     * @param store what configs are made of
     * @param mesh whom they are for
     * @param thread the thread all of this happens on
     * @param whenApplied called after a config was taken into use
     */
    Publisher(ResourceStore store, MeshLink mesh, ControlThread thread, Runnable whenApplied) {
        this.store = store;
        this.mesh = mesh;
        this.thread = thread;
        this.whenApplied = whenApplied;
    }

    /** {@return the last config that was refused and why, null if none was} */
    @Nullable
    String lastRejection() {
        return lastRejection;
    }

    /** {@return fields of the present config that have no effect} */
    List<String> ignoredFields() {
        return ignoredFields;
    }

    /** Publishes after the responses that are here already, so that one change of several types makes one config. */
    void publishSoon() {
        if (!scheduled) {
            scheduled = true;
            thread.execute(() -> {
                scheduled = false;
                publishIfComplete();
            });
        }
    }

    private void publishIfComplete() {
        boolean complete = store.types().stream()
                .filter(type -> !type.typeUrl().equals(TypeUrls.SECRET))
                .allMatch(TypeState::complete);
        long now = mesh.clock().nanos();
        if (!complete && !waiting) {
            waiting = true;
            incompleteSinceNanos = now;
            thread.schedule(this::publishIfComplete, COMPLETENESS_LIMIT_NANOS);
            return;
        }
        if (!complete && now - incompleteSinceNanos < COMPLETENESS_LIMIT_NANOS) {
            return;
        }
        if (!complete) {
            LOG.warn("the control server has not answered all names after 15 s; going on without them");
        }
        waiting = false;
        publish();
    }

    /** Publishes what is known now. */
    void publish() {
        try {
            ConfigTranslator.Translated translated = ConfigTranslator.translate(
                    version(),
                    store.type(TypeUrls.LISTENER).bytes(),
                    store.type(TypeUrls.ROUTE).bytes(),
                    store.type(TypeUrls.CLUSTER).bytes(),
                    store.type(TypeUrls.ENDPOINT).bytes());
            noteIgnored(translated.ignored());
            ApplyResult result = mesh.apply(translated.config());
            if (result.applied()) {
                whenApplied.run();
            } else {
                refused(result.problems().toString());
            }
        } catch (InvalidResourceException e) {
            refused(String.valueOf(e.getMessage()));
        }
    }

    private void refused(String why) {
        lastRejection = why;
        LOG.warn("the config is not used, the one before stays: {}", why);
    }

    private String version() {
        Map<String, Map<String, String>> all = new TreeMap<>();
        store.types().forEach(type -> all.put(type.typeUrl(), new TreeMap<>(type.versions())));
        return Integer.toHexString(all.hashCode());
    }

    private void noteIgnored(List<String> ignored) {
        if (!ignored.equals(ignoredFields)) {
            Set<String> fresh = new HashSet<>(ignored);
            ignoredFields.forEach(fresh::remove);
            fresh.forEach(field -> LOG.info("a field has no effect here: {}", field));
            ignoredFields = ignored;
        }
    }
}
