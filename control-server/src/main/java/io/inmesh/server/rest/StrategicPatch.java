package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Kubernetes' strategic merge patch for the core kinds stored here. It differs from a merge patch in lists: a patch names only the
 * items that change, so that taking its list for the whole would lose the others.
 */
final class StrategicPatch {

    /** By which field the items of a list are told apart, by the list's name; other lists are replaced. */
    private static final Map<String, String> MERGE_KEYS =
            Map.of("ports", "port", "secrets", "name", "imagePullSecrets", "name", "ownerReferences", "uid");

    private static final String PATCH = "$patch";
    private static final String ORDER = "$setElementOrder/";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList/";

    private StrategicPatch() {}

    static ObjectNode apply(JsonNode target, ObjectNode patch) throws HttpProblem {
        if (patch.path(PATCH).asText().equals("replace")) {
            ObjectNode whole = patch.deepCopy();
            whole.remove(PATCH);
            return whole;
        }
        ObjectNode merged = target.isObject() ? target.deepCopy() : JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> field : patch.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (name.startsWith(DELETE_FROM)) {
                removeAll(merged.path(name.substring(DELETE_FROM.length())), value);
            } else if (name.equals("$retainKeys")) {
                retain(merged, value);
            } else if (name.startsWith("$") && !name.startsWith(ORDER)) {
                throw HttpProblem.badRequest("the directive " + name + " of strategic patches is not supported");
            } else if (value.isNull() || value.path(PATCH).asText().equals("delete")) {
                merged.remove(name);
            } else if (value instanceof ObjectNode object) {
                merged.set(name, apply(merged.path(name), object));
            } else if (value instanceof ArrayNode items && MERGE_KEYS.containsKey(name)) {
                merged.set(name, list(merged.path(name), items, MERGE_KEYS.get(name)));
            } else if (!name.startsWith(ORDER)) {
                merged.set(name, value);
            }
        }
        for (Map.Entry<String, JsonNode> field : patch.properties()) {
            if (field.getKey().startsWith(ORDER)) {
                String name = field.getKey().substring(ORDER.length());
                order(merged, name, field.getValue());
            }
        }
        return merged;
    }

    private static ArrayNode list(JsonNode present, ArrayNode changes, String mergeKey) throws HttpProblem {
        Map<JsonNode, JsonNode> items = new LinkedHashMap<>();
        boolean replace = false;
        for (JsonNode change : changes) {
            replace |= change.path(PATCH).asText().equals("replace");
        }
        if (!replace) {
            present.forEach(item -> items.put(item.path(mergeKey), item));
        }
        for (JsonNode change : changes) {
            if (!(change instanceof ObjectNode object)) {
                throw HttpProblem.badRequest("the items of this list must be objects with " + mergeKey);
            }
            String directive = object.path(PATCH).asText();
            if (directive.equals("delete")) {
                items.remove(object.path(mergeKey));
            } else if (object.hasNonNull(mergeKey)) {
                ObjectNode plain = object.deepCopy();
                plain.remove(PATCH);
                JsonNode old = items.getOrDefault(plain.path(mergeKey), JsonNodeFactory.instance.objectNode());
                items.put(plain.path(mergeKey), apply(old, plain));
            }
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        items.values().forEach(list::add);
        return list;
    }

    /** Puts the items named into the order given, those not named after them. */
    private static void order(ObjectNode merged, String name, JsonNode order) {
        String mergeKey = MERGE_KEYS.get(name);
        if (mergeKey == null || !merged.path(name).isArray()) {
            return;
        }
        Map<JsonNode, JsonNode> items = new LinkedHashMap<>();
        merged.path(name).forEach(item -> items.put(item.path(mergeKey), item));
        ArrayNode ordered = JsonNodeFactory.instance.arrayNode();
        for (JsonNode place : order) {
            JsonNode item = items.remove(place.path(mergeKey));
            if (item != null) {
                ordered.add(item);
            }
        }
        items.values().forEach(ordered::add);
        merged.set(name, ordered);
    }

    private static void removeAll(JsonNode list, JsonNode values) {
        if (list instanceof ArrayNode items) {
            for (JsonNode value : values) {
                for (int i = items.size() - 1; i >= 0; i--) {
                    if (items.get(i).equals(value)) {
                        items.remove(i);
                    }
                }
            }
        }
    }

    private static void retain(ObjectNode merged, JsonNode names) {
        var kept = new java.util.HashSet<String>();
        names.forEach(name -> kept.add(name.asText()));
        merged.retain(kept);
    }
}
