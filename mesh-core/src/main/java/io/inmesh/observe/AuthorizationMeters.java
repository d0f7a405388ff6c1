package io.inmesh.observe;

import io.inmesh.authz.Decision;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;

/** Counts what authorization policies say. Their names come from config, never from a client, and only so many are told apart. */
final class AuthorizationMeters {

    private static final int MAX_POLICIES = 1000;

    private final MeterFactory meters;
    private final NamedTable<Counter> denied;
    private final NamedTable<Counter> audited;
    private final NamedTable<Counter> wouldBeDenied;
    private final NamedTable<Counter> wouldBeAllowed;
    private final NamedTable<Counter> unchanged;

    AuthorizationMeters(MeterFactory meters) {
        this.meters = meters;
        this.denied = counters("inmesh.authorization.denied", "Requests that a policy refused", Tags.empty());
        this.audited = counters("inmesh.authorization.audited", "Requests that an AUDIT policy marked", Tags.empty());
        this.wouldBeDenied = shadow("denied");
        this.wouldBeAllowed = shadow("allowed");
        this.unchanged = shadow("unchanged");
    }

    void decided(Decision decision) {
        if (!decision.allowed()) {
            count(denied, decision);
        }
    }

    void audited(Decision match) {
        count(audited, match);
    }

    void shadowDecided(Decision decision, Decision shadow) {
        if (shadow.allowed() == decision.allowed()) {
            unchanged.get(MeterFactory.NONE).increment();
        } else {
            count(shadow.allowed() ? wouldBeAllowed : wouldBeDenied, shadow);
        }
    }

    private static void count(NamedTable<Counter> counters, Decision decision) {
        counters.get(MeterFactory.orNone(decision.resource())).increment();
    }

    private NamedTable<Counter> shadow(String result) {
        return counters(
                "inmesh.authorization.shadow",
                "What policies on trial would change about requests",
                Tags.of("result", result));
    }

    private NamedTable<Counter> counters(String name, String description, Tags tags) {
        return new NamedTable<>(
                MAX_POLICIES,
                policy -> meters.counter(name, description, tags.and("inmesh.policy", policy)),
                meters.overflow("authorization policies"));
    }
}
