package io.inmesh.server.explain;

import java.util.List;

/**
 * What would happen to a request.
 *
 * @param outcome in one sentence
 * @param steps everything looked at, in order
 */
public record Explanation(String outcome, List<Step> steps) {
    public Explanation {
        steps = List.copyOf(steps);
    }
}
