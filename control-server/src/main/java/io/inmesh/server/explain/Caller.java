package io.inmesh.server.explain;

import io.inmesh.server.service.Locality;
import java.util.Map;

/**
 * Who sends a request.
 *
 * @param namespace its namespace
 * @param serviceAccount its service account, by which servers know it
 * @param labels its workload labels
 * @param locality where it runs
 */
public record Caller(String namespace, String serviceAccount, Map<String, String> labels, Locality locality) {
    public Caller {
        labels = Map.copyOf(labels);
    }
}
