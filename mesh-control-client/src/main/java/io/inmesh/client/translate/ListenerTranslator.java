package io.inmesh.client.translate;

import com.google.protobuf.Any;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.xds.core.TrafficDirection;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.tls.DownstreamTlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Listeners (LDS): outbound ones lead to routes, the inbound one says what is asked of requests. */
final class ListenerTranslator {

    private static final String MANAGER = "HttpConnectionManager";
    private static final String RBAC_FILTER = "envoy.extensions.filters.http.rbac.v3.RBAC";
    private static final Set<String> HARMLESS = Set.of(
            "envoy.filters.http.router",
            "envoy.filters.http.fault",
            "envoy.filters.http.grpc_stats",
            "envoy.filters.http.cors",
            "istio.stats",
            "istio.alpn",
            "istio.metadata_exchange");

    private final IgnoredFields ignored;

    ListenerTranslator(IgnoredFields ignored) {
        this.ignored = ignored;
    }

    /** {@return whether a listener is about requests that come in} */
    static boolean inbound(Listener listener) {
        return listener.getTrafficDirection() == TrafficDirection.INBOUND;
    }

    /** {@return the connection manager of an outbound listener, empty if it is not about HTTP} */
    Optional<HttpConnectionManager> manager(Listener listener) {
        if (listener.hasApiListener()) {
            return Optional.of(unpack(listener, listener.getApiListener().getApiListener()));
        }
        List<FilterChain> chains = new ArrayList<>(listener.getFilterChainsList());
        if (listener.hasDefaultFilterChain()) {
            chains.add(listener.getDefaultFilterChain());
        }
        for (FilterChain chain : chains) {
            Optional<HttpConnectionManager> manager = manager(listener, chain);
            if (manager.isPresent()) {
                return manager;
            }
        }
        ignored.note(listener.getName(), "filter_chains", "none of them is about HTTP");
        return Optional.empty();
    }

    private Optional<HttpConnectionManager> manager(Listener listener, FilterChain chain) {
        for (Filter filter : chain.getFiltersList()) {
            if (filter.getTypedConfig().getTypeUrl().endsWith(MANAGER)) {
                return Optional.of(unpack(listener, filter.getTypedConfig()));
            }
        }
        return Optional.empty();
    }

    private static HttpConnectionManager unpack(Listener listener, Any any) {
        return Values.unpack(listener.getName(), "http_connection_manager", any, HttpConnectionManager.parser());
    }

    /** {@return what an inbound listener asks of requests} */
    InboundConfig inboundConfig(Listener listener) {
        boolean plaintext = false;
        boolean tls = false;
        List<AuthorizationConfig> authorization = List.of();
        List<FilterChain> chains = new ArrayList<>(listener.getFilterChainsList());
        if (listener.hasDefaultFilterChain()) {
            chains.add(listener.getDefaultFilterChain());
        }
        for (FilterChain chain : chains) {
            if (secured(listener, chain)) {
                tls = true;
            } else {
                plaintext = true;
            }
            List<AuthorizationConfig> own = authorization(listener, chain);
            if (!own.isEmpty()) {
                authorization = own;
            }
        }
        if (!tls && !plaintext) {
            throw new InvalidResourceException(
                    listener.getName(), "filter_chains", "an inbound listener needs at least one");
        }
        InboundConfig.Mtls mtls = !tls
                ? InboundConfig.Mtls.DISABLE
                : plaintext ? InboundConfig.Mtls.PERMISSIVE : InboundConfig.Mtls.STRICT;
        return new InboundConfig(mtls, authorization, Values.origin(listener.getMetadata()));
    }

    private static boolean secured(Listener listener, FilterChain chain) {
        if (!chain.hasTransportSocket()) {
            return false;
        }
        String type = chain.getTransportSocket().getTypedConfig().getTypeUrl();
        if (!type.endsWith("DownstreamTlsContext")) {
            if (type.endsWith("RawBuffer") || type.isEmpty()) {
                return false;
            }
            throw new InvalidResourceException(
                    listener.getName(),
                    "filter_chains.transport_socket",
                    "only TLS and plaintext are known, not " + type);
        }
        DownstreamTlsContext context = Values.unpack(
                listener.getName(),
                "filter_chains.transport_socket",
                chain.getTransportSocket().getTypedConfig(),
                DownstreamTlsContext.parser());
        if (!context.getRequireClientCertificate().getValue()) {
            throw new InvalidResourceException(
                    listener.getName(),
                    "filter_chains.transport_socket.require_client_certificate",
                    "TLS without a client certificate is not mesh TLS");
        }
        return true;
    }

    private List<AuthorizationConfig> authorization(Listener listener, FilterChain chain) {
        Optional<HttpConnectionManager> manager = manager(listener, chain);
        if (manager.isEmpty()) {
            throw new InvalidResourceException(
                    listener.getName(), "filter_chains[" + chain.getName() + "]", "needs an HTTP connection manager");
        }
        List<AuthorizationConfig> sets = new ArrayList<>();
        RbacTranslator translator = new RbacTranslator(listener.getName());
        for (HttpFilter filter : manager.get().getHttpFiltersList()) {
            if (filter.getTypedConfig().getTypeUrl().endsWith(RBAC_FILTER)) {
                RBAC rbac = Values.unpack(
                        listener.getName(),
                        "http_filters[" + filter.getName() + "]",
                        filter.getTypedConfig(),
                        RBAC.parser());
                if (rbac.hasRules()) {
                    sets.add(translator.translate(rbac.getRules()));
                }
                if (rbac.hasShadowRules()) {
                    ignored.note(
                            listener.getName(),
                            "http_filters[" + filter.getName() + "].shadow_rules",
                            "dry run is not done yet");
                }
            } else if (!HARMLESS.contains(filter.getName())) {
                if (!filter.getIsOptional()) {
                    // It may be what protects this workload; going on without it would open what should be closed.
                    throw new InvalidResourceException(
                            listener.getName(),
                            "http_filters[" + filter.getName() + "]",
                            "this inbound filter is not supported");
                }
                ignored.note(
                        listener.getName(), "http_filters[" + filter.getName() + "]", "optional filter not supported");
            }
        }
        return sets;
    }
}
