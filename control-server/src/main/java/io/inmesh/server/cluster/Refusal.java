package io.inmesh.server.cluster;

import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.validate.Problem;
import java.util.List;

/**
 * A resource that the cluster has accepted and this server cannot take.
 *
 * @param resource which
 * @param olderStays whether an earlier version of it, which was good, is still in force
 * @param closed whether access is refused in its place
 * @param problems what is wrong with it
 */
public record Refusal(ResourceKey resource, boolean olderStays, boolean closed, List<Problem> problems) {

    /** Copies the list. */
    public Refusal {
        problems = List.copyOf(problems);
    }

    /** {@return what is wrong, in one line} */
    public String line() {
        StringBuilder line = new StringBuilder();
        for (Problem problem : problems) {
            line.append(line.isEmpty() ? "" : "; ");
            line.append(problem.fieldPath().isEmpty() ? "" : problem.fieldPath() + " ");
            line.append(problem.message()).append("; ").append(problem.remedy());
            line.append(" [").append(problem.code()).append("]");
        }
        return line + outcome();
    }

    private String outcome() {
        if (closed) {
            return " (a rule that refuses access stands in its place until this is mended)";
        }
        return olderStays ? " (the version before stays in force)" : " (it is left out)";
    }
}
