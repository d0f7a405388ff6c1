package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.gateway.RouteStatuses;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Shape;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What of an object's status in the cluster is to be other. Only what is this server's is changed: of routes the parents with its own
 * {@code controllerName}, of other kinds the condition {@link #ACCEPTED}, and nothing where somebody else keeps the status. Pure functions.
 *
 * <p>Sources: Gateway API {@code RouteStatus}, Istio's {@code meta/v1alpha1/status.proto}.
 */
final class StatusPatch {

    /** The condition of kinds other than routes. It has a name of its own, since others write conditions of the same kinds. */
    static final String ACCEPTED = "inmesh.io/Accepted";

    private static final Set<String> ROUTES = Set.of("HTTPRoute", "GRPCRoute");

    /** Kubernetes takes up to 32,768 characters; nobody reads as many. */
    private static final int LONGEST = 4000;

    private static final int MOST_MESSAGES = 50;

    private StatusPatch() {}

    /**
     * {@return the status as it has to become; empty if it is so, or not ours to write}
     *
     * @param now for conditions that become other than they were
     */
    static Optional<ObjectNode> of(ClusterObject object, Verdict verdict, Instant now) {
        if (ROUTES.contains(object.key().kind())) {
            return route(object, verdict, now);
        }
        return object.statusKeeper().isEmpty() ? other(object, verdict, now) : Optional.empty();
    }

    private static Optional<ObjectNode> route(ClusterObject object, Verdict verdict, Instant now) {
        ArrayNode parents = JsonNodeFactory.instance.arrayNode();
        ArrayNode own = verdict.refusal().isPresent()
                ? refused(object, verdict.refusal().get())
                : judged(verdict.shown());
        JsonNode before = object.status().path("parents");
        for (JsonNode parent : own) {
            JsonNode old = sameParent(before, parent).path("conditions");
            parent.path("conditions").forEach(condition -> complete((ObjectNode) condition, old, object, now));
        }
        // Each stays where it is: another controller that keeps the order, too, has nothing to put right then.
        Set<JsonNode> placed = new HashSet<>();
        before.forEach(parent -> {
            if (!parent.path("controllerName").asText().equals(RouteStatuses.CONTROLLER)) {
                parents.add(parent);
                return;
            }
            JsonNode wanted = sameParent(own, parent);
            if (!wanted.isMissingNode() && placed.add(wanted)) {
                parents.add(wanted);
            }
        });
        own.forEach(parent -> {
            if (placed.add(parent)) {
                parents.add(parent);
            }
        });
        boolean none = before.isEmpty() && parents.isEmpty();
        return none || parents.equals(before)
                ? Optional.empty()
                : Optional.of(JsonNodeFactory.instance.objectNode().set("parents", parents));
    }

    private static ArrayNode judged(JsonNode shown) {
        ArrayNode own = JsonNodeFactory.instance.arrayNode();
        shown.at("/status/parents").forEach(parent -> {
            if (isService(parent.path("parentRef"))) {
                own.add(parent.deepCopy());
            }
        });
        return own;
    }

    private static ArrayNode refused(ClusterObject object, Refusal refusal) {
        ArrayNode own = JsonNodeFactory.instance.arrayNode();
        object.document().at("/spec/parentRefs").forEach(ref -> {
            if (isService(ref)) {
                ObjectNode parent = own.addObject();
                parent.set("parentRef", ref.deepCopy());
                parent.put("controllerName", RouteStatuses.CONTROLLER);
                parent.putArray("conditions")
                        .addObject()
                        .put("type", "Accepted")
                        .put("status", "False")
                        .put("reason", reason(refusal))
                        .put("message", refusal.line());
            }
        });
        return own;
    }

    /** Other parents, such as Gateways, are other controllers'. */
    private static boolean isService(JsonNode ref) {
        return ref.path("kind").asText().equals("Service")
                && ref.path("group").asText("-").isEmpty();
    }

    private static JsonNode sameParent(JsonNode parents, JsonNode wanted) {
        for (JsonNode parent : parents) {
            if (parent.path("controllerName").equals(wanted.path("controllerName"))
                    && parent.path("parentRef").equals(wanted.path("parentRef"))) {
                return parent;
            }
        }
        return JsonNodeFactory.instance.missingNode();
    }

    private static Optional<ObjectNode> other(ClusterObject object, Verdict verdict, Instant now) {
        ObjectNode status = object.status() instanceof ObjectNode present
                ? present.deepCopy()
                : JsonNodeFactory.instance.objectNode();
        JsonNode before = status.path("conditions");
        ArrayNode conditions = JsonNodeFactory.instance.arrayNode();
        ObjectNode own = JsonNodeFactory.instance.objectNode().put("type", ACCEPTED);
        boolean[] placed = new boolean[1];
        before.forEach(condition -> {
            boolean ours = condition.path("type").asText().equals(ACCEPTED);
            if (!ours || !placed[0]) {
                conditions.add(ours ? own : condition);
            }
            placed[0] |= ours;
        });
        if (!placed[0]) {
            conditions.add(own);
        }
        if (verdict.refusal().isPresent()) {
            own.put("status", "False")
                    .put("reason", reason(verdict.refusal().get()))
                    .put("message", verdict.refusal().get().line());
        } else {
            own.put("status", "True").put("reason", "Accepted").put("message", message(verdict));
        }
        complete(own, before, object, now);
        if (object.key().group().endsWith("istio.io")) {
            own.remove("observedGeneration");
            status.set("validationMessages", messages(verdict));
        }
        status.set("observedGeneration", number(object.generation()));
        status.set("conditions", conditions);
        return equal(status, object.status()) ? Optional.empty() : Optional.of(status);
    }

    private static String message(Verdict verdict) {
        return verdict.warnings().isEmpty()
                ? "it is part of the configuration"
                : verdict.warnings().stream()
                        .map(problem -> problem.fieldPath() + " " + problem.message() + " [" + problem.code() + "]")
                        .collect(Collectors.joining("; "));
    }

    /** Istio's messages have a level, a code and a name; what the text would be is in the condition. */
    private static ArrayNode messages(Verdict verdict) {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        verdict.refusal().map(Refusal::problems).orElse(verdict.warnings()).stream()
                .limit(MOST_MESSAGES)
                .forEach(problem -> messages.addObject()
                        .put("level", problem.severity() == Problem.Severity.ERROR ? "ERROR" : "WARNING")
                        .putObject("type")
                        .put("code", problem.code())
                        .put("name", problem.fieldPath().isEmpty() ? "resource" : problem.fieldPath()));
        return messages;
    }

    private static String reason(Refusal refusal) {
        boolean kept =
                refusal.problems().stream().anyMatch(problem -> problem.code().equals(Shape.KEPT_ELSEWHERE.code()));
        return kept ? "Conflicted" : "UnsupportedValue";
    }

    /** Numbers and empty lists are written in other ways by some versions of the API server. */
    private static boolean equal(ObjectNode wanted, JsonNode present) {
        ObjectNode left = wanted.deepCopy();
        if (left.path("validationMessages").isEmpty() && !present.has("validationMessages")) {
            left.remove("validationMessages");
        }
        boolean generation = left.path("observedGeneration")
                .asText()
                .equals(present.path("observedGeneration").asText());
        left.set("observedGeneration", present.path("observedGeneration"));
        return generation && left.equals(present);
    }

    /** As the same number is read from JSON, so that the two are equal. */
    private static JsonNode number(long value) {
        return value == (int) value
                ? JsonNodeFactory.instance.numberNode((int) value)
                : JsonNodeFactory.instance.numberNode(value);
    }

    /** Adds what a condition has besides. One that says the same as before has been so since then. */
    private static void complete(ObjectNode condition, JsonNode before, ClusterObject object, Instant now) {
        String message = condition.path("message").asText();
        if (message.length() > LONGEST) {
            condition.put("message", message.substring(0, LONGEST) + "...");
        }
        condition.set("observedGeneration", number(object.generation()));
        if (!condition.has("lastTransitionTime")) {
            condition.put("lastTransitionTime", now.toString());
        }
        for (JsonNode old : before) {
            if (old.path("type").equals(condition.path("type"))
                    && old.path("status").equals(condition.path("status"))
                    && old.has("lastTransitionTime")) {
                condition.set("lastTransitionTime", old.path("lastTransitionTime"));
            }
        }
    }
}
