package io.inmesh;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The packages of the engine from the top down; a line may use its own and the lines below it. */
final class Layers {

    static final List<String[]> TOP_DOWN = List.of(
            layer(""),
            layer("source", "drive", "spi"),
            layer("snapshot"),
            layer("dispatch", "inbound", "explain", "observe"),
            layer("route", "authz"),
            layer("cluster"),
            layer("balance", "retry", "health", "limit", "fault", "token"),
            layer("stage", "tally", "live"),
            layer("call", "check", "external"),
            layer("endpoint", "identity", "match"),
            layer("config", "time", "hash", "load"));

    /** Packages that decide about calls; the others drive, wait or talk to the outside. */
    static final String[] DECISIONS = Stream.of(
                    "snapshot",
                    "dispatch",
                    "inbound",
                    "explain",
                    "route",
                    "authz",
                    "cluster",
                    "balance",
                    "retry",
                    "health",
                    "limit",
                    "fault",
                    "token",
                    "external",
                    "stage",
                    "tally",
                    "call",
                    "endpoint",
                    "match",
                    "config",
                    "hash",
                    "load")
            .map(Layers::name)
            .toArray(String[]::new);

    private Layers() {}

    static String[] above(int layer) {
        return TOP_DOWN.subList(0, layer).stream().flatMap(Arrays::stream).toArray(String[]::new);
    }

    static String[] all() {
        return above(TOP_DOWN.size());
    }

    static String describe() {
        return TOP_DOWN.stream().map(layer -> String.join(", ", layer)).collect(Collectors.joining(" → "));
    }

    private static String[] layer(String... packages) {
        return Arrays.stream(packages).map(Layers::name).toArray(String[]::new);
    }

    private static String name(String last) {
        return last.isEmpty() ? "io.inmesh" : "io.inmesh." + last;
    }
}
