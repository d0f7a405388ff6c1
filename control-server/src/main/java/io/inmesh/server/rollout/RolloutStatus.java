package io.inmesh.server.rollout;

import java.time.Duration;
import java.time.Instant;
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
        return new RolloutStatus(
                uid,
                generation,
                subject,
                phase,
                hold,
                goal,
                step,
                why,
                since,
                unwatched,
                started,
                shift,
                failures,
                finding);
    }

    /** Another phase from now on. */
    RolloutStatus now(Phase next, Hold why, String text, Instant now) {
        return new RolloutStatus(
                uid,
                generation,
                subject,
                next,
                why,
                goal,
                step,
                text,
                now,
                Duration.ZERO,
                started,
                shift,
                failures,
                finding);
    }

    RolloutStatus shifting(@Nullable Shift next) {
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
                next,
                failures,
                finding);
    }

    RolloutStatus aiming(Goal next) {
        return new RolloutStatus(
                uid,
                generation,
                subject,
                phase,
                hold,
                next,
                step,
                reason,
                since,
                unwatched,
                started,
                shift,
                failures,
                finding);
    }

    /** At a step, where nothing has failed yet. */
    RolloutStatus at(int index) {
        return new RolloutStatus(
                uid,
                generation,
                subject,
                phase,
                hold,
                goal,
                index,
                reason,
                since,
                unwatched,
                started,
                shift,
                0,
                finding);
    }

    RolloutStatus startedAt(Instant now) {
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
                now,
                shift,
                failures,
                finding);
    }

    RolloutStatus of(long otherGeneration) {
        return new RolloutStatus(
                uid,
                otherGeneration,
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

    RolloutStatus found(Finding latest, int failed) {
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
                failed,
                latest);
    }

    /** After a time in which nobody looked. */
    RolloutStatus missing(Duration altogether) {
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
                altogether,
                started,
                shift,
                failures,
                finding);
    }

    /** {@return when somebody looked last that is known of: at the last analysis of where it is, else when it got there} */
    Instant watched() {
        return finding != null && finding.time().isAfter(since) ? finding.time() : since;
    }
}
