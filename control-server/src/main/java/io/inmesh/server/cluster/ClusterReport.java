package io.inmesh.server.cluster;

import java.util.List;

/**
 * How it is with the configuration of one cluster. Written by the server that follows it, read by all on the same store.
 *
 * @param name the source's name in the settings
 * @param listed whether everything that this server may read has been read once, so that one that starts need not wait for it
 * @param following whether the API server answers
 * @param sinceEpochSecond since when that is so
 * @param problem why something cannot be followed or told; empty if nothing
 * @param kinds how many kinds of the mesh the cluster knows
 * @param objects how many objects of them it has
 * @param vanished how many resources it does not name any more, which are kept for now
 * @param frozen whether so many have vanished that none goes before the grace period is over
 * @param refused objects that are not taken, at most {@value #MOST}
 * @param refusals how many are not taken
 */
public record ClusterReport(
        String name,
        boolean listed,
        boolean following,
        long sinceEpochSecond,
        String problem,
        int kinds,
        int objects,
        int vanished,
        boolean frozen,
        List<Refusal> refused,
        int refusals) {

    /** How many objects that are not taken are told of one by one. */
    static final int MOST = 100;

    /** Copies the list. */
    public ClusterReport {
        refused = List.copyOf(refused);
    }

    /** {@return of a cluster of which nothing is known} */
    static ClusterReport unknown(String name) {
        return new ClusterReport(name, false, false, 0, "it has not been read yet", 0, 0, 0, false, List.of(), 0);
    }
}
