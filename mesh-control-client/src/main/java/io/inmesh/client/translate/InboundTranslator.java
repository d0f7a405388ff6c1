package io.inmesh.client.translate;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.xds.filter.extauthz.ExtAuthz;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.jwt.JwtAuthentication;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.FilterChainMatch;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.DownstreamTlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The inbound listener: whether client certificates are needed, who may do what, and how much. Everything in it is understood, or nothing. */
final class InboundTranslator {

    private static final String RBAC_FILTER = "envoy.extensions.filters.http.rbac.v3.RBAC";
    private static final String JWT_FILTER = "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication";
    private static final String EXTERNAL_FILTER = "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz";
    private static final String SOCKET = "filter_chains.transport_socket";

    /** Where a chain's match names no port. */
    private static final int EVERY_PORT = 0;

    private final ResourceReader reader;
    private final ListenerTranslator listeners;

    InboundTranslator(ResourceReader reader, ListenerTranslator listeners) {
        this.reader = reader;
        this.listeners = listeners;
    }

    /** What the chains of one port take. */
    private record Transports(boolean tls, boolean plaintext) {
        static Transports of(boolean secured) {
            return new Transports(secured, !secured);
        }

        Transports and(Transports other) {
            return new Transports(tls || other.tls, plaintext || other.plaintext);
        }

        Mtls mtls() {
            return !tls ? Mtls.DISABLE : plaintext ? Mtls.PERMISSIVE : Mtls.STRICT;
        }
    }

    /** What one chain's filters ask. */
    private record Asked(
            List<JwtRuleConfig> jwtRules,
            @Nullable ExternalAuthorizationConfig external,
            List<AuthorizationConfig> authorization,
            InboundTrafficConfig traffic,
            ForwardersConfig forwarders,
            TelemetryConfig.Side telemetry) {}

    Translated translate(Listener listener) {
        Map<Integer, Transports> transports = new TreeMap<>();
        Asked asked = null;
        for (FilterChain chain : ListenerTranslator.chains(listener)) {
            int port = port(chain.getFilterChainMatch());
            transports.merge(port, Transports.of(secured(chain)), Transports::and);
            Asked own = asked(chain);
            if (asked != null && !asked.equals(own)) {
                throw reader.invalid(
                        "filter_chains",
                        "differ in their filters; policies apply to the workload, whichever way a request came");
            }
            asked = own;
        }
        if (asked == null) {
            throw reader.invalid("filter_chains", "is empty; an inbound listener needs at least one");
        }
        Map<Integer, Mtls> byPort = new TreeMap<>();
        transports.forEach((port, transport) -> byPort.put(port, transport.mtls()));
        Mtls everyOther = byPort.remove(EVERY_PORT);
        InboundConfig config = new InboundConfig(
                // A connection for which there is no chain would be refused.
                everyOther == null ? Mtls.STRICT : everyOther,
                asked.authorization(),
                asked.traffic(),
                Values.origin(listener.getMetadata()));
        return new Translated.Inbound(
                config.withJwtRules(asked.jwtRules())
                        .withExternal(asked.external())
                        .withForwarders(asked.forwarders())
                        .withMtlsByPort(byPort),
                asked.telemetry());
    }

    private int port(FilterChainMatch match) {
        FilterChainMatch rest = match.toBuilder()
                .clearDestinationPort()
                .clearTransportProtocol()
                .build();
        if (!rest.equals(FilterChainMatch.getDefaultInstance())) {
            throw reader.invalid(
                    "filter_chains.filter_chain_match",
                    "may name destination_port and transport_protocol only; what is accepted cannot depend on more");
        }
        return match.getDestinationPort().getValue();
    }

    private boolean secured(FilterChain chain) {
        if (!chain.hasTransportSocket()) {
            return false;
        }
        String type = chain.getTransportSocket().getTypedConfig().getTypeUrl();
        if (!type.endsWith("DownstreamTlsContext")) {
            if (type.endsWith("RawBuffer")) {
                return false;
            }
            throw reader.invalid(SOCKET, "only TLS and plaintext are known, not \"" + type + "\"");
        }
        DownstreamTlsContext context =
                reader.unpack(SOCKET, chain.getTransportSocket().getTypedConfig(), DownstreamTlsContext.parser());
        if (!context.getRequireClientCertificate().getValue()) {
            throw reader.invalid(
                    SOCKET + ".require_client_certificate", "must be true: TLS without it is not mesh TLS");
        }
        CommonTlsContext common = EarlierTlsFields.today(reader, SOCKET, context.getCommonTlsContext());
        if (common.getValidationContext().getMatchTypedSubjectAltNamesCount() > 0
                || common.getCombinedValidationContext()
                                .getDefaultValidationContext()
                                .getMatchTypedSubjectAltNamesCount()
                        > 0) {
            throw reader.invalid(
                    SOCKET + ".match_typed_subject_alt_names",
                    "is not known here: who may come in is said by the trust bundle and by authorization policies");
        }
        return true;
    }

    private Asked asked(FilterChain chain) {
        HttpConnectionManager manager = listeners
                .manager(chain)
                .orElseThrow(() ->
                        reader.invalid("filter_chains[" + chain.getName() + "]", "needs an HTTP connection manager"));
        List<JwtRuleConfig> jwtRules = new ArrayList<>();
        List<AuthorizationConfig> sets = new ArrayList<>();
        RbacTranslator translator = new RbacTranslator(reader);
        ExternalTranslator external = new ExternalTranslator(reader);
        InboundTrafficTranslator traffic = new InboundTrafficTranslator(reader);
        for (HttpFilter filter : manager.getHttpFiltersList()) {
            if (traffic.read(filter)) {
                continue;
            }
            String place = ListenerTranslator.place(filter);
            if (filter.getTypedConfig().getTypeUrl().endsWith(JWT_FILTER) && !filter.getDisabled()) {
                if (!jwtRules.isEmpty()) {
                    throw reader.invalid(place, "is the second filter for tokens; give one with all providers");
                }
                jwtRules.addAll(new JwtTranslator(reader)
                        .translate(place, reader.unpack(place, filter.getTypedConfig(), JwtAuthentication.parser())));
                continue;
            }
            if (filter.getTypedConfig().getTypeUrl().endsWith(EXTERNAL_FILTER) && !filter.getDisabled()) {
                external.ask(place, reader.unpack(place, filter.getTypedConfig(), ExtAuthz.parser()));
                continue;
            }
            if (!filter.getTypedConfig().getTypeUrl().endsWith(RBAC_FILTER)) {
                listeners.checkHarmless(filter);
                continue;
            }
            RBAC rbac = reader.unpack(place, filter.getTypedConfig(), RBAC.parser());
            if (rbac.hasRules()) {
                sets.add(translator.translate("rules", rbac.getRules(), false));
            }
            if (rbac.hasShadowRules()) {
                AuthorizationConfig shadow = translator.translate("shadow_rules", rbac.getShadowRules(), true);
                if (ExternalTranslator.marks(rbac)) {
                    external.mark(place, shadow.policies());
                } else {
                    sets.add(shadow);
                }
            }
        }
        return new Asked(
                jwtRules,
                external.result(),
                sets,
                traffic.traffic(),
                new ForwardersTranslator(reader).translate(manager),
                new TelemetryTranslator(reader).translate(manager));
    }
}
