package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.source.Damping;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.store.Engine.TooLargeException;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Shape;
import io.inmesh.server.write.Author;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.WriteResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the configuration hold what a cluster holds. The cluster has accepted its objects already, so one that cannot be taken is left
 * out, or stays as it was when it was good, and keeps none of the others away. For one thread.
 */
final class Uptake {

    /** Resources in one change: an etcd takes 128 writes at once unless told otherwise, and each resource is two of them. */
    private static final int BATCH = 50;

    /** What refers to something that comes later in a list is right the second time; chains are short. */
    private static final int MOST_ROUNDS = 4;

    private final Origin origin;
    private final Author author;
    private final ConfigWriter writer;
    private final Vanishing vanishing;
    private final Map<ResourceKey, Taken> taken = new HashMap<>();
    private final Map<ResourceKey, Refused> refused = new HashMap<>();

    /** What was taken, and the version it has in the store. */
    private record Taken(ObjectNode document, long version) {}

    /** What was refused, and beside which configuration. */
    private record Refused(ObjectNode document, long revision, List<Problem> problems) {}

    Uptake(String source, ConfigWriter writer, Damping rules) {
        this.origin = Origin.cluster(source);
        this.author = Author.of(origin);
        this.writer = writer;
        this.vanishing = new Vanishing(rules);
    }

    /**
     * Takes what is there, and lets go what is not.
     *
     * @param nanos monotonic time
     * @param again whether what was refused is judged again though nothing has changed: it may refer to other registries
     * @return what was deleted in the cluster and is gone here now
     * @throws io.inmesh.server.store.StoreUnavailableException if the store cannot be asked; what has been written is kept
     */
    Set<ResourceKey> pass(Mirror.Seen seen, long nanos, boolean again) {
        taken.keySet().retainAll(seen.objects().keySet());
        refused.keySet().retainAll(seen.objects().keySet());
        for (int round = 0; round < MOST_ROUNDS; round++) {
            long before = writer.store().view().revision();
            take(candidates(seen, again && round == 0));
            if (refused.isEmpty() || writer.store().view().revision() == before) {
                break;
            }
        }
        refused.forEach(this::standIn);
        return letGo(seen, nanos);
    }

    /** Puts what refuses access in the place of a rule about it that was never good. */
    private void standIn(ResourceKey key, Refused rule) {
        Optional<Resource> stored = writer.store().view().get(key);
        if (stored.filter(one -> !StandIn.is(one) || !Origin.of(one).equals(origin))
                .isPresent()) {
            return;
        }
        boolean done = Stream.of(true, false)
                .flatMap(selected -> StandIn.of(rule.document(), selected).stream())
                .anyMatch(document -> apply(List.of(document)).accepted());
        if (!done && stored.isPresent()) {
            delete(List.of(new Change.Delete(key, null)));
        }
    }

    private List<ClusterObject> candidates(Mirror.Seen seen, boolean again) {
        ConfigView view = writer.store().view();
        return seen.objects().values().stream()
                .filter(object -> !settled(object, view, again))
                .sorted(Comparator.comparingInt((ClusterObject object) ->
                                ClusterKinds.rank(object.key().kind()))
                        .thenComparing(object -> object.key().toString()))
                .toList();
    }

    private boolean settled(ClusterObject object, ConfigView view, boolean again) {
        Refused no = refused.get(object.key());
        if (no != null && no.document().equals(object.document())) {
            return !again && no.revision() == view.revision();
        }
        Taken yes = taken.get(object.key());
        return yes != null
                && yes.document().equals(object.document())
                && view.get(object.key())
                        .filter(stored -> stored.resourceVersion() == yes.version())
                        .isPresent();
    }

    private void take(List<ClusterObject> candidates) {
        for (int from = 0; from < candidates.size(); from += BATCH) {
            takeBatch(candidates.subList(from, Math.min(candidates.size(), from + BATCH)));
        }
    }

    private void takeBatch(List<ClusterObject> objects) {
        Map<ResourceKey, ClusterObject> batch = new LinkedHashMap<>();
        objects.forEach(object -> batch.put(object.key(), object));
        try {
            // Each time at least one is left out, so this ends.
            while (!batch.isEmpty() && !takeTogether(batch)) {
                batch.keySet().removeAll(refused.keySet());
            }
        } catch (TooLargeException e) {
            // So that what is too large by itself keeps none of the others away.
            List<ClusterObject> rest = List.copyOf(batch.values());
            if (rest.size() == 1) {
                refuse(rest.get(0), List.of(tooLarge(rest.get(0), e)));
            } else {
                takeBatch(rest.subList(0, rest.size() / 2));
                takeBatch(rest.subList(rest.size() / 2, rest.size()));
            }
        }
    }

    private static Problem tooLarge(ClusterObject object, TooLargeException e) {
        return Shape.TOO_LARGE.error(
                object.key(),
                "",
                "is larger than the store can write at once",
                "make several smaller ones of it: " + e.getMessage());
    }

    private void refuse(ClusterObject object, List<Problem> problems) {
        taken.remove(object.key());
        long revision = writer.store().view().revision();
        refused.put(object.key(), new Refused(object.document(), revision, problems));
    }

    /** {@return whether all were taken; those that were not are among the refused then} */
    private boolean takeTogether(Map<ResourceKey, ClusterObject> batch) {
        refused.keySet().removeAll(batch.keySet());
        WriteResult result =
                apply(batch.values().stream().map(ClusterObject::document).toList());
        ConfigView view = writer.store().view();
        if (result.accepted()) {
            batch.forEach((key, object) -> view.get(key)
                    .ifPresent(stored -> taken.put(key, new Taken(object.document(), stored.resourceVersion()))));
            return true;
        }
        Map<ResourceKey, List<Problem>> wrong = new HashMap<>();
        result.errors()
                .forEach(problem -> wrong.computeIfAbsent(problem.resource(), key -> new ArrayList<>())
                        .add(problem));
        if (wrong.keySet().stream().noneMatch(batch::containsKey)) {
            // An error that is about nothing of this is one about all of it.
            batch.keySet().forEach(key -> wrong.put(key, result.errors()));
        }
        batch.forEach((key, object) -> {
            List<Problem> problems = wrong.get(key);
            if (problems != null) {
                refuse(object, problems);
            }
        });
        return false;
    }

    private WriteResult apply(List<ObjectNode> documents) {
        try {
            return writer.apply(documents, "default", null, origin, author, false);
        } catch (ConflictException e) {
            throw new IllegalStateException("a change that expects no version cannot conflict", e);
        }
    }

    private Set<ResourceKey> letGo(Mirror.Seen seen, long nanos) {
        Set<ResourceKey> gone = new HashSet<>();
        Set<ResourceKey> missing = new HashSet<>();
        Set<ResourceKey> known = new HashSet<>();
        for (Resource resource : writer.store().view().all()) {
            if (!Origin.of(resource).equals(origin)) {
                continue;
            }
            ResourceKey key = resource.key();
            known.add(key);
            if (seen.deleted().contains(key)) {
                gone.add(key);
            } else if (!seen.objects().containsKey(key) && seen.known().contains(Kinds.of(key))) {
                missing.add(key);
            }
        }
        gone.addAll(vanishing.due(missing, known, nanos));
        List<Change.Delete> deletes =
                gone.stream().map(key -> new Change.Delete(key, null)).toList();
        for (int from = 0; from < deletes.size(); from += BATCH) {
            delete(deletes.subList(from, Math.min(deletes.size(), from + BATCH)));
        }
        ConfigView after = writer.store().view();
        return seen.deleted().stream()
                .filter(key ->
                        after.get(key).map(Origin::of).filter(origin::equals).isEmpty())
                .collect(Collectors.toSet());
    }

    private void delete(List<Change.Delete> deletes) {
        try {
            writer.delete(deletes, origin, author, false);
        } catch (TooLargeException e) {
            if (deletes.size() == 1) {
                throw e;
            }
            // What is deleted is kept among the versions.
            delete(deletes.subList(0, deletes.size() / 2));
            delete(deletes.subList(deletes.size() / 2, deletes.size()));
        } catch (ConflictException e) {
            throw new IllegalStateException("a change that expects no version cannot conflict", e);
        }
    }

    /** {@return what is not taken, by resource} */
    Map<ResourceKey, Refusal> refusals() {
        ConfigView view = writer.store().view();
        Map<ResourceKey, Refusal> refusals = new TreeMap<>(Comparator.comparing(ResourceKey::toString));
        refused.forEach((key, one) -> {
            Optional<Resource> stored =
                    view.get(key).filter(kept -> Origin.of(kept).equals(origin));
            boolean closed = stored.filter(StandIn::is).isPresent();
            refusals.put(key, new Refusal(key, stored.isPresent() && !closed, closed, one.problems()));
        });
        return refusals;
    }

    Vanishing vanishing() {
        return vanishing;
    }

    /** {@return the resource that an object of the cluster has become; null if it was not taken, or in an earlier version only} */
    @Nullable
    Resource served(ClusterObject object) {
        Taken yes = taken.get(object.key());
        return yes == null
                ? null
                : writer.store()
                        .view()
                        .get(object.key())
                        .filter(stored -> stored.resourceVersion() == yes.version())
                        .orElse(null);
    }
}
