package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ctl.Check.State;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description =
                "Looks whether all is well: the server, the configuration, the processes and their certificates. With --mtls,"
                        + " for what stands in the way of mutual TLS only. Exits with 1 if something fails.")
final class CheckCommand extends MeshCommand {

    @Option(
            names = "--mtls",
            description =
                    "Who still talks plaintext, what STRICT would break, and whom policies in a dry run would refuse; all"
                            + " namespaces unless -n is given.")
    private boolean mtls;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.Checks.class,
            description = "table, json, or short for what is not well only.")
    private String output = "table";

    @Override
    int run(Api api) throws Failure, IOException {
        String query = namespaceGiven() ? "?namespace=" + Api.encoded(namespace()) : "";
        if (!mtls) {
            oneOf(output, "table", "json", "short");
            return health(api, query);
        }
        oneOf(output, "table", "json");
        JsonNode report = api.get("/inmesh/v1/check/mtls" + query).orFail();
        if (output.equals("json")) {
            out().println(json(report));
        } else {
            print(report);
        }
        return report.path("clean").asBoolean() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private int health(Api api, String query) throws Failure, IOException {
        Checkup checkup = new Checkup();
        JsonNode status = api.get("/inmesh/v1/status" + query).orFail();
        checkup.versions(
                CheckCommand.class.getPackage().getImplementationVersion(),
                api.get("/version").orFail(),
                status);
        checkup.status(status, Instant.now());
        checkup.findings(api.get("/inmesh/v1/analyze"));
        checkup.authority(api.get("/inmesh/v1/ca"), status, Instant.now());
        if (output.equals("json")) {
            out().println(json(checkup.json()));
        } else {
            print(checkup);
        }
        return checkup.healthy() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private void print(Checkup checkup) {
        boolean all = output.equals("table");
        for (String group :
                checkup.checks().stream().map(Check::group).distinct().toList()) {
            List<Check> shown = checkup.checks().stream()
                    .filter(check -> check.group().equals(group) && (all || check.state() != State.OK))
                    .toList();
            if (all) {
                out().println(group);
            }
            for (Check check : shown) {
                String state = check.state().name();
                out().println((all ? "  " : "") + state + " ".repeat(6 - state.length()) + check.id() + ": "
                        + check.detail() + (check.hint().isEmpty() ? "" : "; " + check.hint()));
            }
        }
        if (all) {
            out().println(checkup.healthy() ? "nothing fails" : "something fails");
        }
    }

    private void print(JsonNode report) {
        out().println("observed for " + Table.age(report.path("since").asText()));
        out().println();
        out().println("1. Who talks plaintext");
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
        out().println("2. What STRICT would do");
        Table strict = new Table("WORKLOAD", "PORT", "MODE", "STRICT", "BECAUSE");
        report.path("ports")
                .forEach(port -> strict.row(
                        name(port),
                        port.path("port").asText(),
                        port.path("mode").asText(),
                        port.path("strict").asText(),
                        port.path("reason").asText()));
        print(strict, report.path("ports").size());
        out().println("3. Whom policies in a dry run would refuse");
        Table dryRuns = new Table("POLICY", "WORKLOAD", "FROM", "REQUESTS", "LAST SEEN");
        report.path("dryRuns")
                .forEach(run -> dryRuns.row(
                        run.path("policy").asText(),
                        name(run),
                        run.path("source").asText(),
                        run.path("requests").asText(),
                        Table.age(run.path("lastSeen").asText())));
        print(dryRuns, report.path("dryRuns").size());
        out().println("Next: " + report.path("next").asText() + ".");
    }

    private void print(Table table, int rows) {
        if (rows == 0) {
            out().println("nothing");
        } else {
            table.print(out());
        }
        out().println();
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
