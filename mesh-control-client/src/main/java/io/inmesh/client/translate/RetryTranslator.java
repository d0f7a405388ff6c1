package io.inmesh.client.translate;

import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.xds.route.RetryPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Retry policies. */
final class RetryTranslator {

    private static final Map<String, Condition> CONDITIONS = Map.ofEntries(
            Map.entry("5xx", Condition.SERVER_ERROR),
            Map.entry("gateway-error", Condition.GATEWAY_ERROR),
            Map.entry("reset", Condition.RESET),
            Map.entry("reset-before-request", Condition.RESET_BEFORE_REQUEST),
            Map.entry("connect-failure", Condition.CONNECT_FAILURE),
            Map.entry("refused-stream", Condition.REFUSED_STREAM),
            Map.entry("retriable-4xx", Condition.RETRIABLE_4XX),
            Map.entry("envoy-ratelimited", Condition.ENVOY_RATELIMITED),
            Map.entry("retriable-status-codes", Condition.RETRIABLE_STATUS_CODES),
            Map.entry("cancelled", Condition.CANCELLED),
            Map.entry("deadline-exceeded", Condition.DEADLINE_EXCEEDED),
            Map.entry("internal", Condition.INTERNAL),
            Map.entry("resource-exhausted", Condition.RESOURCE_EXHAUSTED),
            Map.entry("unavailable", Condition.UNAVAILABLE));

    private RetryTranslator() {}

    static RetryConfig translate(String field, @Nullable RetryPolicy policy, IgnoredFields ignored) {
        if (policy == null) {
            return RetryConfig.NONE;
        }
        Set<Condition> conditions = EnumSet.noneOf(Condition.class);
        for (String part : policy.getRetryOn().split(",")) {
            String name = part.strip();
            Condition condition = CONDITIONS.get(name);
            if (condition != null) {
                conditions.add(condition);
            } else if (!name.isEmpty()) {
                ignored.note(field + ".retry_on", "\"" + name + "\" is not a condition this client knows");
            }
        }
        int retries =
                policy.hasNumRetries() ? (int) Math.min(Integer.MAX_VALUE, Values.unsigned(policy.getNumRetries())) : 1;
        Duration base = policy.getRetryBackOff().hasBaseInterval()
                ? Values.duration(policy.getRetryBackOff().getBaseInterval())
                : RetryConfig.DEFAULT_BACKOFF_BASE;
        Duration max = policy.getRetryBackOff().hasMaxInterval()
                ? Values.duration(policy.getRetryBackOff().getMaxInterval())
                : base.multipliedBy(10);
        Duration perTry = policy.hasPerTryTimeout()
                        && !Values.duration(policy.getPerTryTimeout()).isZero()
                ? Values.duration(policy.getPerTryTimeout())
                : null;
        ignored.noteIf(
                policy.hasPerTryIdleTimeout(), field + ".per_try_idle_timeout", "a try is limited as a whole only");
        ignored.noteIf(
                policy.getRetriableHeadersCount() > 0, field + ".retriable_headers", "headers are not a condition");
        ignored.noteIf(
                policy.getRetriableRequestHeadersCount() > 0,
                field + ".retriable_request_headers",
                "headers are not a condition");
        return new RetryConfig(
                retries,
                conditions,
                // Envoy disregards the statuses where the condition is not named.
                conditions.contains(Condition.RETRIABLE_STATUS_CODES)
                        ? new HashSet<>(policy.getRetriableStatusCodesList())
                        : Set.of(),
                perTry,
                base,
                max.compareTo(base) < 0 ? base : max,
                policy.getRetryHostPredicateList().stream()
                        .anyMatch(p -> p.getName().contains("previous_hosts")));
    }
}
