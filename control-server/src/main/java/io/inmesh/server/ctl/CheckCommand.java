package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ctl.Check.State;
import java.io.IOException;
import java.time.Instant;
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
            new MtlsReport(out()).print(report);
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
}
