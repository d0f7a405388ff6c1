package io.inmesh.server;

import io.inmesh.server.access.Access;
import io.inmesh.server.ca.DenyList;
import io.inmesh.server.ca.SharedAuthority;
import io.inmesh.server.cluster.ClusterConfigs;
import io.inmesh.server.drain.Drains;
import io.inmesh.server.replica.Leadership;
import java.util.ArrayList;
import java.util.List;

/** The small tables of the store that this server holds in memory and follows. */
final class OwnTables {

    private OwnTables() {}

    /** {@return their names} */
    static String[] followed() {
        List<String> tables = new ArrayList<>(Access.tables());
        tables.addAll(List.of(
                ClusterConfigs.TABLE,
                DenyList.TABLE,
                Drains.TABLE,
                SharedAuthority.TABLE,
                Leadership.REPLICAS,
                Leadership.LEADER));
        return tables.toArray(String[]::new);
    }
}
