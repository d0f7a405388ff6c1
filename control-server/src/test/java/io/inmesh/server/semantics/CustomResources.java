package io.inmesh.server.semantics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind;
import io.inmesh.server.model.Kinds.Kind.Use;
import io.inmesh.server.validate.Schemas;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes definitions of the mesh's own kinds for Kubernetes, from the schemas by which the server judges them. */
final class CustomResources {
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .build());
    private static final String HEAD =
            "# Made by CustomResourcesTest from the server's schema of this kind, so that both take the same.\n";
    private static final String DURATION = "^(-?([0-9]+(\\.[0-9]+)?(h|m|s|ms|us|µs|ns))+|0)$";
    private static final Pattern RANGE = Pattern.compile("integer (\\d+)\\.\\.(\\d+)");
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| (.*) \\| (.*) ?\\|");
    private static final Map<String, String> SUMMARIES = Map.of(
            "BackendTrafficPolicy",
            "How clients call one service, as far as Istio's rules cannot say it: balancing, ejection, hedging,"
                    + " throttling, breakers and health checks.",
            "InboundTrafficPolicy",
            "What processes do with requests that come in: rate limits, a limit on requests in flight that follows"
                    + " latency, deadlines, and who is believed about the address of clients.",
            "Rollout",
            "Shifts the weights of a route from one version of a service to another, step by step, and goes back if the"
                    + " new one fails more calls or is slower.");

    private final Descriptions descriptions = Descriptions.read();
    private final Map<String, String> carriedOut = new HashMap<>();
    private final Kind kind;
    private final JsonNode schema;

    private CustomResources(Kind kind) {
        this.kind = kind;
        this.schema = new Schemas().of(kind.kind()).orElseThrow();
        String page = SemanticsDocument.CARRIED_OUT.get(kind.kind());
        if (page != null) {
            Config.read(Path.of("../docs").resolve(page)).lines().forEach(line -> {
                Matcher row = ROW.matcher(line);
                if (row.matches()) {
                    carriedOut.putIfAbsent(row.group(1), sentence(row.group(2), row.group(3)));
                }
            });
        }
    }

    private static String sentence(String text, String fallback) {
        String unsaid = fallback.strip();
        boolean given = !unsaid.isEmpty() && !unsaid.startsWith("needed");
        return (text.strip() + (given ? " If not said: " + unsaid + "." : "")).replace("`", "");
    }

    /** {@return the kinds that only this project has} */
    static List<Kind> kinds() {
        return Kinds.all().stream()
                .filter(kind -> kind.group().equals("inmesh.io") && kind.use() == Use.ENFORCED)
                .toList();
    }

    /** {@return the definition of a kind, as a file} */
    static String file(Kind kind) {
        try {
            return HEAD + YAML.writeValueAsString(new CustomResources(kind).definition());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode definition() {
        ObjectNode definition =
                object().put("apiVersion", "apiextensions.k8s.io/v1").put("kind", "CustomResourceDefinition");
        definition.putObject("metadata").put("name", kind.qualifiedPlural());
        ObjectNode spec = definition.putObject("spec").put("group", kind.group());
        ObjectNode names = spec.putObject("names")
                .put("kind", kind.kind())
                .put("listKind", kind.kind() + "List")
                .put("plural", kind.plural())
                .put("singular", kind.singular());
        kind.shortNames().forEach(names.putArray("shortNames")::add);
        names.putArray("categories").add("inmesh");
        spec.put("scope", "Namespaced");
        ArrayNode versions = spec.putArray("versions");
        for (String name : kind.versions()) {
            ObjectNode version = versions.addObject()
                    .put("name", name)
                    .put("served", true)
                    .put("storage", name.equals(kind.versions().get(0)));
            version.putObject("subresources").putObject("status");
            ArrayNode columns = version.putArray("additionalPrinterColumns");
            columns.addObject()
                    .put("name", "Accepted")
                    .put("type", "string")
                    .put("jsonPath", ".status.conditions[?(@.type==\"inmesh.io/Accepted\")].status");
            columns.addObject().put("name", "Age").put("type", "date").put("jsonPath", ".metadata.creationTimestamp");
            version.putObject("schema").set("openAPIV3Schema", body());
        }
        return definition;
    }

    private ObjectNode body() {
        ObjectNode body = object().put("type", "object").put("description", SUMMARIES.get(kind.kind()));
        ObjectNode properties = body.putObject("properties");
        properties.putObject("apiVersion").put("type", "string");
        properties.putObject("kind").put("type", "string");
        properties.putObject("metadata").put("type", "object");
        ObjectNode spec = members("", schema);
        properties.set("spec", spec);
        properties
                .putObject("status")
                .put("type", "object")
                .put(
                        "description",
                        "What the control server says of it; the condition inmesh.io/Accepted tells whether it is in force.")
                .put("x-kubernetes-preserve-unknown-fields", true);
        if (spec.has("required")) {
            body.putArray("required").add("spec");
        }
        return body;
    }

    /**
     * An object of fields. The API server would drop those it does not know, and a rate limit whose {@code match} is misspelt would hold for
     * all requests; so it is told to keep them, in every object anew, and the control server, which sees them, refuses.
     */
    private ObjectNode members(String path, JsonNode shape) {
        ObjectNode made = object().put("type", "object").put("x-kubernetes-preserve-unknown-fields", true);
        ObjectNode properties = object();
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        shape.properties().forEach(member -> {
            if (!member.getKey().startsWith("$")) {
                String name = member.getKey().replace("!", "");
                String below = path.isEmpty() ? name : path + "." + name;
                ObjectNode value = value(below, member.getValue());
                description(below).ifPresent(text -> value.put("description", text));
                properties.set(name, value);
                if (member.getKey().endsWith("!")) {
                    required.add(name);
                }
            }
        });
        if (!properties.isEmpty()) {
            made.set("properties", properties);
        }
        if (!required.isEmpty()) {
            made.set("required", required);
        }
        return made;
    }

    private Optional<String> description(String path) {
        return descriptions.of(kind.kind(), path).or(() -> Optional.ofNullable(carriedOut.get(path)));
    }

    private ObjectNode value(String path, JsonNode shape) {
        if (shape.isTextual()) {
            JsonNode named = schema.path("$shapes").path(shape.asText());
            return named.isMissingNode() ? type(shape.asText()) : value(path, named);
        }
        if (shape.isArray()) {
            ObjectNode list = object().put("type", "array");
            list.set("items", value(path + "[]", shape.get(0)));
            return list;
        }
        if (shape.has("*")) {
            ObjectNode map = object().put("type", "object");
            map.set("additionalProperties", value(path + ".*", shape.get("*")));
            return map;
        }
        return members(path, shape);
    }

    /** The names that {@code schema/README.md} explains. */
    private static ObjectNode type(String name) {
        Matcher range = RANGE.matcher(name);
        if (range.matches()) {
            return object().put("type", "integer")
                    .put("minimum", Long.parseLong(range.group(1)))
                    .put("maximum", Long.parseLong(range.group(2)));
        }
        if (name.contains("|")) {
            ObjectNode words = object().put("type", "string");
            List.of(name.split("\\|")).forEach(words.putArray("enum")::add);
            return words;
        }
        return switch (name) {
            case "any" -> object().put("x-kubernetes-preserve-unknown-fields", true);
            case "port" -> object().put("x-kubernetes-int-or-string", true);
            case "duration" -> object().put("type", "string").put("pattern", DURATION);
            case "string", "integer", "number", "boolean" -> object().put("type", name);
            default -> throw new IllegalStateException("the type " + name + " is not known here");
        };
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
