package io.inmesh.spi;

import io.inmesh.snapshot.Problem;
import java.util.List;

/**
 * What became of a config.
 *
 * @param applied whether it is in use; if not, the one before stays
 * @param version the config's name
 * @param problems what was wrong with it, empty if applied
 */
public record ApplyResult(boolean applied, String version, List<Problem> problems) {

    /** Copies the problems. */
    public ApplyResult {
        problems = List.copyOf(problems);
    }
}
