package io.inmesh.testkit.simulation;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.RouteConfig;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How a process calls: the fleets it knows, and the settings of cluster and route. Immutable.
 *
 * @param fleets whom it may call
 * @param cluster settings of each fleet's cluster
 * @param route settings of each fleet's route
 */
public record ProcessSpec(List<Fleet> fleets, UnaryOperator<ClusterConfig> cluster, UnaryOperator<RouteConfig> route) {

    /** Copies the list. */
    public ProcessSpec {
        fleets = List.copyOf(fleets);
    }

    /** {@return a process that calls these fleets with default settings} */
    public static ProcessSpec calling(Fleet... fleets) {
        return new ProcessSpec(List.of(fleets), UnaryOperator.identity(), UnaryOperator.identity());
    }

    /** {@return the same with these settings of clusters} */
    public ProcessSpec cluster(UnaryOperator<ClusterConfig> settings) {
        return new ProcessSpec(fleets, settings, route);
    }

    /** {@return the same with these settings of routes} */
    public ProcessSpec route(UnaryOperator<RouteConfig> settings) {
        return new ProcessSpec(fleets, cluster, settings);
    }
}
