package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import java.util.List;

/** Lists as the server-side tables kubectl prints. */
final class Tables {

    private Tables() {}

    static ObjectNode of(List<Resource> resources, long revision) {
        ObjectNode table = Exchange.JSON.createObjectNode().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        table.putObject("metadata").put("resourceVersion", Long.toString(revision));
        ArrayNode columns = table.putArray("columnDefinitions");
        column(columns, "Name", "string", 0);
        column(columns, "About", "string", 0);
        column(columns, "Created At", "date", 0);
        ArrayNode rows = table.putArray("rows");
        for (Resource resource : resources) {
            ObjectNode row = rows.addObject();
            row.putArray("cells")
                    .add(resource.key().name())
                    .add(about(resource))
                    .add(resource.creationTimestamp().toString());
            row.set("object", resource.raw());
        }
        return table;
    }

    private static void column(ArrayNode columns, String name, String format, int priority) {
        columns.addObject()
                .put("name", name)
                .put("type", format.equals("date") ? "string" : format)
                .put("format", format.equals("date") ? "" : "name")
                .put("description", name)
                .put("priority", priority);
    }

    private static String about(Resource resource) {
        for (String field : List.of("hosts", "host", "selector", "address", "ports")) {
            if (resource.spec().hasNonNull(field)) {
                String text = resource.spec().get(field).toString().replace("\"", "");
                return text.length() > 60 ? text.substring(0, 57) + "..." : text;
            }
        }
        return "-";
    }
}
