package io.inmesh.server.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What calls by one route came to.
 *
 * @param host full host name of the service
 * @param port its port
 * @param route name of the route; empty for calls that matched none
 * @param source id of the workload that called; empty for all together
 * @param figures calls and attempts
 */
public record RouteFigures(String host, int port, String route, String source, Figures figures) {

    private record Key(String host, int port, String route, String source) {}

    /** {@return what was counted of calls to services, by route, and by caller if that is wanted} */
    public static List<RouteFigures> of(Reading reading, boolean bySource) {
        Comparator<Key> order = Comparator.comparing(Key::host)
                .thenComparing(Key::port)
                .thenComparing(Key::route)
                .thenComparing(Key::source);
        Map<Key, byte[]> sums = new TreeMap<>(order);
        for (Reading.Entry entry : reading.entries()) {
            if (entry.subject() instanceof Subject.Calls calls) {
                Key key = new Key(
                        calls.host(),
                        calls.port(),
                        calls.route(),
                        bySource ? EdgeName.workload(calls.reporter().workload()) : "");
                sums.merge(key, entry.counts(), Packed::sum);
            }
        }
        List<RouteFigures> routes = new ArrayList<>();
        sums.forEach((key, counts) ->
                routes.add(new RouteFigures(key.host(), key.port(), key.route(), key.source(), Figures.of(counts))));
        return routes;
    }
}
