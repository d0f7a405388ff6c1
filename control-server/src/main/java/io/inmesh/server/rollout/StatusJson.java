package io.inmesh.server.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.rollout.Finding.Numbers;
import io.inmesh.server.rollout.Finding.Verdict;
import io.inmesh.server.rollout.RolloutStatus.Goal;
import io.inmesh.server.rollout.RolloutStatus.Hold;
import io.inmesh.server.rollout.RolloutStatus.Shift;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statuses as they are kept and as they are shown, which is the same with conditions and without what only the server needs. */
final class StatusJson {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> OWN = List.of("uid", "subject", "goal", "previous", "seen");

    private StatusJson() {}

    static byte[] bytes(RolloutStatus status) {
        try {
            return JSON.writeValueAsBytes(write(status));
        } catch (IOException e) {
            throw new UncheckedIOException("a status can be written as JSON", e);
        }
    }

    static RolloutStatus read(byte[] bytes) {
        try {
            return read(JSON.readTree(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("the store holds the status of a rollout in a form that cannot be read", e);
        }
    }

    private static ObjectNode write(RolloutStatus status) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("uid", status.uid())
                .put("observedGeneration", status.generation())
                .put("subject", status.subject())
                .put("phase", status.phase().name())
                .put("hold", status.hold().name())
                .put("goal", status.goal().name())
                .put("step", status.step())
                .put("reason", status.reason())
                .put("since", status.since().toString())
                .put("unwatched", status.unwatched().toString())
                .put("failedAnalyses", status.failures());
        Instant started = status.started();
        if (started != null) {
            json.put("started", started.toString());
        }
        Shift shift = status.shift();
        if (shift != null) {
            json.set("before", write(shift.before()));
            json.set("previous", write(shift.previous()));
            json.set("weights", write(shift.wanted()));
            json.put("seen", shift.seen());
        }
        Finding finding = status.finding();
        if (finding != null) {
            ObjectNode analysis = json.putObject("analysis");
            analysis.put("time", finding.time().toString())
                    .put("verdict", finding.verdict().name())
                    .put("reason", finding.reason());
            analysis.set("stable", write(finding.stable()));
            analysis.set("canary", write(finding.canary()));
        }
        return json;
    }

    private static ObjectNode write(Weights weights) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("stable", weights.stable())
                .put("canary", weights.canary());
    }

    private static ObjectNode write(Numbers numbers) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("requests", numbers.requests())
                .put("failed", numbers.failed());
        if (!Double.isNaN(numbers.millis())) {
            json.put("millis", numbers.millis());
        }
        return json;
    }

    private static RolloutStatus read(JsonNode json) {
        JsonNode analysis = json.path("analysis");
        return new RolloutStatus(
                json.path("uid").asText(),
                json.path("observedGeneration").asLong(),
                json.path("subject").asText(),
                Phase.valueOf(json.path("phase").asText()),
                Hold.valueOf(json.path("hold").asText()),
                Goal.valueOf(json.path("goal").asText()),
                json.path("step").asInt(),
                json.path("reason").asText(),
                Instant.parse(json.path("since").asText()),
                Duration.parse(json.path("unwatched").asText(Duration.ZERO.toString())),
                json.has("started") ? Instant.parse(json.path("started").asText()) : null,
                shift(json),
                json.path("failedAnalyses").asInt(),
                analysis.isMissingNode()
                        ? null
                        : new Finding(
                                Instant.parse(analysis.path("time").asText()),
                                Verdict.valueOf(analysis.path("verdict").asText()),
                                analysis.path("reason").asText(),
                                numbers(analysis.path("stable")),
                                numbers(analysis.path("canary"))));
    }

    private static @Nullable Shift shift(JsonNode json) {
        return json.has("weights")
                ? new Shift(
                        weights(json.path("before")),
                        weights(json.path("previous")),
                        weights(json.path("weights")),
                        json.path("seen").asBoolean())
                : null;
    }

    private static Weights weights(JsonNode json) {
        return new Weights(json.path("stable").asInt(), json.path("canary").asInt());
    }

    private static Numbers numbers(JsonNode json) {
        return new Numbers(
                json.path("requests").asLong(),
                json.path("failed").asLong(),
                json.path("millis").asDouble(Double.NaN));
    }

    /** {@return a status as it is shown under a resource: the step counted from one, 0 before the first} */
    static ObjectNode shown(RolloutStatus status) {
        ObjectNode json = write(status);
        json.remove(OWN);
        json.put("phase", status.phase().word());
        json.put("step", stepShown(status));
        if (status.hold() == Hold.NONE) {
            json.remove("hold");
        }
        if (status.unwatched().isZero()) {
            json.remove("unwatched");
        }
        ArrayNode conditions = json.putArray("conditions");
        condition(
                conditions,
                "Paused",
                status.phase() == Phase.PAUSED,
                status.hold().name(),
                status);
        condition(conditions, "Completed", status.phase().over(), status.phase().word(), status);
        Finding finding = status.finding();
        if (finding != null) {
            conditions
                    .addObject()
                    .put("type", "Healthy")
                    .put(
                            "status",
                            finding.verdict() == Verdict.INCONCLUSIVE
                                    ? "Unknown"
                                    : finding.verdict() == Verdict.GOOD ? "True" : "False")
                    .put("reason", finding.verdict().name())
                    .put("message", finding.reason())
                    .put("observedGeneration", status.generation())
                    .put("lastTransitionTime", finding.time().toString());
        }
        return json;
    }

    /** {@return the step counted from one, 0 before the first} */
    static int stepShown(RolloutStatus status) {
        return status.phase() == Phase.PENDING ? 0 : status.step() + 1;
    }

    private static void condition(
            ArrayNode conditions, String type, boolean holds, String reason, RolloutStatus status) {
        conditions
                .addObject()
                .put("type", type)
                .put("status", holds ? "True" : "False")
                .put("reason", reason)
                .put("message", holds ? status.reason() : "")
                .put("observedGeneration", status.generation())
                .put("lastTransitionTime", status.since().toString());
    }
}
