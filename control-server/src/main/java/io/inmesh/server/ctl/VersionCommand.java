package io.inmesh.server.ctl;

import picocli.CommandLine.Command;

@Command(name = "version", description = "Shows the versions of this tool and of the control server.")
final class VersionCommand extends MeshCommand {

    @Override
    int run(Api api) throws Failure {
        String own = VersionCommand.class.getPackage().getImplementationVersion();
        out().println("meshctl " + (own == null ? "dev" : own));
        Api.Answer answer = api.get("/version");
        out().println("server  " + answer.body().path("gitVersion").asText("-"));
        return ExitCode.OK;
    }
}
