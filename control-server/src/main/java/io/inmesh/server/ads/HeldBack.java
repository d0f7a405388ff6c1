package io.inmesh.server.ads;

import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A configuration without the changes that cannot be translated: of those resources the last good version stays, or none, and all others
 * are as they are wanted.
 *
 * @param config what can be translated
 * @param resources whose change is held back; empty if nothing is
 */
record HeldBack(ConfigView config, Set<ResourceKey> resources) {

    private static final String OF_ACCESS = "security.istio.io";

    /** So many attempts at most: then what is left of the change is held back as a whole. */
    static final int MOST_ATTEMPTS = 60;

    /**
     * Finds out which changes have to be held back, halving what does not work.
     *
     * @param good a configuration that could be translated
     * @param wanted one that cannot
     * @param works whether a configuration can be translated
     * @return what can be had of {@code wanted}; null if not even {@code good} works any more, so that the reason lies elsewhere
     */
    static @Nullable HeldBack of(ConfigView good, ConfigView wanted, Predicate<ConfigView> works) {
        Search search = new Search(good, wanted, works);
        if (!search.works(search.present)) {
            return null;
        }
        search.take(changed(good, wanted));
        return new HeldBack(search.view(search.present), Set.copyOf(search.held));
    }

    /**
     * {@return whether something is held back that may close what would be open without it: a rule about access, or a DestinationRule, which
     * may ask for TLS} Its last good version would not do, since what else changes may count on the new one.
     */
    boolean opens() {
        return resources.stream()
                .anyMatch(key -> key.group().equals(OF_ACCESS) || key.kind().equals("DestinationRule"));
    }

    /** {@return the keys of what differs} */
    static List<ResourceKey> changed(ConfigView before, ConfigView now) {
        Set<ResourceKey> changed = new LinkedHashSet<>();
        for (Resource resource : now.all()) {
            if (!Optional.of(resource).equals(before.get(resource.key()))) {
                changed.add(resource.key());
            }
        }
        before.all().stream()
                .map(Resource::key)
                .filter(key -> now.get(key).isEmpty())
                .forEach(changed::add);
        return List.copyOf(changed);
    }

    /** One search. For one thread. */
    private static final class Search {
        private final ConfigView wanted;
        private final Predicate<ConfigView> works;
        private final Set<ResourceKey> held = new LinkedHashSet<>();
        private Map<ResourceKey, Resource> present = new LinkedHashMap<>();
        private int attempts;

        Search(ConfigView good, ConfigView wanted, Predicate<ConfigView> works) {
            this.wanted = wanted;
            this.works = works;
            good.all().forEach(resource -> present.put(resource.key(), resource));
        }

        boolean works(Map<ResourceKey, Resource> resources) {
            return attempts++ < MOST_ATTEMPTS && works.test(view(resources));
        }

        ConfigView view(Map<ResourceKey, Resource> resources) {
            return new ConfigView(wanted.revision(), new ArrayList<>(resources.values()));
        }

        void take(List<ResourceKey> changes) {
            if (changes.isEmpty()) {
                return;
            }
            Map<ResourceKey, Resource> next = new LinkedHashMap<>(present);
            for (ResourceKey key : changes) {
                wanted.get(key).ifPresentOrElse(resource -> next.put(key, resource), () -> next.remove(key));
            }
            if (works(next)) {
                present = next;
            } else if (changes.size() == 1 || attempts >= MOST_ATTEMPTS) {
                held.addAll(changes);
            } else {
                int half = changes.size() / 2;
                take(changes.subList(0, half));
                take(changes.subList(half, changes.size()));
            }
        }
    }
}
