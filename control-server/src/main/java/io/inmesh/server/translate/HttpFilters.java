package io.inmesh.server.translate;

import io.inmesh.server.rule.TelemetryRule;
import io.inmesh.xds.filter.fault.HTTPFault;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.http.Rds;
import io.inmesh.xds.filter.router.Router;

/** The HTTP filters every listener has, and connection managers made of them. */
final class HttpFilters {
    static final String CONNECTION_MANAGER = "envoy.filters.network.http_connection_manager";

    private HttpFilters() {}

    static HttpFilter router() {
        return HttpFilter.newBuilder()
                .setName("envoy.filters.http.router")
                .setTypedConfig(Protos.pack(Router.getDefaultInstance()))
                .build();
    }

    /** The manager of outbound calls whose routes come over RDS; faults are injected where routes ask for them. */
    static HttpConnectionManager outbound(String statPrefix, String routeName) {
        return manager(statPrefix, routeName).addHttpFilters(router()).build();
    }

    /** The same with what is told about the calls. */
    static HttpConnectionManager outbound(String statPrefix, String routeName, TelemetryRule telemetry) {
        HttpConnectionManager.Builder manager = manager(statPrefix, routeName);
        TelemetryParts.addTo(manager, telemetry);
        return manager.addHttpFilters(router()).build();
    }

    private static HttpConnectionManager.Builder manager(String statPrefix, String routeName) {
        return HttpConnectionManager.newBuilder()
                .setStatPrefix(statPrefix)
                .setRds(Rds.newBuilder().setRouteConfigName(routeName).setConfigSource(Clusters.overAds()))
                .addHttpFilters(HttpFilter.newBuilder()
                        .setName(Faults.FILTER)
                        .setTypedConfig(Protos.pack(HTTPFault.getDefaultInstance())));
    }
}
