package io.inmesh.server;

import io.inmesh.server.cluster.ClusterConfigs;
import io.inmesh.server.gateway.RouteStatuses;
import io.inmesh.server.registries.Registries;
import io.inmesh.server.replica.Leadership;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.source.DiscoveredServices;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.write.ConfigWriter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;

/**
 * Configuration that clusters keep, and the statuses of routes, which are the same there and at the REST API.
 *
 * @param configs the configuration
 * @param routes the statuses
 */
record OwnClusters(ClusterConfigs configs, RouteStatuses routes) implements AutoCloseable {

    /** {@return those of the settings; nobody is asked yet} */
    static OwnClusters of(
            Registries registries,
            ConfigWriter writer,
            DiscoveredServices discovered,
            Leadership leadership,
            FollowedTables followed,
            RuleSettings settings,
            MeterRegistry meters) {
        Clock clock = Clock.systemUTC();
        RouteStatuses routes = new RouteStatuses(settings, discovered::services, clock);
        ClusterConfigs.Parts parts = new ClusterConfigs.Parts(
                writer,
                leadership::fence,
                () -> leadership
                        .leader()
                        .filter(id -> !id.equals(leadership.id()))
                        .isPresent(),
                registries.damping(),
                discovered::services,
                routes::shown,
                clock,
                meters,
                ClusterConfigs.Parts.LOOK_AGAIN,
                ClusterConfigs.Parts.ANALYZE);
        return new OwnClusters(new ClusterConfigs(registries.clusters(), parts, followed), routes);
    }

    @Override
    public void close() {
        configs.close();
    }
}
