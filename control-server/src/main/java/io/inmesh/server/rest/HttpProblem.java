package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Permission;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.validate.Problem.Severity;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** A request that cannot be done, with what Kubernetes calls a {@code Status}. */
final class HttpProblem extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final transient List<Problem> problems;
    private final transient @Nullable ResourceKey resource;
    private final transient Map<HttpHeader, String> headers = new EnumMap<>(HttpHeader.class);

    HttpProblem(int status, String reason, String message) {
        this(status, reason, message, List.of(), null);
    }

    private HttpProblem(
            int status, String reason, String message, List<Problem> problems, @Nullable ResourceKey resource) {
        super(message);
        this.status = status;
        this.reason = reason;
        this.problems = problems;
        this.resource = resource;
    }

    static HttpProblem notFound(String what) {
        return new HttpProblem(404, "NotFound", what + " not found");
    }

    static HttpProblem badRequest(String message) {
        return new HttpProblem(400, "BadRequest", message);
    }

    static HttpProblem notAllowed(String message) {
        return new HttpProblem(405, "MethodNotAllowed", message);
    }

    static HttpProblem conflict(String message) {
        return new HttpProblem(409, "Conflict", message);
    }

    /** {@return the answer to somebody who has not proved to be anybody, or wrongly; it says no more than that} */
    static HttpProblem unauthorized() {
        HttpProblem problem = new HttpProblem(401, "Unauthorized", "Unauthorized");
        problem.headers.put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"inmesh\"");
        return problem;
    }

    /** {@return the answer to somebody who may not do something} */
    static HttpProblem forbidden(String message, Permission permission) {
        Permission.Target target = permission.resource();
        return new HttpProblem(
                403,
                "Forbidden",
                message,
                List.of(),
                target == null
                        ? null
                        : new ResourceKey(target.group(), target.plural(), permission.namespace(), target.name()));
    }

    /** {@return the answer to somebody who asks too often or too much} */
    static HttpProblem tooMany(String message, long retryAfterSeconds) {
        HttpProblem problem = new HttpProblem(429, "TooManyRequests", message);
        problem.headers.put(HttpHeader.RETRY_AFTER, Long.toString(Math.max(1, retryAfterSeconds)));
        return problem;
    }

    /** {@return the answer to what the store cannot do now} */
    static HttpProblem unavailable(String message) {
        HttpProblem problem = new HttpProblem(503, "ServiceUnavailable", message);
        problem.headers.put(HttpHeader.RETRY_AFTER, "1");
        return problem;
    }

    /** {@return the answer to who has seen more than this replica has; clients of Kubernetes know it by its first words} */
    static HttpProblem tooNew(long meant, long present) {
        HttpProblem problem = new HttpProblem(
                504,
                "Timeout",
                "Too large resource version: " + meant + ", current: " + present
                        + "; this replica has not got there yet, or its store has begun anew: try again, or list without one");
        problem.headers.put(HttpHeader.RETRY_AFTER, "1");
        return problem;
    }

    /** {@return headers that belong to the answer} */
    Map<HttpHeader, String> headers() {
        return headers;
    }

    /** {@return the answer to a change that was refused} */
    static HttpProblem invalid(List<Problem> problems) {
        List<Problem> errors =
                problems.stream().filter(p -> p.severity() == Severity.ERROR).toList();
        StringBuilder message = new StringBuilder();
        for (Problem error : errors) {
            message.append(message.isEmpty() ? "" : "; ")
                    .append(error.resource())
                    .append(error.fieldPath().isEmpty() ? "" : ": " + error.fieldPath())
                    .append(' ')
                    .append(text(error));
        }
        return new HttpProblem(
                422,
                "Invalid",
                message.toString(),
                errors,
                errors.isEmpty() ? null : errors.get(0).resource());
    }

    /** {@return a problem in a sentence: what, remedy, code} */
    static String text(Problem problem) {
        return problem.message() + "; " + problem.remedy() + " [" + problem.code() + "]";
    }

    int status() {
        return status;
    }

    ObjectNode body() {
        ObjectNode body = Exchange.JSON.createObjectNode();
        body.put("kind", "Status").put("apiVersion", "v1").put("status", "Failure");
        body.putObject("metadata");
        body.put("message", getMessage()).put("reason", reason).put("code", status);
        if (resource != null) {
            ObjectNode details = body.putObject("details")
                    .put("name", resource.name())
                    .put("group", resource.group())
                    .put("kind", resource.kind());
            ArrayNode causes = details.putArray("causes");
            for (Problem problem : problems) {
                causes.addObject()
                        .put("reason", "FieldValueInvalid")
                        .put("message", text(problem))
                        .put("field", problem.fieldPath());
            }
        }
        return body;
    }
}
