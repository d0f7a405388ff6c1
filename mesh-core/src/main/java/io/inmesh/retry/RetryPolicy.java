package io.inmesh.retry;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.time.Deadlines;
import java.util.BitSet;

/** Whether a route wants an outcome repeated. Compiled from a {@link RetryConfig}; immutable. */
public final class RetryPolicy {

    /** Never repeats. */
    public static final RetryPolicy NONE = new RetryPolicy(RetryConfig.NONE);

    private final RetryConfig config;
    private final int conditions;
    private final int explicit;
    private final BitSet statusCodes = new BitSet();
    private final long perTryTimeoutNanos;
    private final Backoff backoff;

    /** Compiles a config. */
    public RetryPolicy(RetryConfig config) {
        this.config = config;
        this.conditions = bits(config);
        // Whoever keeps the default list has not said that requests which may have been processed are to be repeated.
        this.explicit = config.on().equals(RetryConfig.DEFAULT.on()) ? 0 : conditions;
        config.statusCodes().forEach(statusCodes::set);
        this.perTryTimeoutNanos = config.perTryTimeout() == null
                ? Deadlines.NEVER
                : config.perTryTimeout().toNanos();
        this.backoff =
                new Backoff(config.backoffBase().toNanos(), config.backoffMax().toNanos());
    }

    /** {@return what it was compiled from} */
    public RetryConfig config() {
        return config;
    }

    /** {@return most retries of one call} */
    public int retries() {
        return config.retries();
    }

    /** {@return longest time of one attempt, {@link Long#MAX_VALUE} if there is no limit} */
    public long perTryTimeoutNanos() {
        return perTryTimeoutNanos;
    }

    /** {@return waits between attempts} */
    public Backoff backoff() {
        return backoff;
    }

    /** {@return whether endpoints already tried are avoided while others are left} */
    public boolean avoidPrevious() {
        return config.avoidPrevious();
    }

    /**
     * {@return whether an outcome is worth and safe to repeat; says nothing about how often or how soon}
     *
     * <p>Repeating is safe if the request did not leave this process or the peer promises not to have processed it; if the call is
     * idempotent; or if the route names the condition itself, which the default list does not count as.
     *
     * @param call what is being asked; one that cannot be sent again is never repeated
     * @param outcome how the attempt ended
     * @param classification what that means
     */
    public boolean repeats(Call call, Outcome outcome, Classification classification) {
        int met = met(call, outcome, classification);
        if (met == 0 || config.retries() == 0 || !call.replayable()) {
            return false;
        }
        return unprocessed(outcome) || (met & explicit) != 0 || call.idempotent();
    }

    private int met(Call call, Outcome outcome, Classification classification) {
        int met = classification.conditions() & conditions;
        // A peer that dies under a call breaks its connection. Repeating is harmless for an idempotent call, and
        // whoever
        // wants failed connections repeated wants this too; a proxy, which does not know what is idempotent, cannot
        // offer it.
        if (outcome instanceof Outcome.Failure failure
                && failure.kind() == Outcome.Failure.Kind.RESET
                && call.idempotent()) {
            met |= conditions & Classification.bit(Condition.CONNECT_FAILURE);
        }
        if (outcome instanceof Outcome.Response response
                && response.httpStatus() >= 0
                && !response.rateLimited()
                && statusCodes.get(response.httpStatus())
                && (conditions & Classification.bit(Condition.RETRIABLE_STATUS_CODES)) != 0) {
            met |= Classification.bit(Condition.RETRIABLE_STATUS_CODES);
        }
        return met;
    }

    private static boolean unprocessed(Outcome outcome) {
        return outcome instanceof Outcome.Failure failure
                && (!failure.sent() || failure.kind() == Outcome.Failure.Kind.REFUSED_STREAM);
    }

    private static int bits(RetryConfig config) {
        int bits = 0;
        for (Condition condition : config.on()) {
            bits |= Classification.bit(condition);
        }
        return bits;
    }
}
