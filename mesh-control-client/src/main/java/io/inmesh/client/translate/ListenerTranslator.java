package io.inmesh.client.translate;

import com.google.protobuf.Any;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.xds.core.TrafficDirection;
import io.inmesh.xds.filter.fault.HTTPFault;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Listeners (LDS): outbound ones lead to routes; what the inbound one asks is read by {@link InboundTranslator}. */
final class ListenerTranslator {

    private static final String MANAGER = "HttpConnectionManager";
    private static final Set<String> HARMLESS = Set.of(
            "envoy.filters.http.router",
            "envoy.filters.http.fault",
            "envoy.filters.http.grpc_stats",
            "envoy.filters.http.cors",
            "istio.stats",
            "istio.alpn",
            "istio.metadata_exchange");

    private final ResourceReader reader;

    ListenerTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    Translated translate(Listener listener) {
        if (inbound(listener)) {
            return new InboundTranslator(reader, this).translate(listener);
        }
        Optional<HttpConnectionManager> manager = manager(listener);
        if (manager.isEmpty()) {
            reader.ignored().note("filter_chains", "none of them is about HTTP");
            return new Translated.NotHttp();
        }
        return outbound(listener, manager.get());
    }

    /** {@return whether a listener is about requests that come in} */
    static boolean inbound(Listener listener) {
        return listener.getTrafficDirection() == TrafficDirection.INBOUND;
    }

    private Translated outbound(Listener listener, HttpConnectionManager manager) {
        for (HttpFilter filter : manager.getHttpFiltersList()) {
            checkHarmless(filter);
            if (filter.getName().equals(FaultTranslator.FILTER) && filter.hasTypedConfig()) {
                HTTPFault fault = reader.unpack(place(filter), filter.getTypedConfig(), HTTPFault.parser());
                reader.ignored()
                        .noteIf(fault.hasAbort() || fault.hasDelay(), place(filter), "faults are set by routes only");
            }
        }
        TelemetryConfig.Side telemetry = new TelemetryTranslator(reader).translate(manager);
        if (manager.hasRds()) {
            String routes = manager.getRds().getRouteConfigName();
            return new Translated.Outbound(portOf(listener, routes), routes, List.of(), telemetry);
        }
        List<VirtualHostConfig> hosts = new RouteTranslator(reader).translate(manager.getRouteConfig());
        return new Translated.Outbound(portOf(listener, manager.getRouteConfig().getName()), null, hosts, telemetry);
    }

    private Optional<HttpConnectionManager> manager(Listener listener) {
        if (listener.hasApiListener()) {
            return Optional.of(unpack(listener.getApiListener().getApiListener()));
        }
        List<HttpConnectionManager> managers = chains(listener).stream()
                .flatMap(chain -> manager(chain).stream())
                .toList();
        reader.ignored()
                .noteIf(managers.size() > 1, "filter_chains", "calls that go out follow the first one about HTTP only");
        return managers.stream().findFirst();
    }

    static List<FilterChain> chains(Listener listener) {
        List<FilterChain> chains = new ArrayList<>(listener.getFilterChainsList());
        if (listener.hasDefaultFilterChain()) {
            chains.add(listener.getDefaultFilterChain());
        }
        return chains;
    }

    Optional<HttpConnectionManager> manager(FilterChain chain) {
        for (Filter filter : chain.getFiltersList()) {
            if (filter.getTypedConfig().getTypeUrl().endsWith(MANAGER)) {
                return Optional.of(unpack(filter.getTypedConfig()));
            }
        }
        return Optional.empty();
    }

    private HttpConnectionManager unpack(Any any) {
        return reader.unpack("http_connection_manager", any, HttpConnectionManager.parser());
    }

    /** Refuses a filter that is not understood: it may be what protects someone. */
    void checkHarmless(HttpFilter filter) {
        if (HARMLESS.contains(filter.getName()) || filter.getDisabled()) {
            return;
        }
        if (!filter.getIsOptional()) {
            throw reader.invalid(place(filter), "this filter is not supported, and not marked as optional");
        }
        reader.ignored().note(place(filter), "optional filter that is not supported");
    }

    static String place(HttpFilter filter) {
        return "http_filters[" + filter.getName() + "]";
    }

    /** {@return the port that Istio's names speak of: {@code 9080}, {@code host:9080}, {@code outbound|9080||host}} */
    private static int portOf(Listener listener, String routeName) {
        String[] parts = routeName.split("\\|", -1);
        String port = parts.length == 4 ? parts[1] : routeName.substring(routeName.lastIndexOf(':') + 1);
        return Domains.isPort(port)
                ? Integer.parseInt(port)
                : listener.getAddress().getSocketAddress().getPortValue();
    }
}
