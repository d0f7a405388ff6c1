package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.Denial;
import io.inmesh.server.ca.DenyList;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** The deny list under {@code /inmesh/v1/ca/denied}: read it, put a certificate or an identity on it, take one off. */
final class DenyListApi {

    private final DenyList list;

    DenyListApi(DenyList list) {
        this.list = list;
    }

    void list(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode items = body.putArray("items");
        list.entries().forEach(denial -> items.add(json(denial)));
        exchange.json(200, body);
    }

    void deny(Exchange exchange, String actor) throws IOException, HttpProblem {
        ObjectNode asked = exchange.object();
        String until = asked.path("until").asText();
        try {
            Denial denial = list.deny(
                    asked.path("subject").asText(), asked.path("reason").asText(), until(until), actor);
            exchange.json(201, json(denial));
        } catch (DateTimeParseException e) {
            throw new HttpProblem(422, "Invalid", "until is \"" + until + "\" but has to be 2026-01-31T12:00:00Z");
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(422, "Invalid", String.valueOf(e.getMessage()));
        }
    }

    void allow(Exchange exchange, String actor) throws IOException, HttpProblem {
        String subject = exchange.parameter("subject");
        if (subject == null || subject.isBlank()) {
            throw HttpProblem.badRequest("subject is missing: name the serial number or SPIFFE id to allow again");
        }
        try {
            if (!list.allow(subject, actor)) {
                throw HttpProblem.notFound(subject + " on the deny list");
            }
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(422, "Invalid", String.valueOf(e.getMessage()));
        }
        exchange.json(200, Exchange.JSON.createObjectNode());
    }

    private static @Nullable Instant until(String text) {
        return text.isBlank() ? null : Instant.parse(text);
    }

    private static ObjectNode json(Denial denial) {
        return Exchange.JSON
                .createObjectNode()
                .put("subject", denial.subject())
                .put("reason", denial.reason())
                .put("createdBy", denial.createdBy())
                .put("created", time(denial.createdEpochSecond()))
                .put("until", time(denial.untilEpochSecond()));
    }

    private static String time(long epochSecond) {
        return epochSecond == 0 ? "" : Instant.ofEpochSecond(epochSecond).toString();
    }
}
