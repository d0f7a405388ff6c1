package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.log.LogLevels;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** Log levels of this server under {@code /inmesh/v1/log}: for administrators of everything, since logs name what all namespaces do. */
final class LogApi {
    private static final int DEFAULT_SECONDS = 600;

    private final LogLevels levels;
    private final AuditLog audit;

    LogApi(LogLevels levels, AuditLog audit) {
        this.levels = levels;
        this.audit = audit;
    }

    void list(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode changed = body.putArray("levels");
        levels.all()
                .forEach(one -> changed.addObject()
                        .put("process", "control-server")
                        .put("logger", one.logger())
                        .put("level", one.level())
                        .put("before", one.before())
                        .put("until", one.until().toString()));
        exchange.json(200, body);
    }

    void change(Exchange exchange) throws IOException, HttpProblem {
        ObjectNode asked = exchange.object();
        String logger = asked.path("logger").asText();
        String level = asked.path("level").asText();
        JsonNode seconds = asked.path("seconds");
        if (!seconds.isMissingNode() && !seconds.canConvertToInt()) {
            throw HttpProblem.badRequest("seconds has to be a whole number");
        }
        Duration duration = Duration.ofSeconds(seconds.asInt(DEFAULT_SECONDS));
        try {
            levels.check(logger, level, duration);
        } catch (IllegalArgumentException e) {
            throw HttpProblem.badRequest(String.valueOf(e.getMessage()));
        }
        audit.append(
                "server-log-level",
                exchange.principal().id(),
                Map.of(
                        "logger",
                        logger,
                        "level",
                        level,
                        "seconds",
                        Long.toString(LogLevels.limited(duration).toSeconds()),
                        "address",
                        exchange.address().getHostAddress()));
        // Not before: a change that is in no audit log must not be made.
        levels.set(logger, level, duration);
        list(exchange);
    }
}
