package io.inmesh.server.rollout;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a rollout that runs or ran: whoever has this and the resource can go on with it.
 *
 * @param uid of the resource it belongs to; one of the same name made later begins anew
 * @param generation of the spec that is carried out
 * @param subject what is rolled out where
 * @param phase how far it is
 * @param hold what it waits for while it is paused
 * @param goal what the weights are for
 * @param step index of the step it is at; the number of steps when there is none left
 * @param reason why it is where it is, in one sentence
 * @param since since when it is there, by the wall clock, since that is the only one that goes on while no server runs
 * @param unwatched how much of the time since then no control server looked: it counts for nothing
 * @param started when it began; null if it has not
 * @param shift weights; null before it began
 * @param failures failed analyses of this step
 * @param finding the last analysis; null if there was none
 */
record RolloutStatus(
        String uid,
        long generation,
        String subject,
        Phase phase,
        Hold hold,
        Goal goal,
        int step,
        String reason,
        Instant since,
        Duration unwatched,
        @Nullable Instant started,
        @Nullable Shift shift,
        int failures,
        @Nullable Finding finding) {

    /** What a paused rollout waits for. */
    enum Hold {
        /** Nothing: it goes on. */
        NONE,
        /** For somebody to let it pass a gate. */
        GATE,
        /** Somebody paused it. */
        HAND,
        /** Somebody else has set other weights, or the route is not as it was. */
        WEIGHTS_CHANGED,
        /** It was told to roll out something else while it ran. */
        SUBJECT_CHANGED,
        /** The canary failed, and the rollout is to pause then. */
        CANARY_FAILED,
        /** The weights were refused. */
        REFUSED
    }

    /** What weights are set for. */
    enum Goal {
        /** A step. */
        STEP,
        /** All to the canary, for good. */
        PROMOTE,
        /** As it was before. */
        ROLL_BACK
    }

    /**
     * Weights. They are noted before they are written, so that whoever finds them half done knows whose they are.
     *
     * @param before as they were before the rollout
     * @param previous what the route had when these were decided
     * @param wanted what it is to have
     * @param seen whether it was seen to have them
     */
    record Shift(Weights before, Weights previous, Weights wanted, boolean seen) {

        Shift to(Weights weights) {
            return new Shift(before, seen ? wanted : previous, weights, seen && wanted.equals(weights));
        }

        Shift toFrom(Weights actual, Weights weights) {
            return new Shift(before, actual, weights, false);
        }

        Shift confirmed() {
            return new Shift(before, previous, wanted, true);
        }
    }

    static RolloutStatus pending(String uid, long generation, String subject, Instant now) {
        return new RolloutStatus(
                uid,
                generation,
                subject,
                Phase.PENDING,
                Hold.NONE,
                Goal.STEP,
                0,
                "it is about to begin",
                now,
                Duration.ZERO,
                null,
                null,
                0,
                null);
    }

    RolloutStatus because(String why) {
        return with(draft -> draft.reason = why);
    }

    /** Another phase from now on. */
    RolloutStatus now(Phase next, Hold why, String text, Instant now) {
        return with(draft -> {
            draft.phase = next;
            draft.hold = why;
            draft.reason = text;
            draft.since = now;
            draft.unwatched = Duration.ZERO;
        });
    }

    RolloutStatus shifting(@Nullable Shift next) {
        return with(draft -> draft.shift = next);
    }

    RolloutStatus aiming(Goal next) {
        return with(draft -> draft.goal = next);
    }

    /** At a step, where nothing has failed yet. */
    RolloutStatus at(int index) {
        return with(draft -> {
            draft.step = index;
            draft.failures = 0;
        });
    }

    RolloutStatus startedAt(Instant now) {
        return with(draft -> draft.started = now);
    }

    RolloutStatus of(long otherGeneration) {
        return with(draft -> draft.generation = otherGeneration);
    }

    RolloutStatus found(Finding latest, int failed) {
        return with(draft -> {
            draft.failures = failed;
            draft.finding = latest;
        });
    }

    /** After a time in which nobody looked. */
    RolloutStatus missing(Duration altogether) {
        return with(draft -> draft.unwatched = altogether);
    }

    /** {@return when somebody looked last that is known of: at the last analysis of where it is, else when it got there} */
    Instant watched() {
        return finding != null && finding.time().isAfter(since) ? finding.time() : since;
    }

    private RolloutStatus with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.status();
    }

    /** A status to be, so that changes name only what they change. */
    private static final class Draft {
        private final String uid;
        private final String subject;
        private long generation;
        private Phase phase;
        private Hold hold;
        private Goal goal;
        private int step;
        private String reason;
        private Instant since;
        private Duration unwatched;
        private @Nullable Instant started;
        private @Nullable Shift shift;
        private int failures;
        private @Nullable Finding finding;

        Draft(RolloutStatus status) {
            uid = status.uid;
            generation = status.generation;
            subject = status.subject;
            phase = status.phase;
            hold = status.hold;
            goal = status.goal;
            step = status.step;
            reason = status.reason;
            since = status.since;
            unwatched = status.unwatched;
            started = status.started;
            shift = status.shift;
            failures = status.failures;
            finding = status.finding;
        }

        RolloutStatus status() {
            return new RolloutStatus(
                    uid,
                    generation,
                    subject,
                    phase,
                    hold,
                    goal,
                    step,
                    reason,
                    since,
                    unwatched,
                    started,
                    shift,
                    failures,
                    finding);
        }
    }
}
