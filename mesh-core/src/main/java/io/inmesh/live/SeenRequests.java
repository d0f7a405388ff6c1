package io.inmesh.live;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads from calls and outcomes what may be shown of them. */
public final class SeenRequests {

    /** Header by which a request is known across services. Source: Envoy. */
    public static final String REQUEST_ID = "x-request-id";

    /** Header of W3C Trace Context. */
    public static final String TRACE_PARENT = "traceparent";

    /** The headers that may be shown: none of them holds a secret. */
    public static final List<String> HEADERS =
            List.of(REQUEST_ID, TRACE_PARENT, "user-agent", "content-type", "x-envoy-attempt-count", "grpc-timeout");

    /** In the place of the other side's name: nobody was reached. */
    public static final String NOBODY = "-";

    private static final int LONGEST_PATH = 256;
    private static final int LONGEST_HEADER = 128;
    private static final int LONGEST_DETAIL = 500;
    private static final int HTTP_ERROR = 400;
    private static final int HTTP_SERVER_ERROR = 500;

    private SeenRequests() {}

    /** {@return the headers of a call that may be shown} */
    public static Map<String, String> headers(Call call) {
        Map<String, String> shown = new HashMap<>();
        for (String name : HEADERS) {
            String value = call.header(name);
            if (value != null) {
                shown.put(name, cut(value, LONGEST_HEADER));
            }
        }
        return shown;
    }

    /**
     * {@return id of the trace of a call; empty if none is known}
     *
     * @param observed what whoever traces it says, which knows of traces that begin here; empty if nobody does
     */
    public static String traceId(Call call, String observed) {
        if (!observed.isEmpty()) {
            return observed;
        }
        String header = call.header(TRACE_PARENT);
        // Version, trace, parent and flags (W3C Trace Context, traceparent).
        String[] parts =
                header == null ? new String[0] : cut(header, LONGEST_HEADER).split("-", -1);
        return parts.length > 1 ? parts[1] : "";
    }

    /** {@return the path of a call, as much of it as may be shown} */
    public static String path(Call call) {
        return cut(call.path(), LONGEST_PATH);
    }

    /** {@return whether an outcome is one that somebody will ask about: the server's fault, the mesh's word, or no answer} */
    public static boolean failed(Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            return response.grpcStatus() < 0
                    ? response.httpStatus() >= HTTP_SERVER_ERROR
                    : switch (response.grpcStatus()) {
                        // UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE, DATA_LOSS.
                        case 2, 4, 8, 13, 14, 15 -> true;
                        default -> false;
                    };
        }
        if (outcome instanceof Outcome.LocalReply reply) {
            return reply.httpStatus() >= HTTP_ERROR;
        }
        return !(outcome instanceof Outcome.Cancelled);
    }

    /** {@return the HTTP status of an outcome, 0 if it has none} */
    public static int status(Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            return response.httpStatus();
        } else if (outcome instanceof Outcome.Rejection rejection) {
            return rejection.httpStatus();
        } else if (outcome instanceof Outcome.LocalReply reply) {
            return reply.httpStatus();
        }
        return 0;
    }

    /** {@return the gRPC status of the outcome of a call, -1 if it has none} */
    public static int grpcStatus(Call call, Outcome outcome) {
        if (call.protocol() != Call.Protocol.GRPC) {
            return -1;
        }
        if (outcome instanceof Outcome.Response response) {
            return response.grpcStatus();
        } else if (outcome instanceof Outcome.Rejection rejection) {
            return rejection.grpcStatus();
        } else if (outcome instanceof Outcome.LocalReply reply) {
            return reply.grpcStatus();
        }
        return -1;
    }

    /** {@return how it ended, in words from a fixed set} */
    public static String result(Outcome outcome) {
        if (outcome instanceof Outcome.Rejection rejection) {
            return "rejected: " + word(rejection.reason());
        } else if (outcome instanceof Outcome.LocalReply reply) {
            return "replied: " + word(reply.reason());
        } else if (outcome instanceof Outcome.Failure failure) {
            return "failed: " + word(failure.kind());
        }
        return outcome instanceof Outcome.Cancelled ? "cancelled" : "answered";
    }

    /** {@return why it ended so, as far as the mesh or the transport said} */
    public static String detail(Outcome outcome) {
        if (outcome instanceof Outcome.Rejection rejection) {
            return cut(rejection.message(), LONGEST_DETAIL);
        } else if (outcome instanceof Outcome.Failure failure) {
            return cut(
                    (failure.sent() ? "after it was sent: " : "before it was sent: ") + failure.cause(),
                    LONGEST_DETAIL);
        }
        return "";
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }
}
