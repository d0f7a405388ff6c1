package io.inmesh.server.semantics;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.semantic.SemanticValidator;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What each field of a kind changes. A fixture is a file of documents named after the kind; each value in its documents of that kind is taken out in
 * turn, and the outcome compared with that of the whole.
 */
final class Survey {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Path FIXTURES = Path.of("src/test/resources/io/inmesh/server/semantics");

    private final String kind;
    private final KindSchema schema;
    private final Map<String, Effect> effects = new LinkedHashMap<>();
    private final List<String> refused = new ArrayList<>();

    private Survey(String kind) {
        this.kind = kind;
        this.schema = KindSchema.of(kind);
        schema.fields().forEach(field -> effects.putIfAbsent(canonical(field), new Effect()));
    }

    static Survey of(String kind) {
        Survey survey = new Survey(kind);
        survey.addAll(FIXTURES.resolve(kind), true);
        survey.addAll(FIXTURES.resolve("refused").resolve(kind), false);
        return survey;
    }

    private void addAll(Path folder, boolean toBeAccepted) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                add(file, toBeAccepted);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return what each field changes, in the order of the schema} */
    Map<String, Effect> effects() {
        return effects;
    }

    /** {@return errors in fixtures that are meant to have none: found by the server, or by the library in what it is sent} */
    List<String> refused() {
        return refused;
    }

    private void add(Path file, boolean toBeAccepted) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        try (var parser = YAML.getFactory().createParser(Config.read(file))) {
            YAML.readValues(parser, JsonNode.class).forEachRemaining(documents::add);
        }
        Outcome whole = outcome(documents);
        Map<String, Set<String>> reports = reports(file, documents, toBeAccepted);
        if (toBeAccepted) {
            whole.refused().forEach(why -> refused.add(file.getFileName() + ": " + why));
        }
        for (int i = 0; i < documents.size(); i++) {
            if (documents.get(i).path("kind").asText().equals(kind)) {
                int index = i;
                schema.values(documents.get(i), (field, pointer) -> {
                    Outcome without = outcome(replaced(documents, index, pointer));
                    effect(field)
                            .add(
                                    !without.library().equals(whole.library()),
                                    !without.envoy().equals(whole.envoy()),
                                    !without.grpc().equals(whole.grpc()),
                                    told(reports, pointer));
                });
            }
        }
    }

    private Effect effect(String field) {
        Effect effect = effects.get(canonical(field));
        if (effect == null) {
            throw new IllegalStateException(kind + " has no field " + field);
        }
        return effect;
    }

    /** Subsets, ports and backends repeat the fields of the policy or rule above them; each is surveyed once, wherever a fixture has it. */
    private static String canonical(String field) {
        return field.replace("spec.subsets[].trafficPolicy.", "spec.trafficPolicy.")
                .replace("spec.rules[].backendRefs[].filters[].", "spec.rules[].filters[].")
                .replaceFirst("portLevelSettings\\[]\\.(loadBalancer|connectionPool|outlierDetection|tls)\\b", "$1");
    }

    private static Outcome outcome(List<JsonNode> documents) {
        List<String> texts = new ArrayList<>(List.of(Config.BOOKINFO));
        for (JsonNode document : documents) {
            texts.add(text(document));
        }
        return Outcome.of(texts);
    }

    private static List<JsonNode> replaced(List<JsonNode> documents, int index, JsonPointer out) {
        List<JsonNode> copy = new ArrayList<>(documents);
        JsonNode changed = documents.get(index).deepCopy();
        JsonNode parent = changed.at(out.head());
        String last = out.last().getMatchingProperty();
        if (parent instanceof ObjectNode object) {
            object.remove(last);
        } else {
            ((ArrayNode) parent).remove(out.last().getMatchingIndex());
        }
        copy.set(index, changed);
        return copy;
    }

    /** What the server tells about fields, by pointer into the document. */
    private Map<String, Set<String>> reports(Path file, List<JsonNode> documents, boolean toBeAccepted) {
        List<String> texts = new ArrayList<>(List.of(Config.BOOKINFO));
        documents.forEach(document -> texts.add(text(document)));
        ConfigView view = Config.view(texts.toArray(String[]::new));
        SemanticValidator validator = new SemanticValidator(Outcome.SETTINGS);
        Map<String, Set<String>> reports = new LinkedHashMap<>();
        for (Resource resource : view.byKind(kind)) {
            for (Problem problem : validator.validate(resource, view)) {
                if (!toBeAccepted && problem.severity() == Problem.Severity.ERROR) {
                    reports.computeIfAbsent("/spec", at -> new TreeSet<>()).add("refused: " + problem.message());
                }
                if (toBeAccepted && problem.severity() == Problem.Severity.ERROR) {
                    refused.add(file.getFileName() + ": " + problem.fieldPath() + ": " + problem.message());
                }
                String pointer = "/"
                        + problem.fieldPath().replaceAll("\\[(\\d+)]", "/$1").replace('.', '/');
                reports.computeIfAbsent(pointer, at -> new TreeSet<>()).add(problem.message());
            }
        }
        return reports;
    }

    /** What is told about a field, else about the nearest thing it is part of. */
    private static Set<String> told(Map<String, Set<String>> reports, JsonPointer pointer) {
        Set<String> told = new TreeSet<>();
        for (JsonPointer at = pointer; at.head() != null; at = at.head()) {
            if (told.isEmpty()) {
                told.addAll(reports.getOrDefault(at.toString(), Set.of()));
            }
        }
        return told;
    }

    private static String text(JsonNode document) {
        try {
            return YAML.writeValueAsString(document).replaceFirst("^---\\s*", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
