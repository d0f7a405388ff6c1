package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Shows what stands in the way of mutual TLS: who talks plaintext, what STRICT would do, whom policies in a dry run would refuse. */
final class MtlsReport {

    private final PrintWriter out;

    MtlsReport(PrintWriter out) {
        this.out = out;
    }

    /** @param report what the server answers */
    void print(JsonNode report) {
        out.println("observed for " + Table.age(report.path("since").asText()));
        out.println();
        out.println("1. Who talks plaintext");
        Table plaintext = new Table("FROM", "TO", "REQUESTS", "LAST SEEN", "WHY");
        report.path("plaintextCalls")
                .forEach(call -> plaintext.row(
                        name(call),
                        call.path("host").asText() + ":" + call.path("port").asText(),
                        call.path("plaintext").asText() + " of "
                                + call.path("requests").asText(),
                        Table.age(call.path("lastSeen").asText()),
                        call.path("reason").asText()));
        report.path("plaintextCallers")
                .forEach(caller -> plaintext.row(
                        caller.path("source").asText(),
                        name(caller) + ":" + caller.path("port").asText(),
                        caller.path("requests").asText(),
                        Table.age(caller.path("lastSeen").asText()),
                        why(caller)));
        print(
                plaintext,
                report.path("plaintextCalls").size()
                        + report.path("plaintextCallers").size());
        out.println("2. What STRICT would do");
        Table strict = new Table("WORKLOAD", "PORT", "MODE", "STRICT", "BECAUSE");
        report.path("ports")
                .forEach(port -> strict.row(
                        name(port),
                        port.path("port").asText(),
                        port.path("mode").asText(),
                        port.path("strict").asText(),
                        port.path("reason").asText()));
        print(strict, report.path("ports").size());
        out.println("3. Whom policies in a dry run would refuse");
        Table dryRuns = new Table("POLICY", "WORKLOAD", "FROM", "REQUESTS", "LAST SEEN");
        report.path("dryRuns")
                .forEach(run -> dryRuns.row(
                        run.path("policy").asText(),
                        name(run),
                        run.path("source").asText(),
                        run.path("requests").asText(),
                        Table.age(run.path("lastSeen").asText())));
        print(dryRuns, report.path("dryRuns").size());
        out.println("Next: " + report.path("next").asText() + ".");
    }

    private void print(Table table, int rows) {
        if (rows == 0) {
            out.println("nothing");
        } else {
            table.print(out);
        }
        out.println();
    }

    private static String why(JsonNode caller) {
        List<String> parts = new ArrayList<>();
        List<String> known = new ArrayList<>();
        caller.path("sourceWorkloads").forEach(workload -> known.add(workload.asText()));
        parts.add(known.isEmpty() ? "not in the mesh" : "address of " + String.join(", ", known));
        if (caller.path("tls").asBoolean()) {
            parts.add("TLS without a certificate of the mesh");
        }
        if (caller.path("refused").asLong() > 0) {
            parts.add(caller.path("refused").asText() + " refused");
        }
        return String.join("; ", parts);
    }

    private static String name(JsonNode row) {
        return row.path("workload").path("namespace").asText() + "/"
                + row.path("workload").path("name").asText();
    }
}
