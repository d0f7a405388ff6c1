package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.FollowedTables;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reports on clusters, in the store: one server follows a cluster, and all of them say how that goes. Safe for use by several threads. */
final class ClusterReports {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterReports.class);
    private static final String TABLE = ClusterConfigs.TABLE;
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final FollowedTables tables;

    ClusterReports(FollowedTables tables) {
        this.tables = tables;
    }

    ClusterReport of(String name) {
        byte[] entry = tables.scan(TABLE).get(name);
        if (entry != null) {
            try {
                return JSON.readValue(entry, ClusterReport.class);
            } catch (IOException e) {
                LOG.warn("the report on cluster {} cannot be read, and is made anew", name, e);
            }
        }
        return ClusterReport.unknown(name);
    }

    /**
     * Writes a report if it is other than the last one.
     *
     * @param fence what has to be so for this server to write it, if anything
     */
    void put(ClusterReport report, Optional<Guard> fence) {
        try {
            byte[] entry = JSON.writeValueAsBytes(report);
            if (!Arrays.equals(entry, tables.scan(TABLE).get(report.name()))) {
                tables.change(fence.map(List::of).orElse(List.of()), List.of(new Write(TABLE, report.name(), entry)));
            }
        } catch (IOException e) {
            throw new IllegalStateException("a report is always JSON", e);
        }
    }
}
