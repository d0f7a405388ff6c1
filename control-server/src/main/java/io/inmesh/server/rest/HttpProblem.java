package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.validate.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that cannot be done, with what Kubernetes calls a {@code Status}. */
final class HttpProblem extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final transient @Nullable List<Problem> problems;

    HttpProblem(int status, String reason, String message, @Nullable List<Problem> problems) {
        super(message);
        this.status = status;
        this.reason = reason;
        this.problems = problems;
    }

    static HttpProblem notFound(String what) {
        return new HttpProblem(404, "NotFound", what + " not found", null);
    }

    static HttpProblem invalid(List<Problem> errors) {
        StringBuilder message = new StringBuilder();
        for (Problem error : errors) {
            message.append(message.isEmpty() ? "" : "; ")
                    .append(error.resource())
                    .append(error.fieldPath().isEmpty() ? "" : ": " + error.fieldPath())
                    .append(' ')
                    .append(error.message())
                    .append(" (")
                    .append(error.remedy())
                    .append(") [")
                    .append(error.code())
                    .append(']');
        }
        return new HttpProblem(422, "Invalid", message.toString(), errors);
    }

    int status() {
        return status;
    }

    ObjectNode body() {
        ObjectNode body = Exchange.JSON.createObjectNode();
        body.put("kind", "Status").put("apiVersion", "v1").put("status", "Failure");
        body.putObject("metadata");
        body.put("message", getMessage()).put("reason", reason).put("code", status);
        if (problems != null) {
            ArrayNode causes = body.putObject("details").putArray("causes");
            for (Problem problem : problems) {
                causes.addObject()
                        .put("reason", "FieldValueInvalid")
                        .put("message", problem.message() + "; " + problem.remedy() + " [" + problem.code() + "]")
                        .put("field", problem.fieldPath());
            }
        }
        return body;
    }
}
