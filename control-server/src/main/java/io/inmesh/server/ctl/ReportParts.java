package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind.Use;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a bug report is made of. */
final class ReportParts {

    private static final int AUDIT_ENTRIES = 500;
    private static final int PROCESSES = 20;

    private ReportParts() {}

    /**
     * A part.
     *
     * @param file its name in the archive
     * @param what what is in it, as in "waiting for …"
     * @param question asks the server for it
     */
    record Part(String file, String what, Question question) {}

    /** Asks the server. */
    @FunctionalInterface
    interface Question {
        JsonNode ask(Api api) throws Failure;
    }

    /**
     * {@return all parts}
     *
     * @param namespace whose; null for all
     */
    static List<Part> of(@Nullable String namespace) {
        String query = namespace == null ? "" : "?namespace=" + Api.encoded(namespace);
        List<Part> parts = new ArrayList<>(List.of(
                get("version", "the version of the server", "/version"),
                get("status", "the status of processes", "/inmesh/v1/status" + query),
                new Part("rejections", "what processes refused", api -> rejections(api, query)),
                get("services", "services and their endpoints", "/inmesh/v1/services" + query),
                get("drains", "drained instances", "/inmesh/v1/drains" + query),
                get(
                        "graph",
                        "the graph of services",
                        "/inmesh/v1/graph?limit=10000" + (query.isEmpty() ? "" : "&" + query.substring(1))),
                get("check-mtls", "what stands in the way of mutual TLS", "/inmesh/v1/check/mtls" + query),
                get("analyze", "findings about the configuration", "/inmesh/v1/analyze"),
                get("authority", "the certificate authority", "/inmesh/v1/ca"),
                get("denied", "the deny list", "/inmesh/v1/ca/denied"),
                get("federation", "other trust domains", "/inmesh/v1/ca/federation"),
                get("meters", "figures of the server", "/inmesh/v1/meters"),
                new Part("audit", "the end of the audit log", ReportParts::audit),
                new Part("processes", "what ailing processes were sent", api -> ailing(api, query))));
        for (Kinds.Kind kind : Kinds.all()) {
            if (kind.use() == Use.ENFORCED || kind.use() == Use.STORED) {
                String name = kind.qualifiedPlural();
                parts.add(get("resources/" + name, name, Paths.of(kind, namespace, null)));
            }
        }
        return parts;
    }

    private static Part get(String file, String what, String path) {
        return new Part(file, what, api -> api.get(path).orFail());
    }

    private static JsonNode audit(Api api) throws Failure {
        long newest =
                api.get("/inmesh/v1/audit?limit=1").orFail().at("/head/number").asLong();
        return api.get("/inmesh/v1/audit?limit=" + AUDIT_ENTRIES + "&from=" + Math.max(1, newest - AUDIT_ENTRIES + 1))
                .orFail();
    }

    private static JsonNode rejections(Api api, String query) throws Failure {
        ArrayNode list = Api.JSON.createArrayNode();
        for (JsonNode process : api.get("/inmesh/v1/status" + query).orFail().path("processes")) {
            for (JsonNode type : process.path("types")) {
                if (!type.path("rejection").asText().isEmpty()) {
                    list.addObject()
                            .put("process", process.path("name").asText())
                            .put("namespace", process.path("namespace").asText())
                            .setAll((ObjectNode) type);
                }
            }
            String trouble = CertificateColumn.trouble(process);
            if (!trouble.isEmpty()) {
                list.addObject()
                        .put("process", process.path("name").asText())
                        .put("namespace", process.path("namespace").asText())
                        .put("certificate", trouble);
            }
        }
        return list;
    }

    /** Of a mesh in which all is well nobody wants to know what each process was sent. */
    private static JsonNode ailing(Api api, String query) throws Failure {
        ArrayNode list = Api.JSON.createArrayNode();
        for (JsonNode process : api.get("/inmesh/v1/status" + query).orFail().path("processes")) {
            boolean well = process.path("state").asText().equals("SYNCED") && !CertificateColumn.ailing(process);
            if (!well && list.size() < PROCESSES) {
                Api.Answer answer = api.get("/inmesh/v1/inspect?namespace="
                        + Api.encoded(process.path("namespace").asText()) + "&process="
                        + Api.encoded(process.path("name").asText()));
                list.add(answer.body());
            }
        }
        return list;
    }
}
