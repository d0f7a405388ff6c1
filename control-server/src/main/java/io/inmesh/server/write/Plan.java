package io.inmesh.server.write;

import io.inmesh.server.store.ConfigView;
import io.inmesh.server.validate.Problem;
import java.util.List;

/**
 * What a change would do, before it is made.
 *
 * @param accepted whether it would be written
 * @param changes each resource of it as it is and as it would be, in the order given, those that stay the same included
 * @param after the whole configuration as it would be
 * @param notes what would be skipped or would have no effect here, in words
 * @param problems errors that would refuse it, or warnings that would not
 */
public record Plan(
        boolean accepted,
        List<ChangeLog.Changed> changes,
        ConfigView after,
        List<String> notes,
        List<Problem> problems) {

    /** Copies the lists. */
    public Plan {
        changes = List.copyOf(changes);
        notes = List.copyOf(notes);
        problems = List.copyOf(problems);
    }
}
