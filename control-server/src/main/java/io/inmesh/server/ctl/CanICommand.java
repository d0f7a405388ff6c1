package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "can-i",
        description = {
            "Says whether A may call B, and which policy decides. Exits with 0 for yes, with 1 for no.",
            "Only authorization and mutual TLS are asked about; meshctl explain shows the whole way."
        })
final class CanICommand extends MeshCommand {

    @Parameters(index = "0", paramLabel = "A", description = "Service account of the caller, NAME or NAMESPACE/NAME.")
    private String from = "";

    @Parameters(
            index = "1",
            paramLabel = "B",
            description = "Host that is called, or NAMESPACE/NAME of a service, with a port if it has several.")
    private String to = "";

    @Parameters(index = "2", paramLabel = "METHOD", description = "Method.")
    private String method = "";

    @Parameters(index = "3", paramLabel = "PATH", description = "Path, with a query if that matters.")
    private String path = "";

    @Option(
            names = {"-H", "--header"},
            description = "Header, name=value.")
    private Map<String, String> headers = Map.of();

    @Mixin
    private final TableForm form = new TableForm();

    @Override
    int run(Api api) throws Failure, IOException {
        boolean json = form.json();
        int slash = from.indexOf('/');
        ObjectNode request = Api.JSON
                .createObjectNode()
                .put("namespace", slash < 0 ? namespace() : from.substring(0, slash))
                .put("serviceAccount", from.substring(slash + 1))
                .put("method", method.toUpperCase(java.util.Locale.ROOT))
                .put("authority", host(to))
                .put("path", path.startsWith("/") ? path : "/" + path);
        ObjectNode headerNode = request.putObject("headers");
        headers.forEach(headerNode::put);
        JsonNode body = api.post("/inmesh/v1/explain", "application/json", request.toString())
                .orFail();
        int asked = 0;
        int allowed = 0;
        Table table = new Table("ENDPOINT", "VERDICT", "RULE");
        String endpoint = "";
        for (JsonNode step : body.path("steps")) {
            if (!step.path("stage").asText().equals("AUTHORIZATION")) {
                continue;
            }
            // Several steps of one endpoint: the decision, then what policies remark that change nothing.
            boolean decision = !step.path("subject").asText().startsWith(endpoint) || endpoint.isEmpty();
            boolean yes = step.path("taken").asBoolean();
            if (decision) {
                endpoint = step.path("subject").asText().split(" ", 2)[0];
                asked++;
                allowed += yes ? 1 : 0;
            }
            table.row(
                    step.path("subject").asText(),
                    decision ? yes ? "yes" : "no" : "",
                    step.path("reason").asText());
        }
        return verdict(body, table, json, asked, allowed);
    }

    /** {@return a host; {@code NAMESPACE/NAME:PORT}, as meshctl writes services elsewhere, by the name that DNS has for it} */
    static String host(String service) {
        int slash = service.indexOf('/');
        if (slash < 0) {
            return service;
        }
        int colon = service.indexOf(':', slash);
        int end = colon < 0 ? service.length() : colon;
        return service.substring(slash + 1, end) + "." + service.substring(0, slash) + service.substring(end);
    }

    private int verdict(JsonNode body, Table table, boolean json, int asked, int allowed) throws IOException {
        String verdict =
                asked == 0 ? "unknown" : allowed == asked ? "yes" : allowed == 0 ? "no" : "some endpoints only";
        if (json) {
            ObjectNode answer = Api.JSON.createObjectNode().put("verdict", verdict);
            answer.put("outcome", body.path("outcome").asText());
            answer.set("steps", body.path("steps"));
            out().println(json(answer));
        } else if (asked == 0) {
            out().println("unknown: " + body.path("outcome").asText());
        } else {
            out().println(verdict);
            table.print(out());
        }
        return asked > 0 && allowed == asked ? ExitCode.OK : ExitCode.FINDINGS;
    }
}
