package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "login",
        description = "Logs in with a password, and remembers the session in the context until it ends.")
final class LoginCommand extends MeshCommand {

    @Option(names = "--user", required = true, description = "Who.")
    private String user = "";

    @Option(names = "--password-stdin", description = "Reads the password from standard input.")
    private boolean fromInput;

    @Override
    int run(Api api) throws Failure, IOException {
        Contexts contexts = Contexts.read(environment());
        String name = choice().context() != null ? choice().context() : contexts.current();
        ObjectNode context = choice().namesServer()
                ? choice().asContext()
                : contexts.find(name).orElseGet(choice()::asContext);
        if (name.isEmpty() || choice().namesServer()) {
            // One context for each server that is logged in to by its address.
            name = api.target().uri().getAuthority();
        }
        ObjectNode request = Api.JSON
                .createObjectNode()
                .put("username", user)
                .put("password", Passwords.ask("Password of " + user + ": ", fromInput));
        JsonNode answer = api.anonymous()
                .post("/inmesh/v1/login", "application/json", request.toString())
                .orFail();
        context.put(Contexts.SESSION, answer.path("token").asText());
        context.put(Contexts.SERVER, api.target().server());
        contexts.put(name, context);
        contexts.use(name);
        contexts.save();
        out().println("logged in as " + user + " for at most "
                + answer.path("expiresInSeconds").asLong() / 60 + " minutes; context " + name + " is current");
        return ExitCode.OK;
    }
}
