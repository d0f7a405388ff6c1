package io.inmesh.config;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether, when and how often a failed attempt is repeated.
 *
 * <p>Source: Istio {@code HTTPRetry}, Envoy {@code RetryPolicy}. The retry budget of the cluster bounds all retries
 * beside {@link #retries}.
 *
 * @param retries most retries of one call; 0 disables retrying
 * @param on conditions under which an attempt is repeated
 * @param statusCodes HTTP statuses that are repeated when {@link Condition#RETRIABLE_STATUS_CODES} is on
 * @param perTryTimeout longest time of each attempt including the first, null for the rest of the whole-call deadline
 * @param backoffBase unit of the exponential backoff; the n-th wait is uniform in [0, min(max, base x (2^n - 1)))
 * @param backoffMax cap of one wait
 * @param avoidPrevious whether endpoints already tried are avoided while others are left
 */
public record RetryConfig(
        int retries,
        Set<Condition> on,
        Set<Integer> statusCodes,
        @Nullable Duration perTryTimeout,
        Duration backoffBase,
        Duration backoffMax,
        boolean avoidPrevious) {

    /** Envoy's names of what is retried, in capitals. */
    public enum Condition {
        /** Any 5xx response, or no response at all. Naming it is the route saying that even POST may be repeated. */
        SERVER_ERROR,
        /** 502, 503 or 504. */
        GATEWAY_ERROR,
        /** No response: reset, disconnect or read timeout. */
        RESET,
        /** No response, and nothing of the request was written. */
        RESET_BEFORE_REQUEST,
        /** The connection could not be made. */
        CONNECT_FAILURE,
        /** HTTP/2 REFUSED_STREAM: the peer promises that it has not processed the request. */
        REFUSED_STREAM,
        /** 409. */
        RETRIABLE_4XX,
        /** A rate limit refused the request. Such answers are repeated for no other reason, whatever their status. */
        ENVOY_RATELIMITED,
        /** One of {@link RetryConfig#statusCodes}. */
        RETRIABLE_STATUS_CODES,
        /** gRPC status CANCELLED. */
        CANCELLED,
        /** gRPC status DEADLINE_EXCEEDED. */
        DEADLINE_EXCEEDED,
        /** gRPC status INTERNAL. */
        INTERNAL,
        /** gRPC status RESOURCE_EXHAUSTED. */
        RESOURCE_EXHAUSTED,
        /** gRPC status UNAVAILABLE. */
        UNAVAILABLE
    }

    /** Envoy's base interval. */
    public static final Duration DEFAULT_BACKOFF_BASE = Duration.ofMillis(25);

    /** Envoy's cap: ten times the base. */
    public static final Duration DEFAULT_BACKOFF_MAX = Duration.ofMillis(250);

    /** No retries. */
    public static final RetryConfig NONE =
            new RetryConfig(0, Set.of(), Set.of(), null, DEFAULT_BACKOFF_BASE, DEFAULT_BACKOFF_MAX, true);

    /** Istio's default: two retries of what certainly or almost certainly was not processed. */
    public static final RetryConfig DEFAULT = new RetryConfig(
            2,
            EnumSet.of(Condition.CONNECT_FAILURE, Condition.REFUSED_STREAM, Condition.UNAVAILABLE, Condition.CANCELLED),
            Set.of(),
            null,
            DEFAULT_BACKOFF_BASE,
            DEFAULT_BACKOFF_MAX,
            true);

    /** Copies the sets and checks ranges. */
    public RetryConfig {
        on = Set.copyOf(on);
        statusCodes = Set.copyOf(statusCodes);
        if (retries < 0) {
            throw new IllegalArgumentException("retries must not be negative: " + retries);
        }
        if (perTryTimeout != null && (perTryTimeout.isNegative() || perTryTimeout.isZero())) {
            throw new IllegalArgumentException("perTryTimeout must be positive: " + perTryTimeout);
        }
        if (backoffBase.isNegative() || backoffBase.isZero() || backoffMax.compareTo(backoffBase) < 0) {
            throw new IllegalArgumentException(
                    "backoff base must be positive and not above its maximum: " + backoffBase + ", " + backoffMax);
        }
    }

    /** {@return this policy with another number of retries} */
    public RetryConfig withRetries(int retries) {
        return new RetryConfig(retries, on, statusCodes, perTryTimeout, backoffBase, backoffMax, avoidPrevious);
    }

    /** {@return this policy with other conditions} */
    public RetryConfig withConditions(Set<Condition> on) {
        return new RetryConfig(retries, on, statusCodes, perTryTimeout, backoffBase, backoffMax, avoidPrevious);
    }

    /** {@return this policy with another limit for each attempt} */
    public RetryConfig withPerTryTimeout(@Nullable Duration perTryTimeout) {
        return new RetryConfig(retries, on, statusCodes, perTryTimeout, backoffBase, backoffMax, avoidPrevious);
    }

    /** {@return this policy with another backoff} */
    public RetryConfig withBackoff(Duration base, Duration max) {
        return new RetryConfig(retries, on, statusCodes, perTryTimeout, base, max, avoidPrevious);
    }
}
