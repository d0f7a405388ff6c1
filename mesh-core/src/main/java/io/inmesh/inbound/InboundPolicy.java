package io.inmesh.inbound;

import io.inmesh.authz.Authorizer;
import io.inmesh.authz.ExternalRules;
import io.inmesh.authz.Forwarders;
import io.inmesh.authz.PolicyProblems;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.time.Clock;
import io.inmesh.token.TokenAuthenticator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of inbound requests, compiled. Part of a snapshot; immutable but for the live state of its limits.
 *
 * @param mtls whether a client certificate is needed, on ports that {@code mtlsByPort} does not name
 * @param mtlsByPort whether one is needed on single ports of this process
 * @param tokens what is believed of tokens
 * @param external about which requests somebody outside is asked, null for none
 * @param authorizer who may do what
 * @param traffic how much is taken, null for everything
 * @param forwarders who is believed about clients; nobody where no policy asks for a client's address
 * @param origin the resource that decided {@code mtls}, empty if none
 */
public record InboundPolicy(
        Mtls mtls,
        Map<Integer, Mtls> mtlsByPort,
        TokenAuthenticator tokens,
        @Nullable ExternalRules external,
        Authorizer authorizer,
        @Nullable InboundTraffic traffic,
        Forwarders forwarders,
        String origin) {

    /** Asks for nothing. */
    public static final InboundPolicy OPEN = new InboundPolicy(
            Mtls.PERMISSIVE, Map.of(), TokenAuthenticator.NONE, null, Authorizer.NONE, null, Forwarders.NONE, "");

    /**
     * {@return the compiled form of a config}
     *
     * @param previous what it follows, whose limits go on where they are the same; null for none
     * @param clock its monotonic time is used
     * @param problems told of everything that cannot be enforced; if there is anything, the result must not be used
     */
    public static InboundPolicy compile(
            InboundConfig config, @Nullable InboundPolicy previous, Clock clock, PolicyProblems problems) {
        return new InboundPolicy(
                config.mtls(),
                config.mtlsByPort(),
                TokenAuthenticator.compile(
                        config.jwtRules(),
                        previous == null ? null : previous.tokens(),
                        clock,
                        (field, message, remedy) -> problems.report("inbound", field, message, remedy)),
                ExternalRules.compile(config.external(), problems),
                Authorizer.compile(config.authorization(), problems),
                InboundTraffic.compile(config.traffic(), previous == null ? null : previous.traffic(), clock, problems),
                forwarders(config, problems),
                config.origin());
    }

    private static Forwarders forwarders(InboundConfig config, PolicyProblems problems) {
        Forwarders forwarders = Forwarders.compile(
                config.forwarders(),
                (field, message, remedy) -> problems.report("inbound", "forwarders." + field, message, remedy));
        return ClientConditions.areIn(config) ? forwarders : Forwarders.NONE;
    }

    /** {@return whether a client certificate is needed on a port of this process} */
    public Mtls mtls(int port) {
        return mtlsByPort.isEmpty() ? mtls : mtlsByPort.getOrDefault(port, mtls);
    }
}
