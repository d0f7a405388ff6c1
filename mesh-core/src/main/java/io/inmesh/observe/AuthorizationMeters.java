package io.inmesh.observe;

import io.inmesh.authz.Decision;
import io.inmesh.authz.ExternalDecision;
import io.inmesh.authz.ExternalDecision.Result;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Counts what authorization policies say. Their names come from config, never from a client, and only so many are told apart. */
final class AuthorizationMeters {

    private static final int MAX_POLICIES = 1000;

    private final MeterFactory meters;
    private final NamedTable<MeterTable<Timer>> checked;
    private final NamedTable<Counter> denied;
    private final NamedTable<Counter> audited;
    private final NamedTable<Counter> wouldBeDenied;
    private final NamedTable<Counter> wouldBeAllowed;
    private final NamedTable<Counter> unchanged;

    AuthorizationMeters(MeterFactory meters) {
        this.meters = meters;
        this.checked = new NamedTable<>(
                MAX_POLICIES,
                authorizer -> new MeterTable<>(result -> checks(authorizer, Result.values()[result])),
                meters.overflow("external authorizers"));
        this.denied = counters("inmesh.authorization.denied", "Requests that a policy refused", Tags.empty());
        this.audited = counters("inmesh.authorization.audited", "Requests that an AUDIT policy marked", Tags.empty());
        this.wouldBeDenied = shadow("denied");
        this.wouldBeAllowed = shadow("allowed");
        this.unchanged = shadow("unchanged");
    }

    void checked(ExternalDecision decision) {
        checked.get(decision.authorizer())
                .get(decision.result().ordinal())
                .record(decision.durationNanos(), TimeUnit.NANOSECONDS);
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

    private Timer checks(String authorizer, Result result) {
        return meters.duration(
                "inmesh.authorization.external",
                "How long requests waited for external authorizers, and what came of it",
                Tags.of("inmesh.authorizer", authorizer, "result", result.name().toLowerCase(Locale.ROOT)));
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
