package io.inmesh.server.write;

import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.validate.Problem;
import java.util.List;

/**
 * What became of a change.
 *
 * @param accepted whether it was written (or would have been, for a dry run)
 * @param actions what happened to each resource, in the order given; empty if refused
 * @param notes what was skipped or has no effect here, in words
 * @param problems errors that refused it, or warnings that did not
 */
public record WriteResult(boolean accepted, List<Action> actions, List<String> notes, List<Problem> problems) {

    /** Copies the lists. */
    public WriteResult {
        actions = List.copyOf(actions);
        notes = List.copyOf(notes);
        problems = List.copyOf(problems);
    }

    /**
     * What happened to one resource.
     *
     * @param resource which
     * @param verb {@code created}, {@code configured}, {@code unchanged} or {@code deleted}
     */
    public record Action(ResourceKey resource, String verb) {}

    /** {@return the problems that refused the change} */
    public List<Problem> errors() {
        return problems.stream()
                .filter(p -> p.severity() == Problem.Severity.ERROR)
                .toList();
    }
}
