package io.inmesh.stage;

import io.inmesh.call.Outcome;

/**
 * What a stage is owed for work it admitted: the outcome, exactly once.
 *
 * <p>The work is handed back, so that a stage without memory of single pieces of work can be its own ticket and admission
 * allocates nothing. This is where the shape differs from a ticket that only takes the outcome.
 *
 * @param <W> the work: a call or an attempt
 */
public interface Ticket<W> {

    /**
     * Ends the work. Called exactly once per admission, on any thread; must not block or throw.
     *
     * @param work the work that was admitted
     * @param outcome how it ended
     */
    void settle(W work, Outcome outcome);
}
