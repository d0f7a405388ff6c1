package io.inmesh.server.explain;

/**
 * One thing that was looked at on a request's way.
 *
 * @param stage what kind of thing
 * @param subject which one
 * @param taken whether the request goes that way
 * @param reason why, or why not
 * @param source API path of the rule that made it; empty if no rule did
 */
public record Step(Stage stage, String subject, boolean taken, String reason, String source) {

    /** What is looked at, in the order of a request's way. */
    public enum Stage {
        /** Whether the mesh knows the host. */
        VIRTUAL_HOST,
        /** Which route matches. */
        ROUTE,
        /** Which fault is injected. */
        FAULT,
        /** What the route changes about the request, and how long and how often it is tried. */
        POLICY,
        /** Which cluster the request goes to. */
        CLUSTER,
        /** Which cluster gets a copy. */
        MIRROR,
        /** Which endpoints may take it. */
        ENDPOINT,
        /** Whether the endpoint's workload lets the caller in. */
        AUTHORIZATION,
        /** Which limits on how much it takes the endpoint's workload has. */
        TRAFFIC_LIMITS
    }
}
