package io.inmesh.server.cluster;

import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind;
import io.inmesh.server.model.Kinds.Kind.Use;
import java.util.List;

/** The kinds that are taken from a cluster: all of the mesh's. Its Services come with their endpoints, as those of a registry do. */
final class ClusterKinds {

    /** What others refer to comes first, so that most of a list is right the first time. */
    private static final List<String> FIRST = List.of("ServiceEntry", "WorkloadEntry", "DestinationRule");

    private static final String SECURITY = "security.istio.io";

    private ClusterKinds() {}

    /** {@return the kinds, those first that others refer to} */
    static List<Kind> all() {
        return Kinds.all().stream()
                .filter(kind -> !kind.group().isEmpty())
                .filter(kind -> kind.use() == Use.ENFORCED || kind.use() == Use.STORED)
                .sorted((one, other) -> Integer.compare(rank(one.kind()), rank(other.kind())))
                .toList();
    }

    /** {@return whether clients may be let in where they should not be if what a cluster has of that kind is not known} */
    static boolean restrictsAccess(Kind kind) {
        return kind.group().equals(SECURITY) && kind.use() == Use.ENFORCED;
    }

    /** {@return in which order resources of a kind are taken, the smallest first} */
    static int rank(String kind) {
        int place = FIRST.indexOf(kind);
        return place < 0 ? FIRST.size() : place;
    }
}
