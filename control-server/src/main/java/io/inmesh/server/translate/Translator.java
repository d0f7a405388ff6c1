package io.inmesh.server.translate;

import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.rule.IssuerKeys;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.rule.Rules;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.store.ConfigView;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Translates the mesh's configuration and workloads into xDS resources. A pure function of its arguments and of the keys of
 * issuers and the discovered services at that moment; safe for use by several threads.
 *
 * <p>{@link #translate} does the work that is common to all clients and is cheap; resources for a kind of client are made when
 * {@link MeshState#resourcesFor} is first asked for it, and shared from then on.
 */
public final class Translator {
    private final RuleSettings settings;
    private final Supplier<IssuerKeys> issuerKeys;
    private final Supplier<? extends Collection<MeshService>> discovered;

    /** A translator under these settings. */
    public Translator(RuleSettings settings) {
        this(settings, settings::issuerKeys);
    }

    /** A translator under these settings, whose keys of issuers change. */
    public Translator(RuleSettings settings, Supplier<IssuerKeys> issuerKeys) {
        this(settings, issuerKeys, List::of);
    }

    /** As above, with services that other registries know. */
    public Translator(
            RuleSettings settings,
            Supplier<IssuerKeys> issuerKeys,
            Supplier<? extends Collection<MeshService>> discovered) {
        this.settings = settings;
        this.issuerKeys = issuerKeys;
        this.discovered = discovered;
    }

    /**
     * Translates a configuration.
     *
     * @param view the configuration
     * @param registered workloads that registered themselves
     * @param previous the state before, from which everything still true is taken over; null at the start
     */
    public MeshState translate(
            ConfigView view, Collection<RegisteredWorkload> registered, @Nullable MeshState previous) {
        return translate(view, registered, Set.of(), previous);
    }

    /**
     * Translates a configuration in which some identities are denied.
     *
     * @param denied SPIFFE ids that are refused everywhere
     */
    public MeshState translate(
            ConfigView view,
            Collection<RegisteredWorkload> registered,
            Set<String> denied,
            @Nullable MeshState previous) {
        RuleSettings now = settings.denying(denied).knowing(issuerKeys.get());
        Rules rules = previous != null
                        && previous.config().revision() == view.revision()
                        && previous.rules().settings().equals(now)
                ? previous.rules()
                : Rules.of(view, now);
        ServiceIndex services = ServiceIndex.of(
                view,
                registered.stream().map(RegisteredWorkloads::workload).toList(),
                discovered.get(),
                now,
                previous == null ? null : previous.services());
        return MeshState.following(previous, view, rules, services);
    }
}
