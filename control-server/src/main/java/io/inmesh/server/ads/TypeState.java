package io.inmesh.server.ads;

import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One client's subscription to one resource type, and what the client has. Both protocols are the same here; they differ in how requests
 * change the subscription and in how an {@link Update} is written. Not safe for use by several threads.
 */
final class TypeState {
    private static final String WILDCARD = "*";

    private final String typeUrl;
    private final int maxNames;
    private final Set<String> names = new LinkedHashSet<>();
    private final SortedMap<String, Known> known = new TreeMap<>();
    /** Names that wait for the answer that they do not exist. */
    private final Set<String> unanswered = new HashSet<>();

    private boolean wildcard;
    /** Whether the wildcard came from naming nothing, which naming something ends. */
    private boolean impliedWildcard;

    /** Whether the client claimed to have more than it may. */
    private boolean broughtTooMany;

    private boolean begun;
    private boolean answerDue;
    /** The set that {@link #additions} found nothing lacking in; null once the subscription changes. */
    private @Nullable ResourceSet upToDateWith;

    /** What the client has; the resource is null if the client brought it from an earlier stream. */
    private record Known(String version, @Nullable VersionedResource resource) {}

    /**
     * @param maxNames names a client may subscribe to
     */
    TypeState(String typeUrl, int maxNames) {
        this.typeUrl = typeUrl;
        this.maxNames = maxNames;
    }

    String typeUrl() {
        return typeUrl;
    }

    /** Whether the client wants anything of this type. */
    boolean subscribed() {
        return wildcard || !names.isEmpty();
    }

    /** Whether the client waits for a response even if there is nothing to tell. */
    boolean answerDue() {
        return answerDue;
    }

    /** Whether there are more names than a client may have; each that it brought from an earlier stream counts as well. */
    boolean tooManyNames() {
        return names.size() > maxNames || broughtTooMany;
    }

    /** Replaces the subscription: a state-of-the-world request. */
    void replace(Collection<String> wanted) {
        Set<String> wantedNames = new LinkedHashSet<>(wanted);
        boolean wantedWildcard = wantedNames.remove(WILDCARD);
        boolean implied = wanted.isEmpty() && PushOrder.root(typeUrl) && (!begun || impliedWildcard);
        boolean added = !names.containsAll(wantedNames) || ((wantedWildcard || implied) && !wildcard);
        names.clear();
        names.addAll(wantedNames);
        wildcard = wantedWildcard || implied;
        impliedWildcard = implied;
        forgetUnwanted();
        begun = true;
        answerDue |= added;
        upToDateWith = null;
    }

    /**
     * Changes the subscription: an incremental request.
     *
     * @param versions what the client has from an earlier stream; looked at in the first request of a type only
     */
    void change(Collection<String> subscribe, Collection<String> unsubscribe, Map<String, String> versions) {
        boolean first = !begun;
        begun = true;
        upToDateWith = null;
        if (first && subscribe.isEmpty() && PushOrder.root(typeUrl)) {
            wildcard = true;
            impliedWildcard = true;
            answerDue = true;
        }
        for (String name : subscribe) {
            if (name.equals(WILDCARD)) {
                wildcard = true;
                impliedWildcard = false;
            } else {
                names.add(name);
                // Whoever asks again may have forgotten what it was sent.
                known.remove(name);
                unanswered.add(name);
            }
            answerDue = true;
        }
        for (String name : unsubscribe) {
            if (name.equals(WILDCARD)) {
                wildcard = false;
            } else if (names.remove(name)) {
                // Under a wildcard it is sent again, so that the client learns that it still has it.
                known.remove(name);
                unanswered.remove(name);
            }
        }
        if (first) {
            broughtTooMany = versions.size() > maxNames;
            versions.forEach((name, version) -> known.put(name, new Known(version, null)));
        }
        forgetUnwanted();
    }

    /** What the client lacks in {@code set}. Nothing that it has is taken away; names it asked for that do not exist are. */
    Update additions(ResourceSet set) {
        if (upToDateWith == set) {
            return Update.NOTHING;
        }
        List<VersionedResource> changed = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        wanted(set).values().forEach(resource -> {
            Known had = known.get(resource.name());
            if (had == null || !had.version().equals(resource.version())) {
                changed.add(resource);
            }
        });
        for (String name : unanswered) {
            if (!known.containsKey(name) && set.find(typeUrl, name).isEmpty()) {
                absent.add(name);
            }
        }
        Update update = new Update(changed, absent);
        if (update.isEmpty()) {
            upToDateWith = set;
        }
        return update;
    }

    /** What the client has that is not in {@code set} any more. */
    List<String> removals(ResourceSet set) {
        SortedMap<String, VersionedResource> wanted = wanted(set);
        return known.keySet().stream().filter(name -> !wanted.containsKey(name)).toList();
    }

    /** All that the client has after {@code update}, for responses that have to be complete. */
    List<VersionedResource> completed(Update update) {
        SortedMap<String, VersionedResource> all = new TreeMap<>();
        known.forEach((name, had) -> {
            if (had.resource() != null) {
                all.put(name, had.resource());
            }
        });
        update.removed().forEach(all::remove);
        update.changed().forEach(resource -> all.put(resource.name(), resource));
        return List.copyOf(all.values());
    }

    /** Notes that {@code update} has been sent. */
    void sent(Update update) {
        update.changed().forEach(resource -> {
            known.put(resource.name(), new Known(resource.version(), resource));
            unanswered.remove(resource.name());
        });
        update.removed().forEach(name -> {
            known.remove(name);
            unanswered.remove(name);
        });
        answerDue = false;
    }

    /** The version that the client was last sent of a resource; empty if it does not have it. */
    Optional<String> version(String name) {
        return Optional.ofNullable(known.get(name)).map(Known::version);
    }

    /** Whether the client is sent everything there is. */
    boolean everything() {
        return wildcard;
    }

    /** What the client has, and what it asked for and does not exist. */
    List<HeldResource> held() {
        List<HeldResource> held = new ArrayList<>();
        known.forEach((name, had) -> held.add(new HeldResource(typeUrl, name, had.version(), had.resource())));
        names.stream()
                .filter(name -> !known.containsKey(name))
                .forEach(name -> held.add(new HeldResource(typeUrl, name, "", null)));
        return held;
    }

    /** A version for all that the client has: equal on every server that has sent it the same. */
    String version() {
        return SetVersion.of(known.entrySet().stream()
                .map(e -> Map.entry(e.getKey(), e.getValue().version())));
    }

    private SortedMap<String, VersionedResource> wanted(ResourceSet set) {
        SortedMap<String, VersionedResource> all = set.all(typeUrl);
        if (wildcard && names.isEmpty()) {
            return all;
        }
        SortedMap<String, VersionedResource> wanted = wildcard ? new TreeMap<>(all) : new TreeMap<>();
        names.forEach(name -> set.find(typeUrl, name).ifPresent(resource -> wanted.put(name, resource)));
        return wanted;
    }

    private void forgetUnwanted() {
        if (!wildcard) {
            known.keySet().retainAll(names);
            unanswered.retainAll(names);
        }
    }
}
