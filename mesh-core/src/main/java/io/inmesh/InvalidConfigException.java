package io.inmesh;

import io.inmesh.snapshot.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A config that a mesh was to start with is wrong. The message has a line for each problem. */
public final class InvalidConfigException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    InvalidConfigException(String version, List<Problem> problems) {
        super("config \"" + version + "\" is invalid:"
                + problems.stream().map(problem -> "\n  " + problem).collect(Collectors.joining()));
        this.problems = List.copyOf(problems);
    }

    /** {@return everything that is wrong} */
    public List<Problem> problems() {
        return problems;
    }
}
