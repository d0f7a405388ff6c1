package io.inmesh.servlet;

import io.inmesh.call.Outcome;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers in place of the application: a status and one line that tells nothing about policies, addresses or classes. */
final class Refusal {

    private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);

    private static final String PLAIN = "text/plain;charset=utf-8";

    private Refusal() {}

    /** Answers what the mesh decided: a rejection (with {@code Retry-After} in whole seconds, RFC 9110 10.2.3), or a reply of its own. */
    static void write(HttpServletResponse response, Outcome outcome) throws IOException {
        if (outcome instanceof Outcome.LocalReply reply) {
            if (reply.location() != null) {
                response.setHeader("Location", reply.location());
            }
            response.setContentType(PLAIN);
            for (Map.Entry<String, String> header : reply.headers()) {
                if (header.getKey().equals("content-type")) {
                    response.setContentType(header.getValue());
                } else {
                    response.addHeader(header.getKey(), header.getValue());
                }
            }
            send(response, reply.httpStatus(), reply.body() == null ? "" : reply.body());
            return;
        }
        Outcome.Rejection rejection = (Outcome.Rejection) outcome;
        // The policy that decided is for the log; the caller learns no more than the reason.
        LOG.debug("refused: {}", rejection.message());
        if (rejection.retryAfterMillis() >= 0) {
            response.setHeader("Retry-After", Long.toString((rejection.retryAfterMillis() + 999) / 1000));
        }
        if (rejection.reason() == Outcome.Reason.INVALID_TOKEN) {
            // RFC 6750, section 3. What is wrong with the token is for the log.
            response.setHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        }
        write(
                response,
                rejection.httpStatus(),
                "mesh: " + rejection.reason().name().toLowerCase(Locale.ROOT));
    }

    /**
     * Answers a status and a line of text, at once: a container may otherwise read the rest of a body first. Not {@code sendError}, which
     * would have the application's error pages run.
     */
    static void write(HttpServletResponse response, int status, String text) throws IOException {
        response.setContentType(PLAIN);
        send(response, status, text + "\n");
    }

    private static void send(HttpServletResponse response, int status, String text) throws IOException {
        byte[] line = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentLength(line.length);
        response.getOutputStream().write(line);
        response.flushBuffer();
    }
}
