package io.inmesh.server.translate;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import java.util.Optional;

/** The blocks of the BackendTrafficPolicy in force for a service; each is absent where nothing is said. */
record BackendPolicy(Field spec) {

    static BackendPolicy of(Optional<Resource> policy) {
        return new BackendPolicy(policy.map(Field::spec).orElse(Field.ABSENT));
    }

    /** Ejection by rates, and what else Istio's block of that name cannot say. */
    Field outlierDetection() {
        return spec.get("outlierDetection");
    }

    /** How calls spill between priorities and localities, and what happens when too few endpoints are healthy. */
    Field spread() {
        return spec.get("spread");
    }

    /** When all calls are refused for a while, because too many fail or are slow. */
    Field failureRate() {
        return spec.get("circuitBreaker").get("failureRate");
    }

    /** How endpoints are asked whether they are well. */
    Field healthChecks() {
        return spec.get("healthChecks");
    }
}
