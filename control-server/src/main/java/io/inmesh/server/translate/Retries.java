package io.inmesh.server.translate;

import com.google.protobuf.Any;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.route.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code HTTPRetry}: how often and when a failed try is repeated. */
final class Retries {
    /**
     * Istio's default conditions. Each of them says that the server did not act on the request, or that it answered with a gRPC status
     * whose meaning is "try again", so a request is not carried out twice because of it.
     */
    static final String DEFAULT_CONDITIONS = "connect-failure,refused-stream,unavailable,cancelled";

    private static final int DEFAULT_ATTEMPTS = 2;
    private static final int HOST_SELECTION_ATTEMPTS = 5;
    private static final int GRPC_MAX_RETRIES = 4;
    private static final int BACK_OFF_CAP_FACTOR = 10;
    private static final Set<String> GRPC_CONDITIONS =
            Set.of("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable");
    private static final Any NO_CONFIG = Any.newBuilder()
            .setTypeUrl("type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate")
            .build();

    private Retries() {}

    /** The policy of a route; empty if retries are switched off. {@code hashing} tells whether its cluster uses a consistent hash. */
    static Optional<RetryPolicy> of(Field retries, boolean hashing) {
        int attempts = retries.present() ? retries.get("attempts").integer(0) : DEFAULT_ATTEMPTS;
        if (attempts <= 0) {
            return Optional.empty();
        }
        RetryPolicy.Builder policy = RetryPolicy.newBuilder()
                .setNumRetries(Protos.uint32(attempts))
                .setHostSelectionRetryMaxAttempts(HOST_SELECTION_ATTEMPTS);
        conditions(policy, retries.get("retryOn").text(DEFAULT_CONDITIONS));
        retries.get("perTryTimeout").duration().ifPresent(d -> policy.setPerTryTimeout(Protos.duration(d)));
        retries.get("backoff").duration().ifPresent(base -> policy.setRetryBackOff(backOff(base)));
        // A consistent hash wants the same endpoint again; leaving it for another one would defeat it.
        if (retries.get("retryIgnorePreviousHosts").flag(!hashing)) {
            policy.addRetryHostPredicate(RetryPolicy.RetryHostPredicate.newBuilder()
                    .setName("envoy.retry_host_predicates.previous_hosts")
                    .setTypedConfig(NO_CONFIG));
        }
        return Optional.of(policy.build());
    }

    /** What gRFC A44 allows: five conditions, at most four retries, no timeout per try. */
    static Optional<RetryPolicy> grpcSafe(Field retries) {
        return of(retries, true).flatMap(full -> {
            List<String> conditions = new ArrayList<>();
            for (String condition : full.getRetryOn().split(",")) {
                if (GRPC_CONDITIONS.contains(condition)) {
                    conditions.add(condition);
                }
            }
            if (conditions.isEmpty()) {
                return Optional.empty();
            }
            RetryPolicy.Builder policy = RetryPolicy.newBuilder()
                    .setRetryOn(String.join(",", conditions))
                    .setNumRetries(Protos.uint32(
                            Math.min(GRPC_MAX_RETRIES, full.getNumRetries().getValue())));
            if (full.hasRetryBackOff()) {
                policy.setRetryBackOff(full.getRetryBackOff());
            }
            return Optional.of(policy.build());
        });
    }

    private static void conditions(RetryPolicy.Builder policy, String retryOn) {
        List<String> conditions = new ArrayList<>();
        for (String part : retryOn.split(",")) {
            String condition = part.strip();
            if (condition.matches("[1-5]\\d\\d")) {
                policy.addRetriableStatusCodes(Integer.parseInt(condition));
            } else if (!condition.isEmpty()) {
                conditions.add(condition);
            }
        }
        if (policy.getRetriableStatusCodesCount() > 0 && !conditions.contains("retriable-status-codes")) {
            conditions.add("retriable-status-codes");
        }
        policy.setRetryOn(String.join(",", conditions));
    }

    private static RetryPolicy.RetryBackOff backOff(Duration base) {
        return RetryPolicy.RetryBackOff.newBuilder()
                .setBaseInterval(Protos.duration(base))
                .setMaxInterval(Protos.duration(base.multipliedBy(BACK_OFF_CAP_FACTOR)))
                .build();
    }
}
