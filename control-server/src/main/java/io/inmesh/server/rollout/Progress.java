package io.inmesh.server.rollout;

import io.inmesh.server.rollout.Finding.Verdict;
import io.inmesh.server.rollout.RolloutSpec.Step;
import io.inmesh.server.rollout.RolloutStatus.Goal;
import io.inmesh.server.rollout.RolloutStatus.Hold;
import io.inmesh.server.rollout.RolloutStatus.Shift;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a rollout does by itself. A pure function: all it knows of the world is in the {@link Situation}, all it remembers in the {@link
 * RolloutStatus}. One transition at a time; whoever asks again gets the next.
 *
 * <p>Weights are decided first and written after that has been kept, so a server that stops between the two, or a second one that finds
 * them not written yet, writes them; and weights that are neither the ones decided nor the ones before are somebody else's, who is not
 * fought.
 */
final class Progress {

    private final RolloutSpec spec;
    private final Situation situation;
    private final Instant now;

    private Progress(RolloutSpec spec, Situation situation) {
        this.spec = spec;
        this.situation = situation;
        this.now = situation.now();
    }

    /**
     * {@return what comes next}
     *
     * @param uid of the resource
     * @param generation of its spec
     * @param known its status; null if there is none yet
     */
    static Decision next(
            RolloutSpec spec, String uid, long generation, @Nullable RolloutStatus known, Situation situation) {
        Progress progress = new Progress(spec, situation);
        RolloutStatus fresh = RolloutStatus.pending(uid, generation, spec.subject(), situation.now());
        if (known == null || !known.uid().equals(uid)) {
            return progress.pending(fresh);
        }
        if (known.generation() != generation) {
            return known.phase().over() || known.phase() == Phase.PENDING
                    ? progress.pending(fresh)
                    : progress.otherSpec(known, generation);
        }
        if (known.phase() == Phase.PENDING) {
            return progress.pending(known);
        }
        return known.phase().over() ? Decision.quiet(known) : progress.running(known);
    }

    private Decision pending(RolloutStatus status) {
        Weights actual = situation.weights();
        if (actual == null) {
            return Decision.quiet(status.because(situation.problem()));
        }
        RolloutStatus begun =
                status.shifting(new Shift(actual, actual, actual, true)).startedAt(now);
        return new Decision(enter(begun, 0), null, "rollout-started");
    }

    /** What is rolled out cannot be exchanged on the way, since the weights of before belong to it; all else can, and begins anew. */
    private Decision otherSpec(RolloutStatus status, long generation) {
        if (!status.subject().equals(spec.subject())) {
            String why =
                    "its target or versions were changed while it ran: set them back to go on, or retry to begin with the new"
                            + " ones, which leaves the weights of the old ones as they are";
            return status.hold() == Hold.SUBJECT_CHANGED
                    ? Decision.quiet(status)
                    : Decision.event(status.now(Phase.PAUSED, Hold.SUBJECT_CHANGED, why, now), "rollout-paused");
        }
        RolloutStatus same = status.of(generation);
        if (same.goal() != Goal.STEP || same.hold() == Hold.WEIGHTS_CHANGED) {
            return Decision.quiet(
                    same.at(same.goal() == Goal.STEP ? 0 : spec.steps().size()));
        }
        return Decision.event(enter(same, 0), "rollout-restarted");
    }

    /** At the beginning of a step, or of the end if there is none left. */
    RolloutStatus enter(RolloutStatus status, int index) {
        Shift shift = Objects.requireNonNull(status.shift());
        RolloutStatus there = status.at(index);
        if (index >= spec.steps().size()) {
            return there.aiming(Goal.PROMOTE)
                    .shifting(shift.toFrom(shift.seen() ? shift.wanted() : shift.previous(), Weights.percent(100)))
                    .now(Phase.PROGRESSING, Hold.NONE, "the canary has passed every step", now);
        }
        Step step = spec.steps().get(index);
        if (step.gate()) {
            return there.aiming(Goal.STEP)
                    .now(
                            Phase.PAUSED,
                            Hold.GATE,
                            place(index) + " waits for somebody to let the rollout go on (resume)",
                            now);
        }
        return there.aiming(Goal.STEP)
                .shifting(shift.to(Weights.percent(step.weight())))
                .now(
                        Phase.PROGRESSING,
                        Hold.NONE,
                        place(index) + " gives the canary " + step.weight() + " % of the requests",
                        now);
    }

    private String place(int index) {
        return "step " + (index + 1) + " of " + spec.steps().size();
    }

    private Decision running(RolloutStatus status) {
        Hold hold = status.hold();
        if (hold == Hold.WEIGHTS_CHANGED || hold == Hold.SUBJECT_CHANGED || hold == Hold.REFUSED) {
            return Decision.quiet(status);
        }
        Shift shift = Objects.requireNonNull(status.shift());
        Weights actual = situation.weights();
        if (actual == null) {
            return status.goal() == Goal.ROLL_BACK
                    ? Decision.event(
                            status.now(
                                    Phase.FAILED,
                                    Hold.NONE,
                                    "the weights cannot be put back: " + situation.problem(),
                                    now),
                            "rollout-failed")
                    : somebodyElse(status, situation.problem());
        }
        if (!shift.seen()) {
            return written(status, shift, actual);
        }
        return actual.equals(shift.wanted())
                ? judged(status)
                : somebodyElse(
                        status,
                        situation.writer() + " set the weights to " + actual + " while this rollout had set "
                                + shift.wanted());
    }

    private Decision written(RolloutStatus status, Shift shift, Weights actual) {
        if (actual.equals(shift.wanted())) {
            RolloutStatus seen = status.shifting(shift.confirmed());
            return switch (status.goal()) {
                case PROMOTE ->
                    Decision.event(seen.now(Phase.PROMOTED, Hold.NONE, status.reason(), now), "rollout-promoted");
                case ROLL_BACK ->
                    Decision.event(seen.now(Phase.ROLLED_BACK, Hold.NONE, status.reason(), now), "rollout-rolled-back");
                case STEP ->
                    Decision.event(seen.now(status.phase(), status.hold(), status.reason(), now), "rollout-step");
            };
        }
        return actual.equals(shift.previous())
                ? new Decision(status, shift.wanted(), "")
                : somebodyElse(
                        status,
                        situation.writer() + " set the weights to " + actual + " while this rollout was to set "
                                + shift.wanted());
    }

    private Decision somebodyElse(RolloutStatus status, String what) {
        return Decision.event(
                status.now(
                        Phase.PAUSED,
                        Hold.WEIGHTS_CHANGED,
                        what + "; nothing is written until somebody resumes, promotes or aborts",
                        now),
                "rollout-paused");
    }

    private Decision judged(RolloutStatus status) {
        if (status.goal() != Goal.STEP || status.hold() == Hold.CANARY_FAILED) {
            return Decision.quiet(status);
        }
        RolloutStatus judged = status;
        if (Objects.requireNonNull(status.shift()).wanted().canary() > 0 && due(status)) {
            Finding finding = situation.analysis().get();
            int failures = status.failures() + (finding.verdict() == Verdict.BAD ? 1 : 0);
            judged = status.missing(unwatched(status)).found(finding, failures);
            if (failures > spec.analysis().failureLimit()) {
                return failed(judged, finding.reason());
            }
        }
        return judged.hold() == Hold.NONE ? moved(judged) : Decision.quiet(judged);
    }

    private boolean due(RolloutStatus status) {
        Finding last = status.finding();
        Instant from = last == null || last.time().isBefore(status.since()) ? status.since() : last.time();
        return !now.isBefore(from.plus(spec.analysis().interval()));
    }

    private Decision moved(RolloutStatus status) {
        Step step = spec.steps().get(status.step());
        Duration elapsed = Duration.between(status.since(), now).minus(unwatched(status));
        Finding finding = status.finding();
        boolean ofThisStep = finding != null && finding.time().isAfter(status.since());
        if (elapsed.compareTo(step.pause()) >= 0
                && finding != null
                && ofThisStep
                && finding.time().isAfter(situation.began())
                && finding.verdict() == Verdict.GOOD) {
            return Decision.quiet(enter(status, status.step() + 1));
        }
        Duration deadline = spec.progressDeadline();
        if (deadline != null && elapsed.compareTo(deadline) >= 0 && !now.isBefore(heardOfAll())) {
            return failed(
                    status,
                    place(status.step()) + " was not passed within " + deadline.toSeconds() + " s: "
                            + (finding != null && ofThisStep ? finding.reason() : "nothing is known of the canary"));
        }
        return Decision.quiet(status);
    }

    /** {@return how long nobody looked, with the time until this server began if it has not made an analysis yet} */
    private Duration unwatched(RolloutStatus status) {
        Instant last = status.watched();
        return situation.began().isAfter(last)
                ? status.unwatched().plus(Duration.between(last, situation.began()))
                : status.unwatched();
    }

    /** {@return when this server has heard of every process; what it has not heard before is no fault of the canary} */
    private Instant heardOfAll() {
        return situation.began().plus(Judge.STALE);
    }

    private Decision failed(RolloutStatus status, String why) {
        if (!spec.rollBack()) {
            return Decision.event(status.now(Phase.PAUSED, Hold.CANARY_FAILED, why, now), "rollout-paused");
        }
        Shift shift = Objects.requireNonNull(status.shift());
        return Decision.event(
                status.aiming(Goal.ROLL_BACK)
                        .shifting(shift.toFrom(shift.wanted(), shift.before()))
                        .now(Phase.PROGRESSING, Hold.NONE, why, now),
                "rollout-canary-failed");
    }

    /** {@return what follows from weights that were not taken, for a reason that trying again does not mend} */
    static Decision refused(RolloutStatus status, String why, Instant now) {
        boolean back = status.goal() == Goal.ROLL_BACK;
        return Decision.event(
                status.now(
                        back ? Phase.FAILED : Phase.PAUSED,
                        back ? Hold.NONE : Hold.REFUSED,
                        (back ? "the weights cannot be put back: " : "the weights are not taken: ") + why,
                        now),
                back ? "rollout-failed" : "rollout-paused");
    }

    /** {@return the beginning of the step that a status is at, from weights as they are} */
    static RolloutStatus again(RolloutSpec spec, RolloutStatus status, int step, Situation situation, Weights actual) {
        Shift shift = Objects.requireNonNull(status.shift());
        Progress progress = new Progress(spec, situation);
        RolloutStatus entered = progress.enter(status, step);
        Shift next = Objects.requireNonNull(entered.shift());
        boolean there = shift.seen() && next.wanted().equals(actual);
        return entered.shifting(there ? next : next.toFrom(actual, next.wanted()));
    }
}
