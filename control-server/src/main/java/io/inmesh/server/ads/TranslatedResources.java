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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
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

    /** The most kinds of clients that changes are tried for. */
    private static final int MOST_SUSPECTS = 16;

    private final Translator translator;
    private final Supplier<ConfigView> config;
    private final Supplier<? extends Collection<RegisteredWorkload>> workloads;
    private final Supplier<Trust> trust;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Untranslated untranslated = new Untranslated();
    private final Object lock = new Object();
    private boolean stale = true;
    private @Nullable Current current;
    /** The last configuration that worked for all who asked; null before there is one. */
    private @Nullable ConfigView good;
    /** Kinds of clients that a change did not work for, which is held back for that reason. */
    private final Set<ClientContext> suspects = new LinkedHashSet<>();
    /** One for which holding back changes was of no use. */
    private @Nullable Current hopeless;

    /**
     * A translated mesh; resource sets with the trust bundle in them are made once for all clients that share a set.
     *
     * @param wanted the configuration it is of, with what is held back
     * @param sets with the bundle, by those without
     * @param before those made with the same bundle before the last change; a set that did not change stays the same object
     */
    private record Current(
            MeshState state,
            VersionedResource secret,
            ConfigView wanted,
            ConcurrentMap<ResourceSet, ResourceSet> sets,
            ConcurrentMap<ResourceSet, ResourceSet> before) {

        static Current following(
                @Nullable Current previous, MeshState state, VersionedResource secret, ConfigView wanted) {
            if (previous == null || !previous.secret.version().equals(secret.version())) {
                return new Current(state, secret, wanted, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
            }
            return new Current(state, previous.secret, wanted, new ConcurrentHashMap<>(), previous.sets);
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
        try {
            return now.with(now.state().resourcesFor(client));
        } catch (RuntimeException e) {
            Current spared = spare(now, client, e);
            if (spared == null) {
                untranslated.failed(client, e);
                throw e;
            }
            listeners.forEach(Runnable::run);
            return spared.with(spared.state().resourcesFor(client));
        }
    }

    /** {@return the mesh without what does not work for a client; null if that cannot be found} */
    private @Nullable Current spare(Current now, ClientContext client, RuntimeException why) {
        synchronized (lock) {
            if (current != now) {
                return current;
            }
            if (hopeless == now || suspects.size() >= MOST_SUSPECTS || !suspects.add(client)) {
                return null;
            }
            Current spared = spared(now, now.wanted(), trust.get(), why);
            if (spared == null) {
                suspects.remove(client);
                hopeless = now;
            } else {
                current = spared;
            }
            return spared;
        }
    }

    /** {@return the mesh without the changes that cannot be translated; null if that is not the reason, or would open what is closed} */
    private @Nullable Current spared(@Nullable Current before, ConfigView wanted, Trust trusted, RuntimeException why) {
        Predicate<ConfigView> works = view -> {
            try {
                tried(view, trusted, null);
                return true;
            } catch (RuntimeException e) {
                return false;
            }
        };
        ConfigView base = good;
        // Without one it is not known what was in effect, and running traffic may depend on what would be left out.
        HeldBack held = base == null ? null : HeldBack.of(base, wanted, works);
        if (held == null || held.opens()) {
            return null;
        }
        LOG.error("held back, since it cannot be translated: {}; everything else is in effect", held.resources(), why);
        untranslated.held(wanted, held, why);
        return Current.following(before, tried(held.config(), trusted, null), TrustSecret.of(trusted), wanted);
    }

    /** {@return a configuration's state, of which those have what they want that something did not work for} */
    private MeshState tried(ConfigView view, Trust trusted, @Nullable MeshState previous) {
        MeshState state = translator.translate(view, workloads.get(), trusted.denied(), previous);
        suspects.forEach(state::resourcesFor);
        return state;
    }

    /** {@return what processes do not get because it could not be translated, a line each; usually nothing} */
    public List<String> problems() {
        return untranslated.problems();
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
        ConfigView view = config.get();
        hopeless = null;
        boolean same = before != null && before.wanted().revision() == view.revision();
        if (before != null && !same && !untranslated.lasting()) {
            good = before.state().config();
        }
        // What is held back stays so until there is another configuration.
        ConfigView usable = before != null && same ? before.state().config() : view;
        try {
            MeshState state = tried(usable, trusted, before == null ? null : before.state());
            if (!same) {
                suspects.clear();
            }
            untranslated.translated(view, same);
            return Current.following(before, state, secret, view);
        } catch (RuntimeException e) {
            Current spared = spared(before, view, trusted, e);
            if (spared != null) {
                return spared;
            }
            if (before == null) {
                throw new IllegalStateException("the configuration cannot be translated", e);
            }
            untranslated.failed(view, e);
            LOG.error("the configuration cannot be translated; clients keep what they have until it changes", e);
            return Current.following(before, before.state(), secret, before.wanted());
        }
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
