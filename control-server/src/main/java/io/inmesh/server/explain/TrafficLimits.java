package io.inmesh.server.explain;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ApiPath;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.RateLimitRule;
import io.inmesh.server.rule.Rules;
import io.inmesh.server.translate.ClientContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The limits of the InboundTrafficPolicy that a workload obeys, in words; whether they are used up is known to the workload alone. */
final class TrafficLimits {
    private TrafficLimits() {}

    /** The step about a workload; none if no policy limits it. */
    static Optional<Step> of(Rules rules, ClientContext workload, String address) {
        return rules.inboundTrafficPolicies()
                .lookup(workload.namespace(), workload.labels())
                .map(policy -> new Step(
                        Step.Stage.TRAFFIC_LIMITS,
                        address,
                        true,
                        "let in unless used up: " + String.join("; ", words(policy)),
                        ApiPath.of(policy.key())));
    }

    private static List<String> words(Resource policy) {
        Field spec = Field.spec(policy);
        List<String> words = new ArrayList<>();
        for (RateLimitRule limit : RateLimitRule.of(spec)) {
            words.add("rate limit \"" + limit.name() + "\", " + limit.tokens() + " per "
                    + limit.fillInterval().toMillis() + " ms" + per(limit.per())
                    + (limit.match().present() ? " for some requests" : ""));
        }
        if (spec.get("concurrency").present()) {
            words.add("concurrency");
        }
        if (spec.get("minRemaining").present()) {
            words.add("at least " + spec.get("minRemaining").text() + " left");
        }
        return words;
    }

    private static String per(Field per) {
        if (per.absent()) {
            return "";
        }
        return per.get("header").present() ? " and " + per.get("header").text() + " value" : " and principal";
    }
}
