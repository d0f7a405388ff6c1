package io.inmesh.stage;

import org.jspecify.annotations.Nullable;

/**
 * Work on its way through a {@link Ring}: how far it came, and which stages are owed its outcome.
 *
 * <p>The ring keeps its notes in the work itself, so that admission allocates nothing. A passage belongs to one thread at a time;
 * whoever hands it to another thread sees to visibility.
 */
public abstract class Passage {

    /** Index of the stage to ask next. */
    int next;

    /** Bit i: stage i admitted the work and is its own ticket. */
    int own;

    /** Tickets of stages that are not their own tickets, by stage index; null while there are none. */
    @Nullable
    Ticket<?> @Nullable [] foreign;

    /** Begins outside any ring. */
    protected Passage() {}
}
