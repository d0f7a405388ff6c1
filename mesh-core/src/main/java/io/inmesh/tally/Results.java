package io.inmesh.tally;

import io.inmesh.call.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an outcome is counted as. Answers are good unless they are HTTP 5xx or a gRPC status other than OK; HTTP 4xx are good and counted
 * apart as well.
 */
final class Results {

    /** An answer that needs no further word. */
    static final int PLAIN = -1;

    private static final int HTTP_4XX = 0;
    private static final int HTTP_5XX = 1;
    private static final int GRPC = 2;
    private static final int HIGHEST_GRPC = 16;
    private static final int TRANSPORT = GRPC + HIGHEST_GRPC;
    private static final int CANCELLED = TRANSPORT + Outcome.Failure.Kind.values().length;
    private static final int OWN_ANSWER = CANCELLED + 1;

    /** How many there are beside {@link #PLAIN}. */
    static final int COUNT = OWN_ANSWER + Outcome.Reason.values().length;

    private static final List<String> NAMES = names();

    private Results() {}

    static int of(Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            if (response.grpcStatus() > 0) {
                return GRPC + Math.min(response.grpcStatus(), HIGHEST_GRPC) - 1;
            }
            int status = response.httpStatus();
            return status < 400 ? PLAIN : status < 500 ? HTTP_4XX : HTTP_5XX;
        }
        if (outcome instanceof Outcome.Failure failure) {
            return TRANSPORT + failure.kind().ordinal();
        }
        if (outcome instanceof Outcome.Rejection rejection) {
            return OWN_ANSWER + rejection.reason().ordinal();
        }
        if (outcome instanceof Outcome.LocalReply reply) {
            return OWN_ANSWER + reply.reason().ordinal();
        }
        return CANCELLED;
    }

    /** {@return whether somebody answered, and well} */
    static boolean good(int result) {
        return result == PLAIN || result == HTTP_4XX;
    }

    /** {@return whether it ended on the way or at its end, so that the time it took is of interest} */
    static boolean timed(int result) {
        return result < CANCELLED;
    }

    /** {@return whether it was refused by security} */
    static boolean insecure(int result) {
        return result == OWN_ANSWER + Outcome.Reason.UNAUTHORIZED.ordinal()
                || result == OWN_ANSWER + Outcome.Reason.NO_PEER_IDENTITY.ordinal();
    }

    static String name(int result) {
        return NAMES.get(result);
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of("http_4xx", "http_5xx"));
        for (int status = 1; status <= HIGHEST_GRPC; status++) {
            names.add("grpc_" + status);
        }
        for (Outcome.Failure.Kind kind : Outcome.Failure.Kind.values()) {
            names.add("transport_" + lower(kind));
        }
        names.add("cancelled");
        for (Outcome.Reason reason : Outcome.Reason.values()) {
            boolean meant = reason == Outcome.Reason.DIRECT_RESPONSE || reason == Outcome.Reason.REDIRECT;
            names.add((meant ? "answered_" : "rejected_") + lower(reason));
        }
        return List.copyOf(names);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
