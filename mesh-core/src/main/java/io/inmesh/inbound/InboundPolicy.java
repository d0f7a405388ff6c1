package io.inmesh.inbound;

import io.inmesh.authz.Authorizer;
import io.inmesh.authz.PolicyProblems;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;

/**
 * What is asked of inbound requests, compiled. Part of a snapshot; immutable.
 *
 * @param mtls whether a client certificate is needed
 * @param authorizer who may do what
 * @param origin the resource that decided {@code mtls}, empty if none
 */
public record InboundPolicy(Mtls mtls, Authorizer authorizer, String origin) {

    /** Asks for nothing. */
    public static final InboundPolicy OPEN = new InboundPolicy(Mtls.PERMISSIVE, Authorizer.NONE, "");

    /**
     * {@return the compiled form of a config}
     *
     * @param problems told of everything that cannot be enforced; if there is anything, the result must not be used
     */
    public static InboundPolicy compile(InboundConfig config, PolicyProblems problems) {
        return new InboundPolicy(config.mtls(), Authorizer.compile(config.authorization(), problems), config.origin());
    }
}
