package io.inmesh.client.translate;

import io.inmesh.config.SpreadConfig;
import io.inmesh.config.SpreadConfig.LocalityConfig;
import io.inmesh.config.SpreadConfig.Mode;
import io.inmesh.config.SpreadConfig.Panic;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.Cluster.CommonLbConfig.ZoneAwareLbConfig;
import io.inmesh.xds.core.Locality;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.List;

/** What clusters and their endpoints say about priorities and localities. */
final class SpreadTranslator {

    private static final String OWN_METADATA = "io.inmesh";

    private SpreadTranslator() {}

    /** {@return what a cluster says; its endpoints say the rest} */
    static SpreadConfig ofCluster(Cluster cluster) {
        Cluster.CommonLbConfig common = cluster.getCommonLbConfig();
        boolean refuse = "REFUSE".equals(Values.text(cluster.getMetadata(), OWN_METADATA, "panicMode"));
        SpreadConfig spread = SpreadConfig.DEFAULT.withPanic(refuse ? Panic.REFUSE : Panic.USE_ALL);
        return switch (common.getLocalityConfigSpecifierCase()) {
            case LOCALITY_WEIGHTED_LB_CONFIG -> spread.withMode(Mode.WEIGHTED);
            case ZONE_AWARE_LB_CONFIG -> zoneAware(spread, common.getZoneAwareLbConfig());
            case LOCALITYCONFIGSPECIFIER_NOT_SET -> spread;
        };
    }

    private static SpreadConfig zoneAware(SpreadConfig spread, ZoneAwareLbConfig zones) {
        boolean off = zones.hasRoutingEnabled() && zones.getRoutingEnabled().getValue() == 0;
        long sent = zones.getMinClusterSize().getValue();
        // Unsigned: what looks negative is larger than any cluster.
        int least = sent < 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, sent);
        return spread.withMode(off ? Mode.NONE : Mode.ZONE_AWARE)
                .withMinEndpoints(zones.hasMinClusterSize() ? least : SpreadConfig.DEFAULT_MIN_ENDPOINTS)
                .withPanic(zones.getFailTrafficOnPanic() ? Panic.REFUSE : spread.panic());
    }

    /** {@return what is known about the localities of a cluster} */
    static List<LocalityConfig> localities(ClusterLoadAssignment assignment) {
        List<LocalityConfig> localities = new ArrayList<>();
        for (LocalityLbEndpoints group : assignment.getEndpointsList()) {
            localities.add(new LocalityConfig(
                    path(group.getLocality()),
                    group.getPriority(),
                    group.hasLoadBalancingWeight() ? Values.unsigned(group.getLoadBalancingWeight()) : 0,
                    callers(group.getMetadata())));
        }
        return localities;
    }

    private static long callers(Metadata metadata) {
        double callers = Values.number(metadata, OWN_METADATA, "callers");
        return (long) Math.min(0xFFFF_FFFFL, Math.max(0, callers));
    }

    /** {@return the overprovisioning factor in percent} */
    static int overprovisioningPercent(ClusterLoadAssignment assignment) {
        if (!assignment.getPolicy().hasOverprovisioningFactor()) {
            return SpreadConfig.DEFAULT_OVERPROVISIONING_PERCENT;
        }
        long percent = Values.unsigned(assignment.getPolicy().getOverprovisioningFactor());
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, percent));
    }

    /** {@return a locality as {@code region/zone/subzone}; parts after the last one known are left out} */
    static String path(Locality locality) {
        String whole = locality.getRegion() + "/" + locality.getZone() + "/" + locality.getSubZone();
        int end = whole.length();
        while (end > 0 && whole.charAt(end - 1) == '/') {
            end--;
        }
        return whole.substring(0, end);
    }
}
