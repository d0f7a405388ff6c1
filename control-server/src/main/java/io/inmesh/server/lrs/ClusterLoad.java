package io.inmesh.server.lrs;

/**
 * What the copies of one client service did to one cluster lately.
 *
 * @param clientNamespace namespace of the callers
 * @param clientService service account of the callers, proven by their certificates
 * @param cluster xDS cluster name: {@code outbound|9080|v1|reviews.default.svc.cluster.local}
 * @param issued calls begun
 * @param succeeded calls that ended well
 * @param failed calls that ended badly
 * @param inProgress calls under way when last reported, summed over callers
 */
public record ClusterLoad(
        String clientNamespace,
        String clientService,
        String cluster,
        long issued,
        long succeeded,
        long failed,
        long inProgress) {}
