package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import java.io.IOException;
import org.eclipse.jetty.http.HttpHeader;

/** What a PATCH asks for, in one of the languages Kubernetes has for it. */
interface Patch {

    /**
     * {@return the resource as it shall be}
     *
     * @param present the resource as it is, an empty object if there is none
     */
    ObjectNode apply(JsonNode present) throws HttpProblem;

    /** {@return whether a resource that is not there is made} */
    default boolean creates() {
        return false;
    }

    /**
     * {@return the patch of a request, in the language its media type names}
     *
     * @throws HttpProblem if it cannot be read, or its language is not spoken for this kind
     */
    static Patch of(Exchange exchange, Kinds.Kind kind) throws IOException, HttpProblem {
        String type = exchange.header(HttpHeader.CONTENT_TYPE);
        if (type.startsWith("application/apply-patch")) {
            return new Apply(exchange.object());
        }
        if (type.startsWith("application/merge-patch")) {
            ObjectNode patch = exchange.object();
            return present -> (ObjectNode) MergePatch.apply(present, patch);
        }
        // As in Kubernetes, only the core kinds know how to merge their lists.
        if (type.startsWith("application/strategic-merge-patch") && kind.group().isEmpty()) {
            ObjectNode patch = exchange.object();
            return present -> StrategicPatch.apply(present, patch);
        }
        if (type.startsWith("application/json-patch")) {
            ArrayNode steps = exchange.array();
            return present -> object(JsonPatch.apply(present, steps));
        }
        throw new HttpProblem(
                415,
                "UnsupportedMediaType",
                "patches of type " + type + " are not supported for " + kind.plural() + "; send a merge patch");
    }

    private static ObjectNode object(JsonNode patched) throws HttpProblem {
        if (patched instanceof ObjectNode object) {
            return object;
        }
        throw HttpProblem.badRequest("the patch leaves no resource but " + patched);
    }

    /** Server-side apply with one manager: what is applied is what is wanted. */
    record Apply(ObjectNode wanted) implements Patch {

        @Override
        public ObjectNode apply(JsonNode present) {
            return wanted.deepCopy();
        }

        @Override
        public boolean creates() {
            return true;
        }
    }
}
