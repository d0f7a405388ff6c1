package io.inmesh.server.ads;

import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.KindCache;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.translate.Trust;
import io.inmesh.server.translate.TrustSecret;
import io.inmesh.server.translate.VersionedResource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration and the registered workloads as resources, translated when somebody asks after a change, and the trust bundle. A
 * burst of changes that nobody looked at in between costs one translation.
 */
public final class TranslatedResources implements ResourceSource {
    private static final Logger LOG = LoggerFactory.getLogger(TranslatedResources.class);

    private final Translator translator;
    private final Supplier<ConfigView> config;
    private final Supplier<? extends Collection<RegisteredWorkload>> workloads;
    private final Supplier<Trust> trust;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private boolean stale = true;
    private @Nullable Current current;

    /**
     * A translated mesh; resource sets with the trust bundle in them are made once for all clients that share a set.
     *
     * @param sets with the bundle, by those without
     * @param before those made with the same bundle before the last change; a set that did not change stays the same object
     */
    private record Current(
            MeshState state,
            VersionedResource secret,
            ConcurrentMap<ResourceSet, ResourceSet> sets,
            ConcurrentMap<ResourceSet, ResourceSet> before) {

        static Current following(@Nullable Current previous, MeshState state, VersionedResource secret) {
            if (previous == null || !previous.secret.version().equals(secret.version())) {
                return new Current(state, secret, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
            }
            return new Current(state, previous.secret, new ConcurrentHashMap<>(), previous.sets);
        }

        ResourceSet with(ResourceSet set) {
            return KindCache.get(sets, set, one -> {
                ResourceSet known = before.get(one);
                return known == null ? one.with(secret) : known;
            });
        }
    }

    /**
     * @param config the present configuration
     * @param workloads the registered workloads at present
     * @param trust whom to trust at present, and whom not
     */
    public TranslatedResources(
            Translator translator,
            Supplier<ConfigView> config,
            Supplier<? extends Collection<RegisteredWorkload>> workloads,
            Supplier<Trust> trust) {
        this.translator = translator;
        this.config = config;
        this.workloads = workloads;
        this.trust = trust;
    }

    /** To be called after every change of what the suppliers give. */
    public void changed() {
        synchronized (lock) {
            stale = true;
        }
        listeners.forEach(Runnable::run);
    }

    /**
     * The mesh at present. Should translation fail, the mesh as it was before, because callers are better off with that.
     *
     * @throws IllegalStateException if translation fails and there was nothing before
     */
    public MeshState state() {
        return current().state();
    }

    /**
     * The mesh as it would be with another configuration. Nothing is pushed, and nothing of it is kept.
     *
     * @param hypothetical a configuration whose revision is not the present one
     */
    public MeshState stateWith(ConfigView hypothetical) {
        return translator.translate(hypothetical, workloads.get(), trust.get().denied(), state());
    }

    /** The version of the trust bundle as it has to be pushed now, whether or not it could be; clients acknowledge it. */
    public String trustBundleVersion() {
        return TrustSecret.of(trust.get()).version();
    }

    @Override
    public ResourceSet resourcesFor(ClientContext client) {
        Current now = current();
        return now.with(now.state().resourcesFor(client));
    }

    private Current current() {
        synchronized (lock) {
            if (stale || current == null) {
                // Cleared first: a change that comes while this reads would otherwise be lost.
                stale = false;
                try {
                    current = translate(current);
                } catch (RuntimeException e) {
                    stale = true;
                    throw e;
                }
            }
            return current;
        }
    }

    private Current translate(@Nullable Current before) {
        Trust trusted = trust.get();
        VersionedResource secret = TrustSecret.of(trusted);
        try {
            MeshState state = translator.translate(
                    config.get(), workloads.get(), trusted.denied(), before == null ? null : before.state());
            return Current.following(before, state, secret);
        } catch (RuntimeException e) {
            if (before == null) {
                throw new IllegalStateException("the configuration cannot be translated", e);
            }
            LOG.error("the configuration cannot be translated; clients keep what they have until it changes", e);
            return Current.following(before, before.state(), secret);
        }
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
