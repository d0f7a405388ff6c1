package io.inmesh.retry;

import static io.inmesh.config.RetryConfig.Condition.CANCELLED;
import static io.inmesh.config.RetryConfig.Condition.CONNECT_FAILURE;
import static io.inmesh.config.RetryConfig.Condition.DEADLINE_EXCEEDED;
import static io.inmesh.config.RetryConfig.Condition.ENVOY_RATELIMITED;
import static io.inmesh.config.RetryConfig.Condition.GATEWAY_ERROR;
import static io.inmesh.config.RetryConfig.Condition.INTERNAL;
import static io.inmesh.config.RetryConfig.Condition.REFUSED_STREAM;
import static io.inmesh.config.RetryConfig.Condition.RESET;
import static io.inmesh.config.RetryConfig.Condition.RESET_BEFORE_REQUEST;
import static io.inmesh.config.RetryConfig.Condition.RESOURCE_EXHAUSTED;
import static io.inmesh.config.RetryConfig.Condition.RETRIABLE_4XX;
import static io.inmesh.config.RetryConfig.Condition.SERVER_ERROR;
import static io.inmesh.config.RetryConfig.Condition.UNAVAILABLE;

import io.inmesh.call.Outcome;
import io.inmesh.call.StatusCodes;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.health.ErrorClass;
import io.inmesh.retry.Classification.Result;

/**
 * The one place that reads outcomes. Every answer is looked up in a table, so classifying allocates nothing.
 *
 * <p>Source: Envoy's router (retry conditions, a reset counts as a 5xx and as a gateway error) and its outlier detection (gRPC codes
 * count as the HTTP status they map to). Unlike a proxy, a library sees gRPC trailers, so the gRPC conditions hold for these too.
 */
public final class Classifier {

    private static final Classification IGNORED = new Classification(Result.IGNORED, ErrorClass.NONE, 0);
    private static final Classification[] HTTP = new Classification[600];
    private static final Classification[] GRPC = new Classification[17];
    private static final Classification[] SENT = new Classification[Outcome.Failure.Kind.values().length];
    private static final Classification[] UNSENT = new Classification[SENT.length];

    static {
        for (int status = 0; status < HTTP.length; status++) {
            HTTP[status] = response(status, -1);
        }
        for (int code = 0; code < GRPC.length; code++) {
            GRPC[code] = response(200, code);
        }
        for (Outcome.Failure.Kind kind : Outcome.Failure.Kind.values()) {
            SENT[kind.ordinal()] = failure(kind, true);
            UNSENT[kind.ordinal()] = failure(kind, false);
        }
    }

    private Classifier() {}

    /** {@return what an outcome means} */
    public static Classification classify(Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            return response(response);
        }
        if (outcome instanceof Outcome.Failure failure) {
            return (failure.sent() ? SENT : UNSENT)[failure.kind().ordinal()];
        }
        return IGNORED;
    }

    private static Classification response(Outcome.Response response) {
        int http = response.httpStatus();
        int grpc = response.grpcStatus();
        if (response.rateLimited()) {
            return rateLimited(response(http, grpc));
        }
        if (grpc < 0 && http >= 0 && http < HTTP.length) {
            return HTTP[http];
        }
        if (http == 200 && grpc >= 0 && grpc < GRPC.length) {
            return GRPC[grpc];
        }
        return response(http, grpc);
    }

    /** Source: Envoy's router, which asks about rate limits before all else. */
    private static Classification rateLimited(Classification plain) {
        return new Classification(plain.result(), plain.error(), bits(ENVOY_RATELIMITED));
    }

    private static Classification response(int http, int grpc) {
        int conditions = httpConditions(http) | grpcConditions(grpc);
        int status = grpc > 0 ? StatusCodes.httpOf(grpc) : http;
        if (status == 429 || status == 499) {
            // Asking for less load, or saying that the caller left, tells nothing about the endpoint's health.
            return new Classification(Result.IGNORED, ErrorClass.NONE, conditions);
        }
        if (status < 500) {
            return new Classification(Result.SUCCESS, ErrorClass.NONE, conditions);
        }
        ErrorClass error = gateway(status) ? ErrorClass.GATEWAY_ERROR : ErrorClass.SERVER_ERROR;
        return new Classification(Result.FAILED, error, conditions);
    }

    private static int httpConditions(int status) {
        if (status == 409) {
            return bits(RETRIABLE_4XX);
        }
        if (gateway(status)) {
            return bits(SERVER_ERROR, GATEWAY_ERROR);
        }
        return status >= 500 ? bits(SERVER_ERROR) : 0;
    }

    private static boolean gateway(int status) {
        return status >= 502 && status <= 504;
    }

    private static int grpcConditions(int code) {
        return switch (code) {
            case StatusCodes.GRPC_CANCELLED -> bits(CANCELLED);
            case StatusCodes.GRPC_DEADLINE_EXCEEDED -> bits(DEADLINE_EXCEEDED);
            case StatusCodes.GRPC_RESOURCE_EXHAUSTED -> bits(RESOURCE_EXHAUSTED);
            case StatusCodes.GRPC_INTERNAL -> bits(INTERNAL);
            case StatusCodes.GRPC_UNAVAILABLE -> bits(UNAVAILABLE);
            default -> 0;
        };
    }

    private static Classification failure(Outcome.Failure.Kind kind, boolean sent) {
        int conditions = bits(RESET, SERVER_ERROR, GATEWAY_ERROR);
        if (!sent) {
            conditions |= bits(RESET_BEFORE_REQUEST);
        }
        switch (kind) {
            case CONNECT, TLS -> conditions |= bits(CONNECT_FAILURE);
            case REFUSED_STREAM -> conditions |= bits(REFUSED_STREAM);
            case RESET, TIMEOUT, OTHER -> {}
        }
        return new Classification(Result.FAILED, ErrorClass.LOCAL_ORIGIN, conditions);
    }

    private static int bits(Condition... conditions) {
        int bits = 0;
        for (Condition condition : conditions) {
            bits |= Classification.bit(condition);
        }
        return bits;
    }
}
