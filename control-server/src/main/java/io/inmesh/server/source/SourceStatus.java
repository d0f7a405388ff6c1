package io.inmesh.server.source;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How a source is.
 *
 * @param name its name in the settings
 * @param type such as {@code consul}
 * @param state whether it answers
 * @param since since when it is in that state
 * @param problem why it cannot be asked, or what of its last answer is not used; empty if nothing
 * @param answered when it last answered; empty if it has not since this server started
 * @param services how many services it has
 * @param endpoints how many endpoints, those that have vanished included
 * @param vanished how many of these have vanished and are kept for now
 * @param frozen whether so many have vanished that none of them goes before the grace period is over
 */
public record SourceStatus(
        String name,
        String type,
        State state,
        Instant since,
        String problem,
        Optional<Instant> answered,
        int services,
        int endpoints,
        int vanished,
        boolean frozen) {

    /** Whether a source answers. */
    public enum State {
        /** It has not answered yet; what an earlier run knew is used. */
        STARTING,
        /** Its last answer could be used. */
        ANSWERING,
        /** It cannot be asked, or its answer could not be used; what is known stays. */
        FAILING
    }

    /** {@return one line for people} */
    public String line() {
        StringBuilder line =
                new StringBuilder(type + " " + name + ": " + state.name().toLowerCase(Locale.ROOT));
        line.append(" since ").append(since);
        if (!problem.isEmpty()) {
            line.append(": ").append(problem);
        }
        if (vanished > 0) {
            line.append("; ").append(vanished).append(" of ").append(endpoints).append(" endpoints have vanished");
            line.append(frozen ? " and all are kept" : " and go bit by bit");
        }
        return line.toString();
    }
}
