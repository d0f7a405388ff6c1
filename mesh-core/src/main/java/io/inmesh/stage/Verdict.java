package io.inmesh.stage;

import io.inmesh.call.Outcome;
import io.inmesh.call.Wakeup;
import org.jspecify.annotations.Nullable;

/**
 * What a stage says about work.
 *
 * @param <W> the work: a call or an attempt
 */
public sealed interface Verdict<W> {

    /**
     * The work may go on.
     *
     * @param ticket told how it ended; null if the stage does not care
     * @param delayNanos how long to wait first, usually 0
     * @param wakeup what may end that wait earlier; null if only time does
     */
    record Admit<W>(
            @Nullable Ticket<W> ticket,
            long delayNanos,
            @Nullable Wakeup wakeup) implements Verdict<W> {

        /** An admission after a wait that only time ends. */
        public Admit(@Nullable Ticket<W> ticket, long delayNanos) {
            this(ticket, delayNanos, null);
        }
    }

    /**
     * The work ends here.
     *
     * @param outcome a {@link Outcome.Rejection} or a {@link Outcome.LocalReply}
     */
    record Reject<W>(Outcome outcome) implements Verdict<W> {}

    /** {@return an admission that nobody needs to be told the end of} */
    static <W> Verdict<W> admit() {
        return new Admit<>(null, 0);
    }

    /** {@return an admission whose ticket is told the end} */
    static <W> Verdict<W> admit(Ticket<W> ticket) {
        return new Admit<>(ticket, 0);
    }

    /** {@return a refusal} */
    static <W> Verdict<W> reject(Outcome outcome) {
        return new Reject<>(outcome);
    }
}
