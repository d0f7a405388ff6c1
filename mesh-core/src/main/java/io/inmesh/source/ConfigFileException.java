package io.inmesh.source;

import io.inmesh.snapshot.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A config file says something that is not understood. */
public final class ConfigFileException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    ConfigFileException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** {@return everything that is wrong, in the order of the file} */
    public List<Problem> problems() {
        return problems;
    }
}
