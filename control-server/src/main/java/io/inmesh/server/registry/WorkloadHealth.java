package io.inmesh.server.registry;

/** What a registered workload says about itself. */
public enum WorkloadHealth {
    /** Takes requests. */
    HEALTHY,
    /** Runs, but does not want requests now; callers see it as UNHEALTHY. */
    UNHEALTHY,
    /** Gets no new calls because an operator said so; no workload says this of itself. */
    DRAINING
}
