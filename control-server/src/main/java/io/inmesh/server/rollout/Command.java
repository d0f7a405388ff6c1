package io.inmesh.server.rollout;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What somebody can tell a rollout. */
public enum Command {
    /** Stay at this step. */
    PAUSE,
    /** Go on from where it waits. */
    RESUME,
    /** Give the canary all requests now. */
    PROMOTE,
    /** Go back to the weights of before now. */
    ABORT,
    /** Begin anew after the end. */
    RETRY;

    /** {@return its word in paths and on the command line} */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return the command of that word} */
    public static Optional<Command> of(String word) {
        return Stream.of(values())
                .filter(command -> command.word().equals(word))
                .findFirst();
    }
}
