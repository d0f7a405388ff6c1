package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.translate.GrpcStatusNames;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Timeouts, retries and injected faults of an HTTP rule. */
final class RetryAndFaultCheck {
    private static final Set<String> RETRY_CONDITIONS = Set.of(
            "5xx",
            "gateway-error",
            "reset",
            "reset-before-request",
            "connect-failure",
            "envoy-ratelimited",
            "retriable-4xx",
            "refused-stream",
            "retriable-status-codes",
            "retriable-headers",
            "http3-post-connect-failure",
            "cancelled",
            "deadline-exceeded",
            "internal",
            "resource-exhausted",
            "unavailable");

    private static final Map<String, String> NEVER_MET = Map.of(
            "retriable-headers", "a VirtualService cannot name the headers",
            "http3-post-connect-failure", "calls are not made over HTTP/3");

    private RetryAndFaultCheck() {}

    static void check(Report report, Field http) {
        report.duration(http.get("timeout"), true);
        retries(report, http);
        fault(report, http.get("fault"));
    }

    private static void retries(Report report, Field http) {
        Field retries = http.get("retries");
        report.notNegative(retries.get("attempts"));
        report.duration(retries.get("perTryTimeout"), false);
        report.duration(retries.get("backoff"), false);
        for (String part : retries.get("retryOn").text().split(",")) {
            String condition = part.strip();
            boolean status = condition.matches("[1-5]\\d\\d");
            if (!condition.isEmpty() && !status && !RETRY_CONDITIONS.contains(condition)) {
                report.add(
                        Check.BAD_VALUE, retries.get("retryOn"), "\"" + condition + "\" is no condition to retry on");
            }
            if (NEVER_MET.containsKey(condition)) {
                report.add(
                        Check.NO_EFFECT,
                        retries.get("retryOn"),
                        "has no effect where it says \"" + condition + "\": " + NEVER_MET.get(condition));
            }
        }
        Optional<Duration> timeout = http.get("timeout").duration().filter(d -> !d.isZero());
        Optional<Duration> perTry = retries.get("perTryTimeout").duration();
        if (timeout.isEmpty() || perTry.isEmpty()) {
            return;
        }
        long attempts = 1 + Math.max(0, retries.get("attempts").integer(0));
        if (perTry.get().compareTo(timeout.get()) > 0) {
            report.add(
                    Check.NO_EFFECT,
                    retries.get("perTryTimeout"),
                    "has no effect: it is longer than the timeout of the whole call");
        } else if (perTry.get().multipliedBy(attempts).compareTo(timeout.get()) > 0) {
            report.add(
                    Check.TIMEOUT_TOO_SHORT,
                    http.get("timeout"),
                    "is shorter than " + attempts + " attempts of "
                            + retries.get("perTryTimeout").text() + ": the last of them are cut off or never made");
        }
    }

    private static void fault(Report report, Field fault) {
        Field delay = fault.get("delay");
        if (delay.present()) {
            report.duration(delay.get("fixedDelay"), false);
            percentage(report, delay);
        }
        Field abort = fault.get("abort");
        if (abort.present()) {
            report.exclusive(abort, "httpStatus", "grpcStatus");
            report.range(abort.get("httpStatus"), 200, 599);
            String grpc = abort.get("grpcStatus").text();
            if (!grpc.isEmpty() && GrpcStatusNames.code(grpc).isEmpty()) {
                report.add(Check.BAD_VALUE, abort.get("grpcStatus"), "\"" + grpc + "\" is no gRPC status");
            }
            if (abort.get("httpStatus").absent() && grpc.isEmpty()) {
                report.add(Check.REQUIRED, abort, "needs httpStatus or grpcStatus");
            }
            percentage(report, abort);
        }
    }

    private static void percentage(Report report, Field holder) {
        report.range(holder.get("percentage").get("value"), 0, 100);
        report.range(holder.get("percent"), 0, 100);
        if (holder.get("percentage").absent() && holder.get("percent").absent()) {
            report.add(Check.FAULT_NEVER, holder, "has no percentage, so it is never injected");
        }
    }
}
