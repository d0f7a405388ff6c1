package io.inmesh.server.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Turns one YAML document into JSON, and tells the line of each field to who wants to know. Anchors are followed; nothing is guessed. */
final class YamlTree {

    /** More than any resource has; a document that repeats its anchors over and over is stopped here. */
    static final int MAX_NODES = 200_000;

    /** Deeper than any resource; an anchor that contains itself has no end. */
    static final int MAX_DEPTH = 100;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<String, String> names;
    private final @Nullable Map<String, Integer> lines;
    private int nodes;
    private int depth;

    /**
     * A tree of one document.
     *
     * @param names names of fields met so far in the same text, so that each is kept once: the same few stand in every resource
     * @param lines is given the line of each field, from 1, by path; null if nobody wants to know
     */
    YamlTree(Map<String, String> names, @Nullable Map<String, Integer> lines) {
        this.names = names;
        this.lines = lines;
    }

    JsonNode read(Node root) throws UnreadableException {
        return read(root, "");
    }

    private JsonNode read(Node node, String path) throws UnreadableException {
        remember(path, node);
        if (node instanceof MappingNode mapping) {
            return object(mapping, path);
        }
        if (node instanceof SequenceNode sequence) {
            enter(sequence);
            ArrayNode array = JSON.arrayNode();
            for (Node item : sequence.getValue()) {
                array.add(read(item, lines == null ? "" : path + "[" + array.size() + "]"));
            }
            depth--;
            return array;
        }
        return scalar((ScalarNode) node);
    }

    private void remember(String path, Node node) {
        if (lines != null) {
            lines.putIfAbsent(path, lineOf(node));
        }
    }

    private void enter(CollectionNode<?> node) throws UnreadableException {
        nodes += 1 + node.getValue().size();
        if (nodes > MAX_NODES) {
            throw new UnreadableException("has more than " + MAX_NODES + " values once its anchors are followed");
        }
        if (++depth > MAX_DEPTH) {
            throw new UnreadableException(
                    where(node) + "is nested more than " + MAX_DEPTH + " levels deep; does an anchor contain itself?");
        }
    }

    private ObjectNode object(MappingNode mapping, String path) throws UnreadableException {
        enter(mapping);
        ObjectNode object = JSON.objectNode();
        Set<String> seen = new HashSet<>();
        for (NodeTuple entry : mapping.getValue()) {
            String name = name(entry.getKeyNode());
            if (name.equals("<<")) {
                continue;
            }
            if (!seen.add(name)) {
                throw new UnreadableException(
                        where(entry.getKeyNode()) + "has the field \"" + name + "\" twice; keep one of them");
            }
            String fieldPath = lines == null || path.isEmpty() ? name : path + "." + name;
            remember(fieldPath, entry.getKeyNode());
            object.set(name, read(entry.getValueNode(), fieldPath));
        }
        for (NodeTuple entry : mapping.getValue()) {
            if (name(entry.getKeyNode()).equals("<<")) {
                merge(object, entry.getValueNode(), path);
            }
        }
        depth--;
        return object;
    }

    /** A merge key gives what the mapping itself does not say; of several the first wins. */
    private void merge(ObjectNode into, Node value, String path) throws UnreadableException {
        List<Node> sources = value instanceof SequenceNode sequence ? sequence.getValue() : List.of(value);
        for (Node source : sources) {
            if (!(source instanceof MappingNode mapping)) {
                throw new UnreadableException(where(source) + "merges something that has no fields");
            }
            object(mapping, path).properties().forEach(field -> {
                if (!into.has(field.getKey())) {
                    into.set(field.getKey(), field.getValue());
                }
            });
        }
    }

    private String name(Node key) throws UnreadableException {
        if (key instanceof ScalarNode scalar) {
            // What is the same object as the name in a schema or in the code need not be compared letter by letter.
            return names.computeIfAbsent(scalar.getValue(), String::intern);
        }
        throw new UnreadableException(where(key) + "has a field whose name is no text");
    }

    private static JsonNode scalar(ScalarNode node) throws UnreadableException {
        try {
            return scalar(node.getTag(), node.getValue());
        } catch (NumberFormatException e) {
            throw new UnreadableException(
                    where(node) + "has the number " + node.getValue() + ", which JSON cannot hold; quote it");
        } catch (UnreadableException e) {
            throw new UnreadableException(where(node) + e.getMessage());
        }
    }

    /**
     * {@return a value}
     *
     * @throws NumberFormatException if it is a number that JSON cannot hold
     * @throws UnreadableException if it is a tag that means nothing here
     */
    static JsonNode scalar(Tag tag, String text) throws UnreadableException {
        if (tag.equals(Tag.STR)) {
            return JSON.textNode(text);
        }
        if (tag.equals(Tag.NULL)) {
            return JSON.nullNode();
        }
        if (tag.equals(Tag.BOOL)) {
            return JSON.booleanNode(Boolean.parseBoolean(text));
        }
        if (tag.equals(Tag.INT)) {
            return integer(text);
        }
        if (tag.equals(Tag.FLOAT)) {
            return JSON.numberNode(new BigDecimal(text));
        }
        throw new UnreadableException("has the tag " + tag.getValue() + ", which means nothing here");
    }

    private static JsonNode integer(String text) {
        BigInteger number = text.startsWith("0x")
                ? new BigInteger(text.substring(2), 16)
                : text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
        if (number.bitLength() < Integer.SIZE) {
            return JSON.numberNode(number.intValue());
        }
        return number.bitLength() < Long.SIZE ? JSON.numberNode(number.longValue()) : JSON.numberNode(number);
    }

    private static int lineOf(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private static String where(Node node) {
        return "line " + lineOf(node) + " ";
    }
}
