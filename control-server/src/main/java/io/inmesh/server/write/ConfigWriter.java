package io.inmesh.server.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Bodies;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Validator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one way configuration is written, whoever asks: every resource of a change is judged against the state after the whole
 * change, and one error refuses all of it.
 */
public final class ConfigWriter {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private static final String KNOWN = String.join(
            ", ",
            Kinds.all().stream()
                    .filter(kind -> kind.use() == Kinds.Kind.Use.ENFORCED)
                    .map(Kinds.Kind::kind)
                    .toList());

    private final ConfigStore store;
    private final List<Validator> validators;

    /**
     * Makes a writer.
     *
     * @param store where to
     * @param validators judges, in order
     */
    public ConfigWriter(ConfigStore store, List<Validator> validators) {
        this.store = store;
        this.validators = List.copyOf(validators);
    }

    /** {@return the store written to} */
    public ConfigStore store() {
        return store;
    }

    /**
     * Writes documents together, or none of them.
     *
     * @param documents bodies in Kubernetes form
     * @param defaultNamespace namespace of those that name none
     * @param expectedVersion version that the one document must have now, 0 for none, null if that does not matter
     * @param dryRun whether to judge only
     * @throws ConflictException if the version expected is not the present one
     */
    public WriteResult apply(
            List<ObjectNode> documents, String defaultNamespace, @Nullable Long expectedVersion, boolean dryRun)
            throws ConflictException {
        List<String> notes = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        Map<ResourceKey, Resource> wanted = new LinkedHashMap<>();
        for (ObjectNode document : documents) {
            read(document, defaultNamespace, notes, problems).ifPresent(resource -> {
                if (wanted.put(resource.key(), resource) != null) {
                    problems.add(error(
                            resource.key(), "metadata.name", "IM0006", "is in this change twice", "keep one of them"));
                }
            });
        }
        ConfigView before = store.view();
        ConfigView after = after(before, wanted);
        for (Resource resource : wanted.values()) {
            for (Validator validator : validators) {
                List<Problem> found = validator.validate(resource, after);
                problems.addAll(found);
                if (found.stream().anyMatch(p -> p.severity() == Problem.Severity.ERROR)) {
                    // A wrong shape makes later judgements meaningless.
                    break;
                }
            }
        }
        boolean refused = problems.stream().anyMatch(p -> p.severity() == Problem.Severity.ERROR);
        if (refused) {
            return new WriteResult(false, List.of(), notes, problems);
        }
        List<WriteResult.Action> actions = new ArrayList<>();
        List<Change> changes = new ArrayList<>();
        for (Resource resource : wanted.values()) {
            Optional<Resource> old = before.get(resource.key());
            boolean same = old.isPresent() && sameContent(old.get(), resource);
            actions.add(new WriteResult.Action(
                    resource.key(), old.isEmpty() ? "created" : same ? "unchanged" : "configured"));
            if (!same || expectedVersion != null) {
                changes.add(new Change.Put(resource, expectedVersion));
            }
        }
        if (!dryRun && !changes.isEmpty()) {
            store.commit(changes);
        }
        return new WriteResult(true, actions, notes, problems);
    }

    private static ConfigView after(ConfigView before, Map<ResourceKey, Resource> wanted) {
        Map<ResourceKey, Resource> all = new LinkedHashMap<>();
        before.all().forEach(resource -> all.put(resource.key(), resource));
        all.putAll(wanted);
        return new ConfigView(before.revision() + 1, all.values());
    }

    private static boolean sameContent(Resource old, Resource fresh) {
        return content(old).equals(content(fresh));
    }

    private static JsonNode content(Resource resource) {
        ObjectNode body = resource.raw().deepCopy();
        body.remove("status");
        ObjectNode metadata = body.withObject("metadata");
        metadata.remove(
                List.of("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"));
        return body;
    }

    private static Optional<Resource> read(
            ObjectNode document, String defaultNamespace, List<String> notes, List<Problem> problems) {
        String apiVersion = document.path("apiVersion").asText();
        String kindName = document.path("kind").asText();
        String name = document.path("metadata").path("name").asText();
        ResourceKey named = new ResourceKey("", kindName.isEmpty() ? "(no kind)" : kindName, defaultNamespace, name);
        if (apiVersion.isEmpty() || kindName.isEmpty()) {
            problems.add(error(
                    named,
                    apiVersion.isEmpty() ? "apiVersion" : "kind",
                    "IM0003",
                    "is missing",
                    "say what this document is"));
            return Optional.empty();
        }
        Optional<Kinds.Kind> known = Kinds.of(apiVersion, kindName);
        if (known.isEmpty()) {
            if (Kinds.ofKubernetes(apiVersion)) {
                notes.add(kindName + " " + name + " skipped: " + apiVersion
                        + " is about running workloads, which Inmesh does not do");
                return Optional.empty();
            }
            problems.add(error(
                    named,
                    "kind",
                    "IM0001",
                    apiVersion + " " + kindName + " is not a kind this server knows",
                    "check apiVersion and kind; it takes " + KNOWN));
            return Optional.empty();
        }
        Kinds.Kind kind = known.get();
        if (kind.use() == Kinds.Kind.Use.SKIPPED) {
            notes.add(kindName + " " + name + " skipped: it is about running workloads, which Inmesh does not do");
            return Optional.empty();
        }
        if (!(document.get("metadata") instanceof ObjectNode metadata) || name.isEmpty()) {
            problems.add(error(named, "metadata.name", "IM0003", "is missing", "give the resource a name"));
            return Optional.empty();
        }
        if (!NAME.matcher(name).matches()) {
            problems.add(error(
                    named,
                    "metadata.name",
                    "IM0005",
                    "must be lower case letters, digits, dashes and dots, not \"" + name + "\"",
                    "choose another name"));
            return Optional.empty();
        }
        if (!metadata.hasNonNull("namespace") && kind.namespaced()) {
            metadata.put("namespace", defaultNamespace);
        }
        if (kind.use() == Kinds.Kind.Use.STORED) {
            notes.add(kindName + " " + name + " is stored but has no effect: "
                    + (kindName.equals("Gateway") ? "ingress is not what Inmesh does" : "this kind is not supported"));
        }
        metadata.remove(
                List.of("resourceVersion", "uid", "generation", "creationTimestamp", "managedFields", "selfLink"));
        return Optional.of(Bodies.read(document));
    }

    /**
     * Removes resources.
     *
     * @return those that were there
     */
    public List<ResourceKey> delete(List<ResourceKey> keys, boolean dryRun) throws ConflictException {
        ConfigView before = store.view();
        List<ResourceKey> there =
                keys.stream().filter(key -> before.get(key).isPresent()).toList();
        if (!dryRun && !there.isEmpty()) {
            List<Change> changes = new ArrayList<>();
            there.forEach(key -> changes.add(new Change.Delete(key, null)));
            store.commit(changes);
        }
        return there;
    }

    private static Problem error(ResourceKey key, String field, String code, String message, String remedy) {
        return new Problem(key, field, Problem.Severity.ERROR, code, message, remedy);
    }
}
