package io.inmesh.server.explain;

import java.util.Map;

/**
 * Who sends a request.
 *
 * @param namespace its namespace
 * @param serviceAccount its service account, by which servers know it
 * @param labels its workload labels
 */
public record Caller(String namespace, String serviceAccount, Map<String, String> labels) {
    public Caller {
        labels = Map.copyOf(labels);
    }
}
