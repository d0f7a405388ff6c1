package io.inmesh.server.gateway;

import io.inmesh.server.gateway.Attachment.Target;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rule.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is reported of a route, for each of its parents. Source: Gateway API {@code RouteStatus}.
 *
 * @param parents in the order of {@code parentRefs}
 */
public record RouteStatus(List<Parent> parents) {
    /** What the condition {@code Accepted} says of a parent where all is well. */
    public static final String IN_FORCE = "the route is in force";

    public RouteStatus {
        parents = List.copyOf(parents);
    }

    /**
     * One parent.
     *
     * @param ref the {@code parentRef}
     * @param conditions what holds for it
     */
    public record Parent(Field ref, List<Condition> conditions) {
        public Parent {
            conditions = List.copyOf(conditions);
        }
    }

    /**
     * One condition.
     *
     * @param type {@code Accepted}, {@code ResolvedRefs} or {@code PartiallyInvalid}
     * @param holds whether it is true
     * @param reason one word
     * @param message in words
     */
    public record Condition(String type, boolean holds, String reason, String message) {
        /** Whether it says that something is amiss. */
        public boolean problem() {
            return !holds || type.equals("PartiallyInvalid");
        }
    }

    /** The status of a route among all others. */
    public static RouteStatus of(GatewayRoute route, GatewayRoutes all) {
        List<Condition> ofRules = new ArrayList<>();
        ofRules.add(references(route));
        filters(route).ifPresent(ofRules::add);
        List<Parent> parents = new ArrayList<>();
        for (Attachment attachment : route.attachments()) {
            List<Condition> conditions = new ArrayList<>();
            conditions.add(accepted(route, attachment, all));
            conditions.addAll(ofRules);
            parents.add(new Parent(attachment.ref(), conditions));
        }
        return new RouteStatus(parents);
    }

    private static Condition accepted(GatewayRoute route, Attachment attachment, GatewayRoutes all) {
        if (attachment.refusal().isPresent()) {
            Attachment.Refusal refusal = attachment.refusal().get();
            return new Condition("Accepted", false, refusal.reason(), refusal.message());
        }
        List<String> lost = new ArrayList<>();
        for (Target target : attachment.targets()) {
            Optional<ResourceKey> winner = all.winner(route, target);
            winner.ifPresent(key -> lost.add(
                    "port " + target.port().number() + " of " + target.service().fqdn() + " to " + key));
        }
        if (lost.isEmpty()) {
            return new Condition("Accepted", true, "Accepted", IN_FORCE);
        }
        String message = "GRPCRoutes come before HTTPRoutes: it gives way on " + String.join(", ", lost);
        return lost.size() == attachment.targets().size()
                ? new Condition("Accepted", false, "Conflicted", message)
                : new Condition("Accepted", true, "Accepted", message);
    }

    private static Condition references(GatewayRoute route) {
        List<Backend> broken = route.rules().stream()
                .flatMap(rule -> rule.references().stream())
                .filter(backend -> backend.unresolved().isPresent())
                .toList();
        if (broken.isEmpty()) {
            return new Condition("ResolvedRefs", true, "ResolvedRefs", "everything referred to exists");
        }
        List<String> messages = broken.stream()
                .map(backend -> backend.ref().path() + ": "
                        + backend.unresolved().orElseThrow().message())
                .toList();
        return new Condition(
                "ResolvedRefs", false, broken.get(0).unresolved().orElseThrow().reason(), String.join("; ", messages));
    }

    private static Optional<Condition> filters(GatewayRoute route) {
        List<String> messages = new ArrayList<>();
        for (RouteRule rule : route.rules()) {
            rule.unsupported()
                    .forEach(filter -> messages.add(
                            filter.path() + ": " + filter.get("type").text() + " is not supported here"));
        }
        return messages.isEmpty()
                ? Optional.empty()
                : Optional.of(new Condition(
                        "PartiallyInvalid",
                        true,
                        "UnsupportedValue",
                        String.join("; ", messages) + "; such rules answer with an error"));
    }
}
