package io.inmesh.server.validate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.store.ConfigView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Judges the shape of a resource: fields that do not exist, fields that are missing, values of another type. What a shape is, is
 * said in {@code schema/<Kind>.yaml}. Of kinds without such a file only the metadata is judged, because they have no effect here.
 */
public final class SchemaValidator implements Validator {

    private static final String TOP = "$top";
    private static final Pattern LABEL_VALUE = Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
    private static final Pattern LABEL_NAME = Pattern.compile(
            "(?=[^/]{1,253}/|[^/]*$)([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final JsonNode ANY = JsonNodeFactory.instance.textNode("any");
    private static final JsonNode STRING = JsonNodeFactory.instance.textNode("string");

    private final Schemas schemas = new Schemas();
    private final Map<String, JsonNode> tops = new ConcurrentHashMap<>();

    @Override
    public List<Problem> validate(Resource candidate, ConfigView after) {
        Optional<JsonNode> schema = schemas.of(candidate.key().kind());
        SchemaWalk walk = new SchemaWalk(candidate.key(), schema.orElseGet(JsonNodeFactory.instance::objectNode));
        JsonNode top = tops.computeIfAbsent(candidate.key().kind(), kind -> top(schema));
        walk.object("", top, candidate.raw());
        if (!candidate.raw().hasNonNull("spec")) {
            schema.filter(known -> !known.has(TOP))
                    .ifPresent(known -> walk.object("spec", known, JsonNodeFactory.instance.objectNode()));
        }
        List<Problem> problems = new ArrayList<>(walk.problems());
        candidate.labels().forEach((name, value) -> {
            if (!LABEL_NAME.matcher(name).matches()) {
                problems.add(Shape.BAD_NAME.error(
                        candidate.key(),
                        "metadata.labels." + name,
                        "is no name of a label: at most 63 letters, digits, dashes, dots and underscores, after a DNS"
                                + " name and a slash if it has one",
                        "choose another name, or write an annotation"));
            }
            if (!LABEL_VALUE.matcher(value).matches()) {
                problems.add(Shape.BAD_NAME.error(
                        candidate.key(),
                        "metadata.labels." + name,
                        "must be at most 63 letters, digits, dashes, dots and underscores, not \"" + value + "\"",
                        "choose another value, or write an annotation"));
            }
        });
        return problems;
    }

    /** The shape of a whole body. */
    private JsonNode top(Optional<JsonNode> schema) {
        ObjectNode top = JsonNodeFactory.instance.objectNode();
        top.set("apiVersion!", STRING);
        top.set("kind!", STRING);
        top.set("metadata!", schemas.of("Metadata").orElseThrow());
        top.set("status", ANY);
        JsonNode spec = schema.orElse(ANY);
        if (spec.get(TOP) instanceof ObjectNode besides) {
            top.setAll(besides);
        } else {
            top.set("spec", spec);
        }
        return top;
    }
}
