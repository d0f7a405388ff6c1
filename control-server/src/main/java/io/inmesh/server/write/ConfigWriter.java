package io.inmesh.server.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Problem.Severity;
import io.inmesh.server.validate.Shape;
import io.inmesh.server.validate.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way configuration is written, whoever asks: every resource of a change is judged against the state after the whole
 * change, and one error refuses all of it. Changes are made one after the other, so that what was judged is what is written.
 */
public final class ConfigWriter {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigWriter.class);
    private static final CompletableFuture<?> NOTHING = CompletableFuture.completedFuture(null);

    private final ConfigStore store;
    private final Judge judge;
    private final ChangeLog changes;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * Makes a writer.
     *
     * @param store where to
     * @param validators judges, in order
     */
    public ConfigWriter(ConfigStore store, List<Validator> validators) {
        this(store, validators, ChangeLog.NONE);
    }

    /**
     * Makes a writer.
     *
     * @param store where to
     * @param validators judges, in order
     * @param changes is told of every change
     */
    public ConfigWriter(ConfigStore store, List<Validator> validators, ChangeLog changes) {
        this.store = store;
        this.judge = new Judge(validators);
        this.changes = changes;
    }

    /** {@return the store written to} */
    public ConfigStore store() {
        return store;
    }

    /**
     * Writes documents together, or none of them.
     *
     * @param documents bodies in Kubernetes form; they are not changed
     * @param defaultNamespace namespace of those that name none
     * @param expectedVersion version that the one document must have now, 0 for none, null if that does not matter
     * @param origin who keeps them from now on
     * @param dryRun whether to judge only
     * @throws ConflictException if the version expected is not the present one
     */
    public WriteResult apply(
            List<ObjectNode> documents,
            String defaultNamespace,
            @Nullable Long expectedVersion,
            Origin origin,
            boolean dryRun)
            throws ConflictException {
        return apply(documents, defaultNamespace, expectedVersion, origin, Author.of(origin), dryRun);
    }

    /**
     * As {@link #apply(List, String, Long, Origin, boolean)}.
     *
     * @param author who asks, for the record
     */
    public WriteResult apply(
            List<ObjectNode> documents,
            String defaultNamespace,
            @Nullable Long expectedVersion,
            Origin origin,
            Author author,
            boolean dryRun)
            throws ConflictException {
        Intake intake = new Intake(defaultNamespace, origin);
        documents.forEach(intake::take);
        CompletableFuture<?> noted = NOTHING;
        lock.lock();
        try {
            ConfigView before = store.view();
            List<Problem> problems = new ArrayList<>(intake.problems());
            for (Resource resource : intake.resources().values()) {
                before.get(resource.key()).ifPresent(old -> refuseForeign(old, origin, problems));
            }
            problems.addAll(judge.judge(intake.resources().values(), Judge.after(before, intake.resources())));
            if (problems.stream().anyMatch(p -> p.severity() == Severity.ERROR)) {
                return new WriteResult(false, List.of(), intake.notes(), problems);
            }
            List<WriteResult.Action> actions = new ArrayList<>();
            List<Change> puts = new ArrayList<>();
            for (Resource resource : intake.resources().values()) {
                Optional<Resource> old = before.get(resource.key());
                boolean same = old.isPresent() && content(old.get()).equals(content(resource));
                actions.add(new WriteResult.Action(
                        resource.key(), old.isEmpty() ? "created" : same ? "unchanged" : "configured"));
                if (!same
                        || (expectedVersion != null
                                && expectedVersion != old.get().resourceVersion())) {
                    puts.add(new Change.Put(resource, expectedVersion));
                }
            }
            if (dryRun) {
                store.check(puts);
            } else {
                noted = commit(author, before, puts);
            }
            return new WriteResult(true, actions, intake.notes(), problems);
        } finally {
            lock.unlock();
            await(noted);
        }
    }

    /**
     * Removes resources together, or none of them. Those that are not there are left out of the result.
     *
     * @param changes what to remove, with the versions expected
     * @param origin who asks; only what it keeps is removed
     * @param dryRun whether to judge only
     * @throws ConflictException if a version expected is not the present one
     */
    public WriteResult delete(List<Change.Delete> changes, Origin origin, boolean dryRun) throws ConflictException {
        return delete(changes, origin, Author.of(origin), dryRun);
    }

    /**
     * As {@link #delete(List, Origin, boolean)}.
     *
     * @param author who asks, for the record
     */
    public WriteResult delete(List<Change.Delete> changes, Origin origin, Author author, boolean dryRun)
            throws ConflictException {
        CompletableFuture<?> noted = NOTHING;
        lock.lock();
        try {
            ConfigView before = store.view();
            List<Problem> problems = new ArrayList<>();
            List<WriteResult.Action> actions = new ArrayList<>();
            for (Change.Delete change : changes) {
                before.get(change.key()).ifPresent(old -> {
                    refuseForeign(old, origin, problems);
                    actions.add(new WriteResult.Action(change.key(), "deleted"));
                });
            }
            if (!problems.isEmpty()) {
                return new WriteResult(false, List.of(), List.of(), problems);
            }
            if (dryRun) {
                store.check(List.copyOf(changes));
            } else {
                noted = commit(author, before, List.copyOf(changes));
            }
            return new WriteResult(true, actions, List.of(), List.of());
        } finally {
            lock.unlock();
            await(noted);
        }
    }

    /**
     * {@return what documents would do if they were applied now; nothing is changed}
     *
     * @param documents bodies in Kubernetes form
     * @param defaultNamespace namespace of those that name none
     * @param origin who would keep them
     */
    public Plan plan(List<ObjectNode> documents, String defaultNamespace, Origin origin) {
        Intake intake = new Intake(defaultNamespace, origin);
        documents.forEach(intake::take);
        ConfigView before = store.view();
        ConfigView after = Judge.after(before, intake.resources());
        List<Problem> problems = new ArrayList<>(intake.problems());
        List<ChangeLog.Changed> changes = new ArrayList<>();
        for (Resource resource : intake.resources().values()) {
            Optional<Resource> old = before.get(resource.key());
            old.ifPresent(present -> refuseForeign(present, origin, problems));
            changes.add(new ChangeLog.Changed(resource.key(), old.orElse(null), resource));
        }
        problems.addAll(judge.judge(intake.resources().values(), after));
        return new Plan(
                problems.stream().noneMatch(p -> p.severity() == Severity.ERROR),
                changes,
                after,
                intake.notes(),
                problems);
    }

    /** Notes are taken under the lock, so that they come in the order of the changes, and awaited outside of it. */
    private CompletableFuture<?> commit(Author author, ConfigView before, List<Change> wanted)
            throws ConflictException {
        ConfigView after = store.commit(wanted, author.name());
        List<ChangeLog.Changed> changed = wanted.stream()
                .map(change -> new ChangeLog.Changed(
                        change.key(),
                        before.get(change.key()).orElse(null),
                        after.get(change.key()).orElse(null)))
                .filter(change -> change.before() != null || change.after() != null)
                .toList();
        return changed.isEmpty() ? NOTHING : changes.written(author, after.revision(), changed);
    }

    private static void await(CompletableFuture<?> noted) {
        try {
            noted.join();
        } catch (CompletionException e) {
            // The change is made and durable; whoever asked for it must not be told otherwise.
            LOG.error("a change of configuration could not be recorded", e.getCause());
        }
    }

    /** {@return what is wrong with the configuration as it is, by what is known now} */
    public List<Problem> analyze() {
        ConfigView now = store.view();
        return judge.judge(now.all(), now);
    }

    private static void refuseForeign(Resource old, Origin origin, List<Problem> problems) {
        Origin keeper = Origin.of(old);
        if (!keeper.equals(origin)) {
            problems.add(Shape.KEPT_ELSEWHERE.error(
                    old.key(), "metadata.name", "is kept by " + keeper, "change it there, or remove it there first"));
        }
    }

    /** {@return what of a resource is its writer's to say} */
    static JsonNode content(Resource resource) {
        ObjectNode body = resource.raw().deepCopy();
        body.remove("status");
        body.withObject("metadata")
                .remove(List.of(
                        "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"));
        return body;
    }
}
