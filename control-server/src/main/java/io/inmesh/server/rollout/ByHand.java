package io.inmesh.server.rollout;

import io.inmesh.server.rollout.RolloutStatus.Goal;
import io.inmesh.server.rollout.RolloutStatus.Hold;
import io.inmesh.server.rollout.RolloutStatus.Shift;
import org.jspecify.annotations.Nullable;

/** What a rollout does when it is told to. A pure function, as {@link Progress} is. */
final class ByHand {

    private final RolloutSpec spec;
    private final RolloutStatus status;
    private final Situation situation;
    private final String who;

    private ByHand(RolloutSpec spec, RolloutStatus status, Situation situation, String who) {
        this.spec = spec;
        this.status = status;
        this.situation = situation;
        this.who = who;
    }

    /** Cannot be done now. */
    static final class NotNowException extends Exception {
        private static final long serialVersionUID = 1L;

        NotNowException(String message) {
            super(message);
        }
    }

    /**
     * {@return what comes next}
     *
     * @param who who says so
     * @throws NotNowException if it cannot be done; the message says why and what can
     */
    static Decision tell(RolloutSpec spec, RolloutStatus status, Command command, Situation situation, String who)
            throws NotNowException {
        ByHand hand = new ByHand(spec, status, situation, who);
        return switch (command) {
            case PAUSE -> hand.pause();
            case RESUME -> hand.resume();
            case PROMOTE -> hand.promote();
            case ABORT -> hand.abort();
            case RETRY -> hand.retry();
        };
    }

    private Decision pause() throws NotNowException {
        if (status.phase() != Phase.PROGRESSING || status.goal() != Goal.STEP) {
            throw no("only one that goes through its steps can be paused");
        }
        return Decision.event(
                status.now(Phase.PAUSED, Hold.HAND, "paused by " + who, situation.now()), "rollout-paused");
    }

    private Decision resume() throws NotNowException {
        Shift shift = status.shift();
        if (status.phase() != Phase.PAUSED || shift == null) {
            throw no("only one that is paused can be resumed");
        }
        if (status.hold() == Hold.SUBJECT_CHANGED) {
            throw no("set its target and versions back, or retry");
        }
        Weights actual = weights();
        if (status.goal() != Goal.STEP) {
            return Decision.event(
                    aim(shift, actual, shift.wanted(), status.goal(), status.reason()), "rollout-resumed");
        }
        boolean gate = status.hold() == Hold.GATE;
        return Decision.event(
                Progress.again(spec, status, gate ? status.step() + 1 : status.step(), situation, actual),
                "rollout-resumed");
    }

    private Decision promote() throws NotNowException {
        Shift shift = running("promoted");
        return Decision.event(
                aim(shift, weights(), Weights.percent(100), Goal.PROMOTE, "promoted by " + who),
                "rollout-promotion-asked");
    }

    private Decision abort() throws NotNowException {
        if (status.phase() == Phase.PENDING) {
            return Decision.event(
                    status.now(Phase.ROLLED_BACK, Hold.NONE, "aborted by " + who + " before it began", situation.now()),
                    "rollout-rolled-back");
        }
        Shift shift = status.phase() == Phase.FAILED && status.shift() != null ? status.shift() : running("aborted");
        return Decision.event(
                aim(shift, weights(), shift.before(), Goal.ROLL_BACK, "aborted by " + who), "rollout-aborted");
    }

    private Decision retry() throws NotNowException {
        if (!status.phase().over() && status.hold() != Hold.SUBJECT_CHANGED) {
            throw no("only one that is over can be begun anew");
        }
        return Decision.event(
                RolloutStatus.pending(status.uid(), status.generation(), spec.subject(), situation.now())
                        .because("begun anew by " + who),
                "rollout-retried");
    }

    private RolloutStatus aim(Shift shift, Weights actual, Weights wanted, Goal goal, String why) {
        return status.aiming(goal)
                .shifting(shift.toFrom(actual, wanted))
                .now(Phase.PROGRESSING, Hold.NONE, why, situation.now());
    }

    private Shift running(String what) throws NotNowException {
        Shift shift = status.shift();
        if (shift == null || status.phase().over() || status.hold() == Hold.SUBJECT_CHANGED) {
            throw no("only one that runs can be " + what);
        }
        return shift;
    }

    private Weights weights() throws NotNowException {
        @Nullable Weights weights = situation.weights();
        if (weights == null) {
            throw no(situation.problem());
        }
        return weights;
    }

    private NotNowException no(String why) {
        return new NotNowException("the rollout is " + status.phase().word() + ": " + why);
    }
}
