package io.inmesh.server.rest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** JSON Patch (RFC 6902): a list of steps, of which all are taken or none. */
final class JsonPatch {

    private static final int MAX_STEPS = 1000;
    private static final int MAX_NODES = 50_000;
    private static final int MAX_DEPTH = 100;

    private JsonPatch() {}

    /**
     * {@return what the steps make of a document, which itself is not changed}
     *
     * @throws HttpProblem if a step is none, or cannot be taken here
     */
    static JsonNode apply(JsonNode target, ArrayNode steps) throws HttpProblem {
        if (steps.size() > MAX_STEPS) {
            throw HttpProblem.badRequest("the patch has more than " + MAX_STEPS + " steps; send it in parts");
        }
        JsonNode document = target.deepCopy();
        for (int i = 0; i < steps.size(); i++) {
            document = step(document, steps.get(i), i);
            // Each copy may double it, each value may hang below the one before.
            if (!small(document)) {
                throw refused(i, "it makes the resource larger, or nests it deeper, than any resource is");
            }
        }
        return document;
    }

    /** {@return whether a document is within bounds; without calling itself, since it may be deep} */
    private static boolean small(JsonNode document) {
        Deque<JsonNode> level = new ArrayDeque<>(List.of(document));
        int nodes = 0;
        for (int depth = 0; !level.isEmpty(); depth++) {
            nodes += level.size();
            if (depth > MAX_DEPTH || nodes > MAX_NODES) {
                return false;
            }
            Deque<JsonNode> next = new ArrayDeque<>();
            level.forEach(node -> node.forEach(next::add));
            level = next;
        }
        return true;
    }

    private static JsonNode step(JsonNode document, JsonNode step, int number) throws HttpProblem {
        String operation = step.path("op").asText();
        JsonPointer path = pointer(step, "path", number);
        return switch (operation) {
            case "add" -> add(document, path, value(step, number), number);
            case "remove" -> remove(document, path, number);
            case "replace" -> {
                JsonNode value = value(step, number);
                yield path.matches() ? value : add(remove(document, path, number), path, value, number);
            }
            case "move" -> {
                JsonPointer from = pointer(step, "from", number);
                JsonNode value = present(document, from, number);
                yield add(remove(document, from, number), path, value, number);
            }
            case "copy" ->
                add(
                        document,
                        path,
                        present(document, pointer(step, "from", number), number).deepCopy(),
                        number);
            case "test" -> {
                if (!present(document, path, number).equals(value(step, number))) {
                    throw refused(number, path + " is not what the test expects");
                }
                yield document;
            }
            default ->
                throw HttpProblem.badRequest("step " + number + " of the patch has the op \"" + operation
                        + "\"; there are add, remove, replace, move, copy, test");
        };
    }

    private static JsonNode add(JsonNode document, JsonPointer path, JsonNode value, int number) throws HttpProblem {
        if (path.matches()) {
            return value;
        }
        JsonNode parent = document.at(path.head());
        JsonPointer last = path.last();
        if (parent instanceof ObjectNode object) {
            object.set(last.getMatchingProperty(), value);
        } else if (parent instanceof ArrayNode array) {
            boolean end = last.getMatchingProperty().equals("-");
            int index = end ? array.size() : last.getMatchingIndex();
            if (index < 0 || index > array.size()) {
                throw refused(number, path + " is no place in the list");
            }
            array.insert(index, value);
        } else {
            throw refused(number, "there is nothing at " + path.head() + " to add to");
        }
        return document;
    }

    private static JsonNode remove(JsonNode document, JsonPointer path, int number) throws HttpProblem {
        present(document, path, number);
        if (path.matches()) {
            throw refused(number, "the whole resource is removed by DELETE");
        }
        JsonNode parent = document.at(path.head());
        if (parent instanceof ObjectNode object) {
            object.remove(path.last().getMatchingProperty());
        } else if (parent instanceof ArrayNode array) {
            array.remove(path.last().getMatchingIndex());
        }
        return document;
    }

    private static JsonNode present(JsonNode document, JsonPointer path, int number) throws HttpProblem {
        JsonNode value = document.at(path);
        if (value.isMissingNode()) {
            throw refused(number, "there is nothing at " + path);
        }
        return value;
    }

    private static JsonNode value(JsonNode step, int number) throws HttpProblem {
        JsonNode value = step.get("value");
        if (value == null) {
            throw HttpProblem.badRequest("step " + number + " of the patch has no value");
        }
        return value.deepCopy();
    }

    private static JsonPointer pointer(JsonNode step, String field, int number) throws HttpProblem {
        JsonNode pointer = step.path(field);
        try {
            if (pointer.isTextual()) {
                return JsonPointer.compile(pointer.asText());
            }
        } catch (IllegalArgumentException e) {
            throw HttpProblem.badRequest("step " + number + " of the patch has the " + field + " " + pointer
                    + ", which is no JSON pointer; it begins with a slash");
        }
        throw HttpProblem.badRequest("step " + number + " of the patch has no " + field);
    }

    private static HttpProblem refused(int number, String why) {
        return new HttpProblem(422, "Invalid", "step " + number + " of the patch cannot be taken: " + why);
    }
}
