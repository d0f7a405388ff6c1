package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

@Command(name = "whoami", description = "Shows whom the server takes the caller for, and which roles that one has.")
final class WhoamiCommand extends MeshCommand {

    @Override
    int run(Api api) throws Failure {
        JsonNode session = api.get("/inmesh/v1/session").orFail();
        out().println(session.path("name").asText() + ", by "
                + session.path("proof").asText());
        session.path("groups").forEach(group -> out().println("group " + group.asText()));
        session.path("roles")
                .properties()
                .forEach(role -> out().println(role.getValue().asText() + " in "
                        + (role.getKey().equals("*") ? "all namespaces" : role.getKey())));
        return ExitCode.OK;
    }
}
