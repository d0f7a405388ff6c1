package io.inmesh.stage;

import io.inmesh.call.Outcome;
import io.inmesh.call.StatusCodes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stages in the order in which work meets them.
 *
 * <p>Admission goes inwards, settling outwards: the stage that admitted last is told first. Every ticket is settled exactly once,
 * whether the work ended, a later stage refused it, or a stage threw. A stage that throws while admitting refuses the work (a
 * policy that cannot be checked is not passed); one that throws while being told the outcome is logged, and the others are told
 * all the same.
 *
 * @param <W> the work that goes through
 */
public final class Ring<W extends Passage> {

    private static final Logger LOG = LoggerFactory.getLogger(Ring.class);
    private static final int MAX_STAGES = Integer.SIZE;

    private final Stage<? super W>[] stages;

    /**
     * Makes a ring.
     *
     * @param stages outermost first, at most 32
     */
    @SuppressWarnings("unchecked")
    public Ring(List<? extends Stage<? super W>> stages) {
        if (stages.size() > MAX_STAGES) {
            throw new IllegalArgumentException("at most " + MAX_STAGES + " stages in a ring: " + stages.size());
        }
        this.stages = stages.toArray((Stage<? super W>[]) new Stage<?>[0]);
    }

    /**
     * Asks the stages the work has not met yet, in order.
     *
     * @param work the work
     * @return null if all admitted it; an {@link Verdict.Admit} with a positive delay if it has to wait before it is admitted
     *     further by another call of this method; a {@link Verdict.Reject} if it was refused, and then every stage that had
     *     admitted it has been told so
     */
    public @Nullable Verdict<?> admit(W work) {
        while (work.next < stages.length) {
            int index = work.next++;
            Verdict<?> verdict = ask(stages[index], work);
            if (verdict instanceof Verdict.Admit<?> admit) {
                hold(work, index, admit.ticket());
                if (admit.delayNanos() > 0) {
                    return admit;
                }
            } else {
                settle(work, ((Verdict.Reject<?>) verdict).outcome());
                return verdict;
            }
        }
        return null;
    }

    /** Tells every stage that admitted the work how it ended, innermost first. Stages told before are not told again. */
    public void settle(W work, Outcome outcome) {
        int own = work.own;
        @Nullable Ticket<?> @Nullable [] foreign = work.foreign;
        work.own = 0;
        work.foreign = null;
        for (int i = work.next - 1; i >= 0; i--) {
            if ((own >>> i & 1) != 0) {
                tell(stages[i], work, outcome);
            } else if (foreign != null && foreign[i] != null) {
                tell(foreign[i], work, outcome);
            }
        }
        // Work that was refused or has ended meets no further stage.
        work.next = stages.length;
    }

    private static <W> Verdict<?> ask(Stage<? super W> stage, W work) {
        try {
            return stage.admit(work);
        } catch (Throwable e) {
            LOG.error("Stage {} failed; the work is refused", name(stage), e);
            return new Verdict.Reject<W>(new Outcome.Rejection(
                    Outcome.Reason.INTERNAL, 500, StatusCodes.GRPC_INTERNAL, "stage " + name(stage) + " failed: " + e));
        }
    }

    private void hold(W work, int index, @Nullable Ticket<?> ticket) {
        if (ticket == null) {
            return;
        }
        if (ticket == stages[index]) {
            work.own |= 1 << index;
            return;
        }
        @Nullable Ticket<?> @Nullable [] foreign = work.foreign;
        if (foreign == null) {
            foreign = new Ticket<?>[stages.length];
            work.foreign = foreign;
        }
        foreign[index] = ticket;
    }

    // A ticket was given out by a stage of this ring for this work, so it takes this type of work.
    @SuppressWarnings("unchecked")
    private static <W> void tell(Object ticket, W work, Outcome outcome) {
        try {
            ((Ticket<W>) ticket).settle(work, outcome);
        } catch (Throwable e) {
            LOG.error("{} failed on an outcome", name(ticket), e);
        }
    }

    private static String name(Object stage) {
        return stage.getClass().getSimpleName();
    }
}
