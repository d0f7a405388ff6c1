package io.inmesh.server.ads;

import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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
    /** What a name takes beside its characters. */
    private static final int EACH = 64;

    private final String typeUrl;
    private final int maxNames;
    private final Set<String> names = new LinkedHashSet<>();
    private final Holdings held = new Holdings();
    /** Names that wait for the answer that they do not exist. */
    private final Set<String> unanswered = new HashSet<>();
    /** Names of what is sent once more though the client has it; of few clients there ever are any. */
    private Set<String> again = Set.of();

    private boolean wildcard;
    /** Whether the wildcard came from naming nothing, which naming something ends. */
    private boolean impliedWildcard;

    /** Whether the client claimed to have more than it may. */
    private boolean broughtTooMany;

    /** What the names it subscribes to take, in characters, and what it said to have from an earlier stream. */
    private long namesSize;

    private long broughtSize;

    private boolean begun;
    private boolean answerDue;
    /** The set that {@link #additions} found nothing lacking in; null once the subscription changes. */
    private @Nullable ResourceSet upToDateWith;

    /** The set that {@link #removals} found nothing too much of; null once the subscription or what the client has changes. */
    private @Nullable ResourceSet tidyWith;

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

    /** What its names take together, about in bytes; few very long ones may take more than as many as it may have. */
    long size() {
        return namesSize + broughtSize;
    }

    /** Replaces the subscription: a state-of-the-world request. */
    void replace(Collection<String> wanted) {
        Set<String> wantedNames = new LinkedHashSet<>(wanted);
        boolean wantedWildcard = wantedNames.remove(WILDCARD);
        boolean implied = wanted.isEmpty() && PushOrder.root(typeUrl) && (!begun || impliedWildcard);
        if (begun
                && wildcard == (wantedWildcard || implied)
                && impliedWildcard == implied
                && names.equals(wantedNames)) {
            // An answer, which is most of what comes.
            return;
        }
        boolean added = !names.containsAll(wantedNames) || ((wantedWildcard || implied) && !wildcard);
        names.clear();
        wantedNames.forEach(name -> names.add(name.intern()));
        namesSize = names.stream().mapToLong(TypeState::size).sum();
        wildcard = wantedWildcard || implied;
        impliedWildcard = implied;
        forgetUnwanted();
        begun = true;
        answerDue |= added;
        upToDateWith = null;
        tidyWith = null;
    }

    /**
     * Changes the subscription: an incremental request.
     *
     * @param versions what the client has from an earlier stream; looked at in the first request of a type only
     */
    void change(Collection<String> subscribe, Collection<String> unsubscribe, Map<String, String> versions) {
        boolean first = !begun;
        if (!first && subscribe.isEmpty() && unsubscribe.isEmpty()) {
            // An answer, which is most of what comes.
            return;
        }
        begun = true;
        upToDateWith = null;
        tidyWith = null;
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
                // Thousands of clients ask for the same names.
                namesSize += names.add(name.intern()) ? size(name) : 0;
                // Whoever asks again may have forgotten what it was sent.
                held.remove(name);
                unanswered.add(name);
            }
            answerDue = true;
        }
        for (String name : unsubscribe) {
            if (name.equals(WILDCARD)) {
                wildcard = false;
            } else if (names.remove(name)) {
                namesSize -= size(name);
                // Under a wildcard it is sent again, so that the client learns that it still has it.
                held.remove(name);
                unanswered.remove(name);
            }
        }
        if (first) {
            broughtTooMany = versions.size() > maxNames;
            versions.forEach((name, version) ->
                    // A name that it subscribes to as well is counted there.
                    broughtSize += (names.contains(name) ? 0 : size(name)) + version.length());
            held.bring(versions);
        }
        forgetUnwanted();
    }

    /** Has these sent once more if the client wants them, even though it has them; before the subscription has begun, too. */
    void repeat(Collection<String> repeated) {
        Set<String> all = new HashSet<>(again);
        all.addAll(repeated);
        again = all;
        forgetUnwanted();
        upToDateWith = null;
    }

    /** What the client lacks in {@code set}. Nothing that it has is taken away; names it asked for that do not exist are. */
    Update additions(ResourceSet set) {
        if (upToDateWith == set) {
            return Update.NOTHING;
        }
        List<VersionedResource> changed = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        if (wildcard) {
            set.all(typeUrl).values().forEach(resource -> addIfLacking(resource, changed));
        }
        for (String name : names) {
            set.find(typeUrl, name)
                    .filter(resource -> !wildcard || set.all(typeUrl).get(name) == null)
                    .ifPresent(resource -> addIfLacking(resource, changed));
        }
        changed.sort(Comparator.comparing(VersionedResource::name));
        unanswered.removeIf(held::contains);
        for (String name : unanswered) {
            if (set.find(typeUrl, name).isEmpty()) {
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
        if (tidyWith == set) {
            return List.of();
        }
        List<String> removals = held.names(name -> !wanted(set, name));
        if (removals.isEmpty()) {
            tidyWith = set;
        }
        return removals;
    }

    /** All that the client has after {@code update}, for responses that have to be complete. */
    List<VersionedResource> completed(Update update) {
        SortedMap<String, VersionedResource> all = new TreeMap<>();
        held.resources().forEach(resource -> all.put(resource.name(), resource));
        update.removed().forEach(all::remove);
        update.changed().forEach(resource -> all.put(resource.name(), resource));
        return List.copyOf(all.values());
    }

    /** Notes that {@code update} has been sent. */
    void sent(Update update) {
        tidyWith = null;
        update.changed().forEach(resource -> {
            held.put(resource);
            unanswered.remove(resource.name());
        });
        update.removed().forEach(name -> {
            held.remove(name);
            unanswered.remove(name);
        });
        if (!again.isEmpty()) {
            update.changed().forEach(resource -> again.remove(resource.name()));
            update.removed().forEach(again::remove);
        }
        answerDue = false;
    }

    /** The version that the client was last sent of a resource; empty if it does not have it. */
    Optional<String> version(String name) {
        return held.version(name);
    }

    /** Whether the client is sent everything there is. */
    boolean everything() {
        return wildcard;
    }

    /** What the client has, and what it asked for and does not exist. */
    List<HeldResource> held() {
        List<HeldResource> all = new ArrayList<>();
        held.names(name -> true)
                .forEach(name -> all.add(
                        new HeldResource(typeUrl, name, held.version(name).orElse(""), held.resource(name))));
        names.stream()
                .filter(name -> !held.contains(name))
                .forEach(name -> all.add(new HeldResource(typeUrl, name, "", null)));
        return all;
    }

    /** A version for all that the client has: equal on every server that has sent it the same. */
    String version() {
        return held.version();
    }

    private static long size(String name) {
        return (long) name.length() + EACH;
    }

    private void addIfLacking(VersionedResource resource, List<VersionedResource> changed) {
        if (!held.contains(resource) || again.contains(resource.name())) {
            changed.add(resource);
        }
    }

    private boolean wanted(ResourceSet set, String name) {
        return (wildcard && set.all(typeUrl).containsKey(name))
                || (names.contains(name) && set.find(typeUrl, name).isPresent());
    }

    private void forgetUnwanted() {
        if (!wildcard) {
            held.retain(names);
            unanswered.retainAll(names);
            if (begun && !again.isEmpty()) {
                again.retainAll(names);
            }
        }
    }
}
