package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server's own figures as JSON, for those who look at them without a metrics system. */
final class MetersApi {

    /** Figures of the libraries underneath are for metrics systems. */
    private static final String OWN = "inmesh.";

    private final MeterRegistry meters;

    MetersApi(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Answers with each meter of the mesh: counters and gauges by their value, timers by their mean in milliseconds. */
    void list(Exchange exchange) throws IOException {
        List<Meter> own = meters.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith(OWN))
                .sorted(Comparator.comparing((Meter meter) -> meter.getId().getName())
                        .thenComparing(meter -> meter.getId().getTags().toString()))
                .toList();
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode list = body.putArray("meters");
        own.forEach(meter -> meter(list.addObject(), meter));
        exchange.json(200, body);
    }

    private static void meter(ObjectNode node, Meter meter) {
        Meter.Id id = meter.getId();
        String description = id.getDescription();
        String unit = id.getBaseUnit();
        node.put("name", id.getName()).put("description", description == null ? "" : description);
        ObjectNode tags = node.putObject("tags");
        id.getTags().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
        if (meter instanceof Timer timer) {
            node.put("unit", "ms on average").put("value", timer.mean(TimeUnit.MILLISECONDS));
            return;
        }
        double value = meter.measure().iterator().next().getValue();
        node.put("unit", unit == null ? "" : unit).put("value", Double.isFinite(value) ? value : 0);
    }
}
