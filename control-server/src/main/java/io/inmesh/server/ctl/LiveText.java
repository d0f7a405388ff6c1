package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Requests that processes have seen, for people. */
final class LiveText {

    private LiveText() {}

    /** {@return one line: time, process, direction, what was asked for, what became of it, and who decided} */
    static String line(JsonNode seen) {
        List<String> parts = new ArrayList<>();
        parts.add(seen.path("time").asText().replaceFirst(".*T(\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?).*", "$1"));
        parts.add(seen.path("process").asText());
        boolean outbound = seen.path("direction").asText().equals("outbound");
        parts.add(outbound ? "->" : "<-");
        parts.add(seen.path("method").asText());
        parts.add(seen.path("host").asText()
                + (outbound ? ":" + seen.path("port").asText() : "")
                + seen.path("path").asText());
        parts.add(status(seen));
        parts.add(Math.round(seen.path("milliseconds").asDouble() * 10) / 10.0 + "ms");
        add(parts, "route", seen.path("route").asText());
        add(parts, outbound ? "endpoint" : "address", seen.path("endpoint").asText());
        if (seen.path("attempts").asInt() > 1) {
            add(parts, "attempts", seen.path("attempts").asText());
        }
        add(parts, "policy", seen.path("policy").asText());
        add(
                parts,
                "peer",
                seen.path("peer").asText().isEmpty()
                        ? "plaintext"
                        : seen.path("peer").asText());
        add(parts, "id", seen.path("headers").path("x-request-id").asText());
        return String.join(" ", parts);
    }

    private static String status(JsonNode seen) {
        String result = seen.path("result").asText();
        String grpc = seen.has("grpcStatus") ? "grpc-" + seen.path("grpcStatus").asText() : "";
        String status = seen.path("status").asInt() == 0
                ? grpc
                : grpc.isEmpty() ? seen.path("status").asText() : grpc;
        return result.equals("answered") ? status : (status.isEmpty() ? "" : status + " ") + "(" + result + ")";
    }

    private static void add(List<String> parts, String name, String value) {
        if (!value.isEmpty()) {
            parts.add(name + "=" + value);
        }
    }

    /** Prints everything that is known of a request. */
    static void whole(JsonNode seen, PrintWriter out) {
        out.println(line(seen));
        field(out, "trace", seen.path("traceId").asText());
        field(out, "why", seen.path("detail").asText());
        field(out, "virtual host", seen.path("virtualHost").asText());
        field(out, "route", seen.path("route").asText());
        field(out, "from", seen.path("source").asText());
        field(out, "cluster", seen.path("cluster").asText());
        List<String> tried = new ArrayList<>();
        seen.path("triedBefore").forEach(endpoint -> tried.add(endpoint.asText()));
        field(out, "failed before", String.join(", ", tried));
        field(out, "config", seen.path("config").asText());
        seen.path("explanation").asText().lines().forEach(line -> out.println("    " + line));
    }

    private static void field(PrintWriter out, String name, String value) {
        if (!value.isEmpty()) {
            out.println("  " + name + ": " + value);
        }
    }
}
