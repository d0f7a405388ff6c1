package io.inmesh.source;

import io.inmesh.snapshot.Problem;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** One reading of one file: its name, and what is wrong with it so far. */
final class Reading {

    private final String file;
    private final List<Problem> problems = new ArrayList<>();

    Reading(String file) {
        this.file = file;
    }

    List<Problem> problems() {
        return problems;
    }

    void report(Node node, String field, String message, String remedy) {
        problems.add(new Problem(place(node), field, message, remedy));
    }

    /** {@return where a node is, e.g. {@code mesh.yaml line 12}} */
    String place(Node node) {
        return file + " line " + (node.getStartMark().map(Mark::getLine).orElse(0) + 1);
    }
}
