package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "federation", description = "Shows other trust domains, and what became of their bundles.")
final class FederationCommand extends MeshCommand {

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.Tables.class,
            description = "table or json. Default: ${DEFAULT-VALUE}")
    private String output = "table";

    @Override
    int run(Api api) throws Failure, IOException {
        JsonNode answer = api.get("/inmesh/v1/ca/federation").orFail();
        if (oneOf(output, "table", "json").equals("json")) {
            out().println(json(answer));
            return ExitCode.OK;
        }
        Table table = new Table("TRUST DOMAIN", "ROOTS", "SEQUENCE", "FIRST ENDS", "FETCHED", "PROBLEM");
        for (JsonNode domain : answer.path("items")) {
            table.row(
                    domain.path("trustDomain").asText(),
                    domain.path("roots").asText(),
                    domain.path("sequence").asText(),
                    domain.path("firstEnd").asText(),
                    domain.path("fetched").asText(),
                    domain.path("problem").asText());
        }
        table.print(out());
        return ExitCode.OK;
    }
}
