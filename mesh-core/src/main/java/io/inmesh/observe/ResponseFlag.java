package io.inmesh.observe;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.call.StatusCodes;

/**
 * What happened to a request beside its status, in one or two letters, as access logs and Istio's metrics have it. Source: Envoy, "Access
 * logging", {@code %RESPONSE_FLAGS%}; {@code docs/observability.md} says where ours mean more or less than Envoy's.
 */
enum ResponseFlag {
    /** Nothing to say. */
    NONE("-"),
    /** No endpoint was eligible. */
    NO_ENDPOINT("UH"),
    /** An attempt, or the call, took longer than it may. */
    TIMEOUT("UT"),
    /** The peer refused the stream. */
    REMOTE_RESET("UR"),
    /** No connection, or none to whom it should be. */
    CONNECTION_FAILURE("UF"),
    /** The connection broke. */
    CONNECTION_TERMINATION("UC"),
    /** A limit on what is in flight, an open breaker or the caller's own throttle. */
    OVERFLOW("UO"),
    /** No route matched. */
    NO_ROUTE("NR"),
    /** An injected abort. */
    FAULT("FI"),
    /** More than a rate limit lets in. */
    RATE_LIMITED("RL"),
    /** Refused by a policy, or for want of an identity or a token. */
    UNAUTHORIZED("UAEX"),
    /** Whoever asked went away. */
    CLIENT_GONE("DC"),
    /** The request is ambiguous or malformed. */
    PROTOCOL_ERROR("DPE"),
    /** The route leads to a cluster that does not exist. */
    NO_CLUSTER("NC"),
    /** This process has more work than it can do in time. */
    OVERLOADED("OM");

    /** Written beside another flag: an injected delay. */
    static final String DELAYED = "DI";

    /** Written beside another flag: the call was repeated, and failed all the same. */
    static final String RETRIES_EXHAUSTED = "URX";

    private static final ResponseFlag[] BY_REASON = byReason();

    private final String text;
    private final String exhausted;

    ResponseFlag(String text) {
        this.text = text;
        this.exhausted = text.equals("-") ? RETRIES_EXHAUSTED : text + "," + RETRIES_EXHAUSTED;
    }

    /** {@return Envoy's letters} */
    String text() {
        return text;
    }

    /** {@return Envoy's letters, with those for a call that failed though it was repeated} */
    String text(boolean retriesExhausted) {
        return retriesExhausted ? exhausted : text;
    }

    static ResponseFlag of(Outcome outcome) {
        if (outcome instanceof Outcome.Response) {
            return NONE;
        } else if (outcome instanceof Outcome.Failure failure) {
            return switch (failure.kind()) {
                case CONNECT, TLS -> CONNECTION_FAILURE;
                case REFUSED_STREAM -> REMOTE_RESET;
                case RESET, OTHER -> CONNECTION_TERMINATION;
                case TIMEOUT -> TIMEOUT;
            };
        } else if (outcome instanceof Outcome.Rejection rejection) {
            return BY_REASON[rejection.reason().ordinal()];
        } else if (outcome instanceof Outcome.LocalReply reply) {
            return BY_REASON[reply.reason().ordinal()];
        }
        return CLIENT_GONE;
    }

    /** {@return whether a call was repeated and failed all the same} */
    static boolean retriesExhausted(Outcome outcome, int attempts) {
        if (attempts < 2) {
            return false;
        }
        return outcome instanceof Outcome.Failure
                || outcome instanceof Outcome.Response response
                        && (response.httpStatus() >= 500
                                || response.overloaded()
                                || unavailable(response.grpcStatus()));
    }

    private static boolean unavailable(int grpcStatus) {
        return grpcStatus == StatusCodes.GRPC_UNAVAILABLE;
    }

    private static ResponseFlag[] byReason() {
        ResponseFlag[] flags = new ResponseFlag[Reason.values().length];
        for (Reason reason : Reason.values()) {
            flags[reason.ordinal()] = of(reason);
        }
        return flags;
    }

    private static ResponseFlag of(Reason reason) {
        return switch (reason) {
            case NO_ROUTE -> NO_ROUTE;
            case NO_CLUSTER -> NO_CLUSTER;
            case NO_ENDPOINT -> NO_ENDPOINT;
            case CIRCUIT_OPEN, OVERFLOW, THROTTLED -> OVERFLOW;
            case DEADLINE -> TIMEOUT;
            case FAULT -> FAULT;
            case UNAUTHORIZED, INVALID_TOKEN, NO_PEER_IDENTITY -> UNAUTHORIZED;
            case NO_OWN_IDENTITY -> CONNECTION_FAILURE;
            case RATE_LIMITED -> RATE_LIMITED;
            case OVERLOADED -> OVERLOADED;
            case BAD_REQUEST -> PROTOCOL_ERROR;
            default -> NONE;
        };
    }
}
