package io.inmesh.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of requests that come in.
 *
 * @param mtls whether a client certificate is needed, on ports that {@code mtlsByPort} does not name
 * @param mtlsByPort whether one is needed on single ports of this process
 * @param jwtRules whose tokens are accepted; without any, tokens are not looked at
 * @param external about which requests somebody outside is asked first, null for none
 * @param authorization policy sets in order of evaluation
 * @param traffic how much is taken at once and how often
 * @param forwarders who is believed about the address of clients
 * @param origin the resource that decided {@code mtls}, empty if none
 */
public record InboundConfig(
        Mtls mtls,
        Map<Integer, Mtls> mtlsByPort,
        List<JwtRuleConfig> jwtRules,
        @Nullable ExternalAuthorizationConfig external,
        List<AuthorizationConfig> authorization,
        InboundTrafficConfig traffic,
        ForwardersConfig forwarders,
        String origin) {

    /** Source: Istio {@code PeerAuthentication.MutualTLS.Mode}. */
    public enum Mtls {
        /** Plaintext only. */
        DISABLE,
        /** Both plaintext and mTLS. Istio's default. */
        PERMISSIVE,
        /** mTLS only. */
        STRICT
    }

    /** Permissive, nothing refused. */
    public static final InboundConfig OPEN = new InboundConfig(Mtls.PERMISSIVE, List.of(), "");

    /** Copies the collections. */
    public InboundConfig {
        Objects.requireNonNull(mtls, "mtls");
        mtlsByPort = Map.copyOf(mtlsByPort);
        jwtRules = List.copyOf(jwtRules);
        authorization = List.copyOf(authorization);
        Objects.requireNonNull(traffic, "traffic");
        Objects.requireNonNull(forwarders, "forwarders");
    }

    /** The same mutual TLS on every port, without a look at tokens. */
    public InboundConfig(
            Mtls mtls, List<AuthorizationConfig> authorization, InboundTrafficConfig traffic, String origin) {
        this(mtls, Map.of(), List.of(), null, authorization, traffic, ForwardersConfig.NONE, origin);
    }

    /** Who may call, without limits on how much. */
    public InboundConfig(Mtls mtls, List<AuthorizationConfig> authorization, String origin) {
        this(mtls, authorization, InboundTrafficConfig.NONE, origin);
    }

    /** {@return this, with limits on how much is taken} */
    public InboundConfig withTraffic(InboundTrafficConfig traffic) {
        return new InboundConfig(mtls, mtlsByPort, jwtRules, external, authorization, traffic, forwarders, origin);
    }

    /** {@return this, with tokens accepted by rules} */
    public InboundConfig withJwtRules(List<JwtRuleConfig> jwtRules) {
        return new InboundConfig(mtls, mtlsByPort, jwtRules, external, authorization, traffic, forwarders, origin);
    }

    /** {@return this, with somebody outside asked about some requests} */
    public InboundConfig withExternal(@Nullable ExternalAuthorizationConfig external) {
        return new InboundConfig(mtls, mtlsByPort, jwtRules, external, authorization, traffic, forwarders, origin);
    }

    /** {@return this, believing forwarders about the address of clients} */
    public InboundConfig withForwarders(ForwardersConfig forwarders) {
        return new InboundConfig(mtls, mtlsByPort, jwtRules, external, authorization, traffic, forwarders, origin);
    }

    /** {@return this, with other modes on single ports of this process} */
    public InboundConfig withMtlsByPort(Map<Integer, Mtls> mtlsByPort) {
        return new InboundConfig(mtls, mtlsByPort, jwtRules, external, authorization, traffic, forwarders, origin);
    }

    /** {@return whether a client certificate is needed on a port} */
    public Mtls mtls(int port) {
        return mtlsByPort.isEmpty() ? mtls : mtlsByPort.getOrDefault(port, mtls);
    }
}
