package io.inmesh.server.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Problem.Severity;
import io.inmesh.server.validate.Shape;
import io.inmesh.server.validate.Validator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way configuration is written, whoever asks: every resource of a change is judged against the state after the whole
 * change, and one error refuses all of it. Changes are made one after the other, so that what was judged is what is written; if another
 * server comes between, it is judged again. What would only be judged is so by what this server has heard, without waiting for anybody.
 */
public final class ConfigWriter {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigWriter.class);
    private static final CompletableFuture<?> NOTHING = CompletableFuture.completedFuture(null);

    /** How long a change waits for those before it: while the store does not answer they must not hold all threads one after the other. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ConfigStore store;
    private final Judge judge;
    private final ChangeLog changes;
    private final Predicate<Origin> abandoned;
    private final Duration patience;
    private final Supplier<List<Guard>> guards;

    /** One change after the other, in the order they came. */
    private final ReentrantLock lock;

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
        this(store, validators, changes, keeper -> false);
    }

    /**
     * Makes a writer.
     *
     * @param store where to
     * @param validators judges, in order
     * @param changes is told of every change
     * @param abandoned whether somebody who keeps resources is gone for good, so that everybody may change them
     */
    public ConfigWriter(ConfigStore store, List<Validator> validators, ChangeLog changes, Predicate<Origin> abandoned) {
        this(store, validators, changes, abandoned, PATIENCE);
    }

    ConfigWriter(ConfigStore store, List<Validator> validators, ChangeLog changes, Duration patience) {
        this(store, validators, changes, keeper -> false, patience);
    }

    private ConfigWriter(
            ConfigStore store,
            List<Validator> validators,
            ChangeLog changes,
            Predicate<Origin> abandoned,
            Duration patience) {
        this.patience = patience;
        this.abandoned = abandoned;
        this.store = store;
        this.judge = new Judge(validators);
        this.changes = changes;
        this.guards = List::of;
        this.lock = new ReentrantLock(true);
    }

    private ConfigWriter(ConfigWriter all, Supplier<List<Guard>> guards) {
        this.patience = all.patience;
        this.abandoned = all.abandoned;
        this.store = all.store;
        this.judge = all.judge;
        this.changes = all.changes;
        this.guards = guards;
        this.lock = all.lock;
    }

    /**
     * {@return this writer for somebody who may lose the right to write: what is not so makes a change fail with
     * {@link StoreUnavailableException}, and nothing is written}
     *
     * @param guards what has to be so in the store; asked for each change
     */
    public ConfigWriter guarded(Supplier<List<Guard>> guards) {
        return new ConfigWriter(this, guards);
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
     * @throws StoreUnavailableException if the store cannot be asked, or other changes take too long
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
        return made(() -> apply(intake, expectedVersion, origin, author, dryRun), dryRun);
    }

    private Attempt apply(Intake intake, @Nullable Long expectedVersion, Origin origin, Author author, boolean dryRun)
            throws ConflictException {
        ConfigView before = store.view();
        List<Problem> problems = new ArrayList<>(intake.problems());
        for (Resource resource : intake.resources().values()) {
            before.get(resource.key()).ifPresent(old -> refuseForeign(old, origin, problems));
        }
        problems.addAll(judge.judge(intake.resources().values(), Judge.after(before, intake.resources())));
        if (anyError(problems)) {
            WriteResult refused = new WriteResult(false, List.of(), intake.notes(), problems);
            // What is wrong by itself is wrong beside any configuration.
            return refused(refused, before, dryRun || anyError(intake.problems()));
        }
        List<WriteResult.Action> actions = new ArrayList<>();
        List<Change> puts = new ArrayList<>();
        for (Resource resource : intake.resources().values()) {
            Optional<Resource> old = before.get(resource.key());
            boolean same = old.isPresent()
                    && sameAge(old.get(), resource)
                    && content(old.get()).equals(content(resource));
            actions.add(new WriteResult.Action(
                    resource.key(), old.isEmpty() ? "created" : same ? "unchanged" : "configured"));
            if (!same
                    || (expectedVersion != null && expectedVersion != old.get().resourceVersion())) {
                puts.add(new Change.Put(resource, expectedVersion));
            }
        }
        return attempt(author, before, puts, dryRun, new WriteResult(true, actions, intake.notes(), problems));
    }

    /**
     * Removes resources together, or none of them. Those that are not there are left out of the result.
     *
     * @param changes what to remove, with the versions expected
     * @param origin who asks; only what it keeps is removed
     * @param dryRun whether to judge only
     * @throws ConflictException if a version expected is not the present one
     * @throws StoreUnavailableException if the store cannot be asked, or other changes take too long
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
        return made(() -> remove(changes, origin, author, dryRun), dryRun);
    }

    private Attempt remove(List<Change.Delete> changes, Origin origin, Author author, boolean dryRun)
            throws ConflictException {
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
            return refused(new WriteResult(false, List.of(), List.of(), problems), before, dryRun);
        }
        return attempt(
                author, before, List.copyOf(changes), dryRun, new WriteResult(true, actions, List.of(), List.of()));
    }

    /**
     * What came of judging a change and writing it.
     *
     * @param result what to answer; null if another server has changed the configuration that was judged
     * @param noted done when the change has been recorded
     */
    private record Attempt(@Nullable WriteResult result, CompletableFuture<?> noted) {
        static Attempt done(WriteResult result) {
            return new Attempt(result, NOTHING);
        }
    }

    private interface Judged {
        Attempt attempt() throws ConflictException;
    }

    /** Judges and writes until no other server comes between the two. */
    private WriteResult made(Judged judged, boolean dryRun) throws ConflictException {
        while (true) {
            Attempt attempt = dryRun ? judged.attempt() : inTurn(judged);
            await(attempt.noted());
            if (attempt.result() != null) {
                return attempt.result();
            }
        }
    }

    private Attempt inTurn(Judged judged) throws ConflictException {
        try {
            if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw StoreUnavailableException.nothingChanged(
                        "other changes have kept this one waiting for " + patience.toMillis()
                                + " ms; the store is slow or cannot be asked: see /readyz, and try again",
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StoreUnavailableException.nothingChanged("the server stops; try again when it is back", e);
        }
        try {
            return judged.attempt();
        } finally {
            lock.unlock();
        }
    }

    /** A refusal is final if there is nothing newer that another server has made, by which it might not be refused. */
    private Attempt refused(WriteResult refusal, ConfigView before, boolean certain) {
        return certain || store.isLast(before) ? Attempt.done(refusal) : new Attempt(null, NOTHING);
    }

    private static boolean anyError(List<Problem> problems) {
        return problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
    }

    private Attempt attempt(Author author, ConfigView before, List<Change> wanted, boolean dryRun, WriteResult result)
            throws ConflictException {
        if (dryRun) {
            store.check(wanted);
            return Attempt.done(result);
        }
        Optional<ConfigView> after = store.commit(before, wanted, author.name(), guards.get());
        return after.isEmpty()
                ? new Attempt(null, NOTHING)
                : new Attempt(result, note(author, before, after.get(), wanted));
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
        return new Plan(!anyError(problems), changes, after, intake.notes(), problems);
    }

    /** Notes are taken under the lock, so that they come in the order of the changes, and awaited outside of it. */
    private CompletableFuture<?> note(Author author, ConfigView before, ConfigView after, List<Change> wanted) {
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

    private void refuseForeign(Resource old, Origin origin, List<Problem> problems) {
        Origin keeper = Origin.of(old);
        if (!keeper.equals(origin) && !abandoned.test(keeper)) {
            problems.add(Shape.KEPT_ELSEWHERE.error(
                    old.key(), "metadata.name", "is kept by " + keeper, "change it there, or remove it there first"));
        }
    }

    /** A cluster says when an object was made; one that was deleted and made again meanwhile is younger than what is stored. */
    private static boolean sameAge(Resource old, Resource resource) {
        return !Origin.of(resource).isCluster()
                || !resource.raw().path("metadata").hasNonNull("creationTimestamp")
                || old.creationTimestamp().equals(resource.creationTimestamp());
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
