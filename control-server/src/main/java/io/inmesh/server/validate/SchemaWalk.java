package io.inmesh.server.validate;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.model.ResourceKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares one body with one schema, and collects what does not fit. The language of schemas is in {@code schema/README.md}. */
final class SchemaWalk {

    private static final Pattern DURATION = Pattern.compile("-?(\\d+(\\.\\d+)?(h|m|s|ms|us|µs|ns))+|0");
    private static final Pattern RANGE = Pattern.compile("integer (\\d+)\\.\\.(\\d+)");
    private static final String SHAPES = "$shapes";
    private static final int LONGEST_QUOTE = 60;

    private final ResourceKey resource;
    private final JsonNode shapes;
    private final List<Problem> problems = new ArrayList<>();

    SchemaWalk(ResourceKey resource, JsonNode schema) {
        this.resource = resource;
        this.shapes = schema.path(SHAPES);
    }

    /** {@return what did not fit so far} */
    List<Problem> problems() {
        return problems;
    }

    void object(String path, JsonNode schema, JsonNode value) {
        value.properties().forEach(field -> {
            String name = field.getKey();
            String fieldPath = path.isEmpty() ? name : path + "." + name;
            JsonNode optional = schema.get(name);
            JsonNode known = optional == null ? schema.get(name + "!") : optional;
            if (known == null || name.startsWith("$")) {
                problems.add(Shape.UNKNOWN_FIELD.error(
                        resource,
                        fieldPath,
                        "there is no such field",
                        nearest(name, schema)
                                .map(near -> "did you mean \"" + near + "\"?")
                                .orElse("remove it, or check its spelling and indentation")));
            } else {
                value(fieldPath, known, field.getValue());
            }
        });
        schema.fieldNames().forEachRemaining(name -> {
            if (name.endsWith("!") && !value.hasNonNull(plain(name))) {
                String fieldPath = path.isEmpty() ? plain(name) : path + "." + plain(name);
                problems.add(Shape.MISSING_FIELD.error(resource, fieldPath, "is missing", "add it"));
            }
        });
    }

    private void value(String path, JsonNode schema, JsonNode value) {
        if (value.isNull()) {
            return;
        }
        if (schema.isTextual()) {
            named(path, schema.asText(), value);
        } else if (schema.isArray()) {
            if (!value.isArray()) {
                wrong(path, "a list", value);
                return;
            }
            for (int i = 0; i < value.size(); i++) {
                if (value.get(i).isNull()) {
                    wrong(path + "[" + i + "]", "something", value.get(i));
                }
                value(path + "[" + i + "]", schema.get(0), value.get(i));
            }
        } else if (!value.isObject()) {
            wrong(path, "an object", value);
        } else if (schema.has("*")) {
            value.properties().forEach(member -> {
                String memberPath = path + "." + member.getKey();
                if (member.getValue().isNull() && schema.get("*").isTextual()) {
                    wrong(memberPath, "a " + schema.get("*").asText(), member.getValue());
                }
                value(memberPath, schema.get("*"), member.getValue());
            });
        } else {
            object(path, schema, value);
        }
    }

    private void named(String path, String type, JsonNode value) {
        Matcher range = RANGE.matcher(type);
        if (type.indexOf(' ') > 0 && range.matches()) {
            long low = Long.parseLong(range.group(1));
            long high = Long.parseLong(range.group(2));
            if (!value.isIntegralNumber() || value.asLong() < low || value.asLong() > high) {
                wrong(path, "a whole number from " + low + " to " + high, value);
            }
        } else if (type.contains("|")) {
            if (!value.isTextual() || !List.of(type.split("\\|")).contains(value.asText())) {
                wrong(path, "one of " + type.replace("|", ", "), value);
            }
        } else if (shapes.has(type)) {
            value(path, shapes.get(type), value);
        } else if (!fits(type, value)) {
            wrong(path, wanted(type), value);
        }
    }

    private static boolean fits(String type, JsonNode value) {
        return switch (type) {
            case "any" -> true;
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "port" -> value.isTextual() || value.isIntegralNumber();
            case "duration" ->
                value.isTextual() && DURATION.matcher(value.asText()).matches();
            default -> throw new IllegalStateException("a schema names the type " + type + ", which does not exist");
        };
    }

    private static String wanted(String type) {
        return switch (type) {
            case "duration" -> "a duration such as 250ms, 7s or 1h";
            case "integer" -> "a whole number";
            case "port" -> "the number or the name of a port";
            default -> "a " + type;
        };
    }

    private void wrong(String path, String wanted, JsonNode value) {
        String text = value.toString();
        String quoted = text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
        boolean quote = wanted.equals("a string") && value.isValueNode() && !value.isNull();
        problems.add(Shape.WRONG_TYPE.error(
                resource,
                path,
                "must be " + wanted + ", not " + quoted,
                quote ? "write it in quotes: \"" + value.asText() + "\"" : "write " + wanted));
    }

    private static String plain(String name) {
        return name.endsWith("!") ? name.substring(0, name.length() - 1) : name;
    }

    private static Optional<String> nearest(String name, JsonNode schema) {
        List<String> names = new ArrayList<>();
        schema.fieldNames().forEachRemaining(known -> names.add(plain(known)));
        return names.stream()
                .filter(known -> !known.startsWith("$") && !known.equals("*") && distance(name, known) <= 2)
                .min(Comparator.comparingInt(known -> distance(name, known)));
    }

    /** Levenshtein's distance: how many letters to add, drop or change. */
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
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(Math.min(above + 1, row[j - 1] + 1), changed);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
