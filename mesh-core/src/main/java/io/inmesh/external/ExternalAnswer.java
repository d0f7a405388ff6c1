package io.inmesh.external;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What came of asking an external authorizer, before the core has judged it. */
public sealed interface ExternalAnswer {

    /**
     * The request may go on to the policies that follow.
     *
     * @param setHeaders headers that the application sees, by lower case name, instead of what the caller sent under that name
     * @param appendedHeaders headers that the application sees, by lower case name, after what the caller sent under that name
     * @param removedHeaders lower case names of headers that the application does not see
     * @param answerHeaders headers for the caller, by lower case name, beside those of the application
     */
    record Allowed(
            List<Map.Entry<String, String>> setHeaders,
            List<Map.Entry<String, String>> appendedHeaders,
            List<String> removedHeaders,
            List<Map.Entry<String, String>> answerHeaders)
            implements ExternalAnswer {

        /** Changes nothing of the request. */
        public static final Allowed UNCHANGED = new Allowed(List.of(), List.of(), List.of(), List.of());

        /** Copies the lists. */
        public Allowed {
            setHeaders = List.copyOf(setHeaders);
            appendedHeaders = List.copyOf(appendedHeaders);
            removedHeaders = List.copyOf(removedHeaders);
            answerHeaders = List.copyOf(answerHeaders);
        }
    }

    /**
     * The request is refused.
     *
     * @param httpStatus status for the caller; 403 stands for one that is none between 200 and 599
     * @param headers headers for the caller, by lower case name
     * @param body text for the caller, possibly empty
     */
    record Denied(int httpStatus, List<Map.Entry<String, String>> headers, String body) implements ExternalAnswer {

        private static final int FORBIDDEN = 403;

        /** Copies the list. */
        public Denied {
            httpStatus = httpStatus >= 200 && httpStatus <= 599 ? httpStatus : FORBIDDEN;
            headers = List.copyOf(headers);
            Objects.requireNonNull(body, "body");
        }
    }

    /**
     * There is no answer, or none that can be understood.
     *
     * @param why one sentence for the log, with what would help
     */
    record Failed(String why) implements ExternalAnswer {
        /** Checks that nothing is missing. */
        public Failed {
            Objects.requireNonNull(why, "why");
        }
    }
}
