package io.inmesh.server.peer;

import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.translate.Personality;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/** A process that has gone over to another server may be known to both for a while: it is where it connected last. */
final class Newest {

    private Newest() {}

    /** Ids are claimed, namespaces are proven. */
    private record Key(String namespace, String node) {}

    /** {@return those of {@code all} that are not an older connection of another one, each where the first of its connections stood} */
    static <T> List<T> of(List<T> all, Function<T, ConnectedProcess> process) {
        Map<Object, T> newest = new LinkedHashMap<>();
        for (T one : all) {
            newest.merge(
                    several(process.apply(one)) ? new Object() : key(process.apply(one)),
                    one,
                    BinaryOperator.maxBy(Comparator.comparing(
                            connection -> process.apply(connection).connectedSince())));
        }
        return List.copyOf(newest.values());
    }

    /** {@return whether it may have several connections of one id at once, as stock gRPC has, one for each target that it calls} */
    private static boolean several(ConnectedProcess process) {
        return process.context().personality() == Personality.GRPC_SAFE;
    }

    private static Key key(ConnectedProcess process) {
        return new Key(process.namespace(), process.nodeId());
    }
}
