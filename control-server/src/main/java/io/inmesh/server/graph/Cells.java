package io.inmesh.server.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What is counted, numbered: for calls with one attempt, for single attempts and for calls of several, each result, and the durations of
 * good and of failed ones by bucket. The names are those of the metrics in load reports.
 */
final class Cells {

    private static final List<String> FAMILIES = List.of("once", "attempt", "call");

    static final int ONCE = 0;
    static final int ATTEMPT = 1;
    static final int CALL = 2;

    /** Good answers, by bucket. */
    static final int OK = 0;
    /** Failures that took time, by bucket. */
    static final int FAILED = DurationBuckets.COUNT;

    private static final int RESULTS = 2 * DurationBuckets.COUNT;
    private static final List<String> NAMES = names();
    private static final Map<String, Integer> BY_NAME = index();

    /** Good answers of which no duration is known. */
    static final int OK_UNTIMED = named("ok_untimed");
    /** Failures of which no duration is known. */
    static final int FAILED_UNTIMED = named("failed_untimed");
    /** Calls of which only is known that they were made. */
    static final int UNKNOWN = named("unknown");

    static final int HTTP_4XX = named("http_4xx");
    static final int HTTP_5XX = named("http_5xx");
    static final int CANCELLED = named("cancelled");

    /** Cells of one family. */
    static final int PER_FAMILY = RESULTS + NAMES.size();

    /** Cells of all families. */
    static final int COUNT = FAMILIES.size() * PER_FAMILY;

    private static final int LONGEST_NAME = 100;

    private Cells() {}

    private static List<String> names() {
        List<String> names =
                new ArrayList<>(List.of("ok_untimed", "failed_untimed", "unknown", "http_4xx", "http_5xx"));
        for (int status = 1; status <= 16; status++) {
            names.add("grpc_" + status);
        }
        for (String kind : List.of("connect", "tls", "refused_stream", "reset", "timeout", "other")) {
            names.add("transport_" + kind);
        }
        names.add("cancelled");
        for (String reason : List.of(
                "no_route",
                "no_cluster",
                "no_endpoint",
                "circuit_open",
                "overflow",
                "throttled",
                "deadline",
                "fault",
                "unauthorized",
                "invalid_token",
                "no_peer_identity",
                "no_own_identity",
                "rate_limited",
                "overloaded",
                "bad_request",
                "internal",
                "closed",
                "other")) {
            names.add("rejected_" + reason);
        }
        names.addAll(List.of("answered_direct_response", "answered_redirect"));
        return List.copyOf(names);
    }

    private static Map<String, Integer> index() {
        Map<String, Integer> index = new HashMap<>();
        for (int i = 0; i < NAMES.size(); i++) {
            index.put(NAMES.get(i), RESULTS + i);
        }
        return Map.copyOf(index);
    }

    private static int named(String name) {
        Integer cell = BY_NAME.get(name);
        if (cell == null) {
            throw new IllegalArgumentException(name);
        }
        return cell;
    }

    /** {@return the names of results without duration, with the number of each within a family} */
    static Map<String, Integer> results() {
        return BY_NAME;
    }

    /** {@return the number of what a metric counts; empty if this server does not know it} */
    static OptionalInt parse(String metric) {
        if (metric.length() > LONGEST_NAME) {
            return OptionalInt.empty();
        }
        String[] parts = metric.split("\\.", -1);
        int family = FAMILIES.indexOf(parts[0]);
        if (family < 0 || parts.length < 2 || parts.length > 3) {
            return OptionalInt.empty();
        }
        int cell = parts.length == 3 ? timed(parts[1], parts[2]) : untimed(parts[1]);
        return cell < 0 ? OptionalInt.empty() : OptionalInt.of(family * PER_FAMILY + cell);
    }

    private static int timed(String result, String nanos) {
        if (nanos.isEmpty() || nanos.length() > 18 || !nanos.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return -1;
        }
        int bucket = DurationBuckets.indexOf(Long.parseLong(nanos));
        return switch (result) {
            case "ok" -> OK + bucket;
            case "failed" -> FAILED + bucket;
            default -> -1;
        };
    }

    private static int untimed(String result) {
        Integer known = BY_NAME.get(result);
        if (known != null) {
            return known;
        }
        // A newer client may refuse for reasons that this server has no word for.
        return result.startsWith("rejected_") ? named("rejected_other") : -1;
    }
}
