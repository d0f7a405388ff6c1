package io.inmesh.server.validate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.inmesh.server.model.Resource;
import io.inmesh.server.store.ConfigView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Judges the shape of a resource: fields that do not exist, fields that are missing, values of another type. What a shape is, is
 * said in {@code schema/<Kind>.yaml}. Kinds without such a file (core kinds, kinds that have no effect here) are not judged.
 */
public final class SchemaValidator implements Validator {

    private static final Pattern DURATION = Pattern.compile("-?(\\d+(\\.\\d+)?(h|m|s|ms|us|µs|ns))+|0");
    private static final String SHAPES = "$shapes";

    private final Map<String, Optional<JsonNode>> schemas = new ConcurrentHashMap<>();

    @Override
    public List<Problem> validate(Resource candidate, ConfigView after) {
        List<Problem> problems = new ArrayList<>();
        schemas.computeIfAbsent(candidate.key().kind(), SchemaValidator::load).ifPresent(schema -> {
            JsonNode spec = candidate.raw().path("spec");
            if (candidate.raw().has("spec") && !spec.isObject() && !spec.isNull()) {
                problems.add(wrongType(candidate, "spec", "an object", spec));
                return;
            }
            object(candidate, "spec", schema, spec, schema.path(SHAPES), problems);
        });
        return problems;
    }

    private static Optional<JsonNode> load(String kind) {
        try (InputStream in = SchemaValidator.class.getResourceAsStream("/io/inmesh/server/schema/" + kind + ".yaml")) {
            return in == null ? Optional.empty() : Optional.of(new YAMLMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException("the schema of " + kind + " cannot be read", e);
        }
    }

    private void value(
            Resource resource, String path, JsonNode schema, JsonNode value, JsonNode shapes, List<Problem> problems) {
        if (value.isNull()) {
            return;
        }
        if (schema.isTextual()) {
            named(resource, path, schema.asText(), value, shapes, problems);
        } else if (schema.isArray()) {
            if (!value.isArray()) {
                problems.add(wrongType(resource, path, "a list", value));
                return;
            }
            for (int i = 0; i < value.size(); i++) {
                value(resource, path + "[" + i + "]", schema.get(0), value.get(i), shapes, problems);
            }
        } else if (!value.isObject()) {
            problems.add(wrongType(resource, path, "an object", value));
        } else if (schema.has("*")) {
            value.fields()
                    .forEachRemaining(entry -> value(
                            resource,
                            path + "[" + entry.getKey() + "]",
                            schema.get("*"),
                            entry.getValue(),
                            shapes,
                            problems));
        } else {
            object(resource, path, schema, value, shapes, problems);
        }
    }

    private void named(
            Resource resource, String path, String type, JsonNode value, JsonNode shapes, List<Problem> problems) {
        boolean fits = switch (type) {
            case "any" -> true;
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "duration" ->
                value.isTextual() && DURATION.matcher(value.asText()).matches();
            default -> {
                value(resource, path, shapes.get(type), value, shapes, problems);
                yield true;
            }
        };
        if (!fits) {
            String wanted = switch (type) {
                case "duration" -> "a duration such as 250ms, 7s or 1h";
                case "integer" -> "a whole number";
                default -> "a " + type;
            };
            problems.add(wrongType(resource, path, wanted, value));
        }
    }

    private void object(
            Resource resource, String path, JsonNode schema, JsonNode value, JsonNode shapes, List<Problem> problems) {
        Iterator<Map.Entry<String, JsonNode>> fields = value.fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode known = schema.has(field.getKey()) ? schema.get(field.getKey()) : schema.get(field.getKey() + "!");
            String fieldPath = path + "." + field.getKey();
            if (known == null || field.getKey().startsWith("$")) {
                problems.add(new Problem(
                        resource.key(),
                        fieldPath,
                        Problem.Severity.ERROR,
                        "IM0002",
                        "there is no such field",
                        nearest(field.getKey(), schema)
                                .map(name -> "did you mean \"" + name + "\"?")
                                .orElse("remove it, or check its spelling and indentation")));
            } else {
                value(resource, fieldPath, known, field.getValue(), shapes, problems);
            }
        }
        schema.fieldNames().forEachRemaining(name -> {
            if (name.endsWith("!") && !value.hasNonNull(name.substring(0, name.length() - 1))) {
                problems.add(new Problem(
                        resource.key(),
                        path + "." + name.substring(0, name.length() - 1),
                        Problem.Severity.ERROR,
                        "IM0003",
                        "is missing",
                        "add it"));
            }
        });
    }

    private static Problem wrongType(Resource resource, String path, String wanted, JsonNode value) {
        String text = value.toString();
        return new Problem(
                resource.key(),
                path,
                Problem.Severity.ERROR,
                "IM0004",
                "must be " + wanted + ", not " + (text.length() > 60 ? text.substring(0, 60) + "…" : text),
                "write " + wanted);
    }

    private static Optional<String> nearest(String name, JsonNode schema) {
        List<String> names = new ArrayList<>();
        schema.fieldNames()
                .forEachRemaining(
                        known -> names.add(known.endsWith("!") ? known.substring(0, known.length() - 1) : known));
        return names.stream()
                .filter(known -> !known.startsWith("$") && !known.equals("*") && distance(name, known) <= 2)
                .min(Comparator.comparingInt(known -> distance(name, known)));
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                row[j] = Math.min(
                        Math.min(row[j] + 1, row[j - 1] + 1), diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
