package io.inmesh.server.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the routes of delegate VirtualServices in place of the routes that delegate to them. One level only.
 *
 * <p>A delegate may narrow what the root matches, never widen it: a delegate route with a match that no root match contains vanishes.
 * Values the delegate sets win, unset ones come from the root.
 */
final class Delegates {
    private Delegates() {}

    /** The HTTP routes of {@code root} with delegates merged in. */
    static List<Field> expand(Resource root, VirtualServices all) {
        List<Field> routes = new ArrayList<>();
        for (Field route : Field.spec(root).get("http").items()) {
            if (route.get("delegate").absent()) {
                routes.add(route);
                continue;
            }
            find(root, route, all).ifPresent(delegate -> {
                String origin =
                        delegate.key().namespace() + "/" + delegate.key().name() + ":";
                for (Field leaf : leaves(delegate)) {
                    merge(route.node(), leaf.node())
                            .ifPresent(merged ->
                                    routes.add(Field.of(merged, route.path() + ".delegate." + origin + leaf.path())));
                }
            });
        }
        return routes;
    }

    /** Why a route of {@code root} that delegates, or a part of what it delegates to, has no effect. */
    static List<String> problems(Resource root, Field route, VirtualServices all) {
        Field delegate = route.get("delegate");
        String namespace = delegate.get("namespace").text(root.key().namespace());
        String name = namespace + "/" + delegate.get("name").text();
        Optional<Resource> named = all.named(namespace, delegate.get("name").text());
        if (named.isEmpty()) {
            return List.of("there is no VirtualService " + name + ": until there is, this rule has no effect");
        }
        if (!Field.spec(named.get()).get("hosts").items().isEmpty()) {
            return List.of(name + " has hosts, so it is no delegate: this rule has no effect");
        }
        if (find(root, route, all).isEmpty()) {
            return List.of(
                    name + " is not exported to namespace " + root.key().namespace() + ": this rule has no effect");
        }
        List<String> problems = new ArrayList<>();
        for (Field leaf : leaves(named.get())) {
            if (merge(route.node(), leaf.node()).isEmpty()) {
                problems.add(leaf.path() + " of " + name
                        + " matches requests that this rule does not: that part has no effect here");
            }
        }
        return problems;
    }

    /** The routes of a delegate. Those that delegate further are left out: one level is all there is. */
    private static List<Field> leaves(Resource delegate) {
        return Field.spec(delegate).get("http").items().stream()
                .filter(leaf -> leaf.get("delegate").absent())
                .toList();
    }

    /** The delegate a route of {@code root} names, if it exists, is visible there and is a delegate (has no hosts). */
    static Optional<Resource> find(Resource root, Field route, VirtualServices all) {
        Field delegate = route.get("delegate");
        String rootNamespace = root.key().namespace();
        String namespace = delegate.get("namespace").text(rootNamespace);
        return all.named(namespace, delegate.get("name").text()).filter(candidate -> {
            Field spec = Field.spec(candidate);
            return spec.get("hosts").items().isEmpty()
                    && ExportScope.of(namespace, spec.get("exportTo")).visibleFrom(rootNamespace);
        });
    }

    /** The route that obeys both; empty if the leaf matches what the root does not. */
    static Optional<JsonNode> merge(JsonNode root, JsonNode leaf) {
        Optional<ArrayNode> matches = mergeMatches(root.path("match"), leaf.path("match"));
        if (matches.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode merged = ((ObjectNode) root).deepCopy();
        merged.remove(List.of("delegate", "match"));
        leaf.properties().forEach(e -> merged.set(e.getKey(), e.getValue()));
        if (!matches.get().isEmpty()) {
            merged.set("match", matches.get());
        }
        String name = join(root.path("name").asText(""), leaf.path("name").asText(""));
        if (!name.isEmpty()) {
            merged.put("name", name);
        }
        return Optional.of(merged);
    }

    private static Optional<ArrayNode> mergeMatches(JsonNode root, JsonNode leaf) {
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        if (root.isEmpty() || leaf.isEmpty()) {
            (root.isEmpty() ? leaf : root).forEach(merged::add);
            return Optional.of(merged);
        }
        for (JsonNode narrow : leaf) {
            int before = merged.size();
            for (JsonNode wide : root) {
                if (MatchContainment.contains(wide, narrow)) {
                    merged.add(mergeMatch(wide, narrow));
                }
            }
            if (merged.size() == before) {
                return Optional.empty();
            }
        }
        return Optional.of(merged);
    }

    private static ObjectNode mergeMatch(JsonNode wide, JsonNode narrow) {
        ObjectNode merged = ((ObjectNode) wide).deepCopy();
        narrow.properties().forEach(e -> {
            JsonNode both = merged.path(e.getKey());
            if (MatchContainment.KEYED.contains(e.getKey()) && both.isObject()) {
                e.getValue().properties().forEach(entry -> ((ObjectNode) both).set(entry.getKey(), entry.getValue()));
            } else {
                merged.set(e.getKey(), e.getValue());
            }
        });
        String name = join(wide.path("name").asText(""), narrow.path("name").asText(""));
        if (!name.isEmpty()) {
            merged.put("name", name);
        }
        return merged;
    }

    private static String join(String root, String leaf) {
        return root.isEmpty() || leaf.isEmpty() ? root + leaf : root + "-" + leaf;
    }
}
