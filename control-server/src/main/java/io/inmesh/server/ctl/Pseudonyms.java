package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Other names for what has names, the same one each time, so that a report can be read without telling what a company runs. */
final class Pseudonyms {

    private static final Pattern WORD = Pattern.compile("[\\w-]+");
    private static final Set<String> NAMING = Set.of(
            "name", "namespace", "serviceAccount", "process", "host", "hosts", "service", "app", "hostname", "grpc");
    /** Words of the mesh and of every mesh. */
    private static final Set<String> COMMON = Set.of(
            "default",
            "svc",
            "cluster",
            "local",
            "http",
            "https",
            "grpc",
            "tcp",
            "com",
            "org",
            "net",
            "io",
            "dev",
            "inmesh",
            "istio",
            "istio-system",
            "inmesh-system",
            "control-server",
            "v1",
            "v2",
            "v3",
            "true",
            "false");

    private final Map<String, String> known = new LinkedHashMap<>();

    /** Learns the names in a document. */
    void learn(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                if (NAMING.contains(field.getKey())) {
                    learnText(field.getValue());
                }
                learn(field.getValue());
            }
        } else {
            node.forEach(this::learn);
        }
    }

    private void learnText(JsonNode value) {
        if (value.isTextual()) {
            Matcher words = WORD.matcher(value.asText());
            while (words.find()) {
                String word = words.group();
                if (!COMMON.contains(word) && word.chars().anyMatch(Character::isLetter)) {
                    known.computeIfAbsent(word, absent -> "name-" + (known.size() + 1));
                }
            }
        } else {
            value.forEach(this::learnText);
        }
    }

    /** {@return a document with other names}; names of members stay */
    JsonNode of(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode clean = Api.JSON.createObjectNode();
            object.properties().forEach(field -> clean.set(field.getKey(), of(field.getValue())));
            return clean;
        } else if (node instanceof ArrayNode array) {
            ArrayNode clean = Api.JSON.createArrayNode();
            array.forEach(item -> clean.add(of(item)));
            return clean;
        }
        return node.isTextual() ? Api.JSON.getNodeFactory().textNode(of(node.asText())) : node;
    }

    /** {@return a text with other names} */
    String of(String text) {
        return WORD.matcher(text)
                .replaceAll(word -> Matcher.quoteReplacement(known.getOrDefault(word.group(), word.group())));
    }
}
