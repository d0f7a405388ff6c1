package io.inmesh.dispatch;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.call.Outcome;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Refuses attempts while the cluster's breaker is open. Costs one volatile read where there is no breaker. */
final class Breaker implements Stage<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        CircuitBreaker breaker = attempt.target().limits().breaker();
        if (breaker == null) {
            return ADMIT;
        }
        return breaker.tryAcquirePermission()
                ? Verdict.admit(new Permit(breaker))
                : Verdict.reject(Rejections.circuitOpen(attempt, breaker));
    }

    /** Remembers the breaker that gave the permission, since a newer config may bring another. */
    private record Permit(CircuitBreaker breaker) implements Ticket<OutboundAttempt> {

        @Override
        public void settle(OutboundAttempt attempt, Outcome outcome) {
            switch (attempt.meaning().result()) {
                case SUCCESS -> ClusterLimits.succeeded(breaker, attempt.durationNanos());
                case FAILED -> ClusterLimits.failed(breaker, attempt.durationNanos());
                case IGNORED -> breaker.releasePermission();
            }
        }
    }
}
