package io.inmesh.server.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;

/**
 * One resource in one version. Immutable; nobody may change the JSON trees.
 *
 * @param key what tells it from others
 * @param apiVersion group and version as written, such as {@code networking.istio.io/v1}
 * @param uid unique for as long as the resource exists; another one of the same name later has another uid
 * @param resourceVersion grows with every change
 * @param generation grows with every change of the spec
 * @param creationTimestamp when it was created, to the second
 * @param labels its labels
 * @param annotations its annotations
 * @param spec what it asks for: {@code spec}, or everything but the metadata for core kinds
 * @param raw the whole body
 */
public record Resource(
        ResourceKey key,
        String apiVersion,
        String uid,
        long resourceVersion,
        long generation,
        Instant creationTimestamp,
        Map<String, String> labels,
        Map<String, String> annotations,
        JsonNode spec,
        JsonNode raw) {
    public Resource {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
