package io.inmesh.server.rest;

import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which resources a request is about: those of a kind, of one namespace or all, by labels and by name. */
final class Selection {

    private final Kinds.Kind kind;
    private final @Nullable String namespace;
    private final List<Selector> labels;
    private final List<Selector> fields;

    private Selection(Kinds.Kind kind, @Nullable String namespace, List<Selector> labels, List<Selector> fields) {
        this.kind = kind;
        this.namespace = namespace;
        this.labels = labels;
        this.fields = fields;
    }

    /**
     * {@return what a request selects by its {@code labelSelector} and {@code fieldSelector}}
     *
     * @param namespace namespace of the path, null for all
     * @throws HttpProblem if a selector cannot be read, or is about a field that is not offered
     */
    static Selection of(Exchange exchange, Kinds.Kind kind, @Nullable String namespace) throws HttpProblem {
        List<Selector> fields = Selector.parse(exchange.parameter("fieldSelector"));
        for (Selector field : fields) {
            if (!field.name().equals("metadata.name") && !field.name().equals("metadata.namespace")) {
                throw HttpProblem.badRequest(
                        "fieldSelector knows metadata.name and metadata.namespace, not " + field.name());
            }
        }
        return new Selection(kind, namespace, Selector.parse(exchange.parameter("labelSelector")), fields);
    }

    boolean matches(Resource resource) {
        return resource.key().kind().equals(kind.kind())
                && resource.key().group().equals(kind.group())
                && (namespace == null || resource.key().namespace().equals(namespace))
                && labels.stream().allMatch(selector -> selector.matches(resource.labels()))
                && fields.stream().allMatch(selector -> selector.matches(fields(resource)));
    }

    List<Resource> of(List<Resource> resources) {
        return resources.stream().filter(this::matches).toList();
    }

    private static Map<String, String> fields(Resource resource) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("metadata.name", resource.key().name());
        fields.put("metadata.namespace", resource.key().namespace());
        return fields;
    }
}
