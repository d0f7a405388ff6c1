package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;

@Command(name = "logout", description = "Ends the session of the context.")
final class LogoutCommand extends MeshCommand {

    @Override
    int run(Api api) throws Failure, IOException {
        Contexts contexts = Contexts.read(environment());
        Optional<ObjectNode> context = contexts.chosen(choice().context());
        if (context.isEmpty() || !context.get().has(Contexts.SESSION)) {
            out().println("there is no session");
            return ExitCode.OK;
        }
        // What cannot be reached, or has ended already, is forgotten all the same.
        context.get().remove(Contexts.SESSION);
        contexts.save();
        Api.Answer answer = api.post("/inmesh/v1/logout", "application/json", "{}");
        out().println(answer.ok() ? "logged out" : "the session had ended");
        return ExitCode.OK;
    }
}
