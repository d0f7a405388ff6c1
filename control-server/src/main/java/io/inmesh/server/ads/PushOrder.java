package io.inmesh.server.ads;

import io.inmesh.xds.TypeUrls;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The order of resource types within a push: what others refer to goes first, and is taken away last. */
final class PushOrder {
    private static final List<String> ORDER =
            List.of(TypeUrls.SECRET, TypeUrls.CLUSTER, TypeUrls.ENDPOINT, TypeUrls.LISTENER, TypeUrls.ROUTE);
    private static final Set<String> ROOTS = Set.of(TypeUrls.CLUSTER, TypeUrls.LISTENER);
    private static final Set<String> REFERRERS = Set.of(TypeUrls.LISTENER, TypeUrls.ROUTE);

    /** What is referred to before what refers to it; unknown types last. */
    static final Comparator<String> ADDITIONS =
            Comparator.comparingInt(PushOrder::position).thenComparing(Comparator.naturalOrder());

    private PushOrder() {}

    /** Whether this server has resources of that type. */
    static boolean served(String typeUrl) {
        return ORDER.contains(typeUrl);
    }

    /**
     * Whether a subscription without names means all resources, and whether a state-of-the-world response has to be complete (a missing
     * resource means that it is gone).
     */
    static boolean root(String typeUrl) {
        return ROOTS.contains(typeUrl);
    }

    /** Whether resources of that type refer to clusters; as long as a client rejects one, the clusters it refers to have to stay. */
    static boolean referrer(String typeUrl) {
        return REFERRERS.contains(typeUrl);
    }

    private static int position(String typeUrl) {
        int position = ORDER.indexOf(typeUrl);
        return position < 0 ? ORDER.size() : position;
    }
}
