package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.InboundTrafficPolicies;
import java.util.List;

/** InboundTrafficPolicies: ranges, and others for the same workloads. */
final class InboundTrafficPolicyCheck {
    private static final int MOST_REQUESTS = 1_000_000;
    /** What concurrency goes by where the policy says nothing. */
    private static final int LEAST_LIMIT = 5;

    private static final int FIRST_LIMIT = 20;
    private static final int LARGEST_LIMIT = 1000;

    private InboundTrafficPolicyCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        if (spec.get("rateLimits").items().isEmpty()
                && spec.get("concurrency").absent()
                && spec.get("minRemaining").absent()
                && spec.get("forwarders").absent()) {
            report.add(
                    Check.NO_EFFECT,
                    spec,
                    "says nothing: there are no rateLimits, concurrency, minRemaining or forwarders");
        }
        ClientAddressCheck.forwarders(report, spec.get("forwarders"));
        RateLimitCheck.check(report, spec.get("rateLimits"));
        concurrency(report, spec.get("concurrency"));
        report.duration(spec.get("minRemaining"), true);
        if (spec.get("trustCriticality").flag(false) && spec.get("concurrency").absent()) {
            report.add(
                    Check.NO_EFFECT,
                    spec.get("trustCriticality"),
                    "has no effect without concurrency, which is what criticality decides about");
        }
        Competitors.tell(report, mesh, InboundTrafficPolicies.selector(report.resource()), other -> true);
    }

    private static void concurrency(Report report, Field concurrency) {
        for (String limit : List.of("initialLimit", "minLimit", "maxLimit")) {
            report.range(concurrency.get(limit), 1, MOST_REQUESTS);
        }
        report.range(concurrency.get("latencyTolerance"), 1, 10);
        report.duration(concurrency.get("maxQueueWait"), true);
        if (concurrency.absent()) {
            return;
        }
        int least = concurrency.get("minLimit").integer(LEAST_LIMIT);
        int largest = concurrency.get("maxLimit").integer(LARGEST_LIMIT);
        int first = concurrency.get("initialLimit").integer(FIRST_LIMIT);
        if (least > largest || first < least || first > largest) {
            report.add(
                    Check.BAD_VALUE,
                    concurrency,
                    "minLimit " + least + ", initialLimit " + first + " and maxLimit " + largest
                            + " (5, 20 and 1000 where nothing is said) are not in this order");
        }
    }
}
