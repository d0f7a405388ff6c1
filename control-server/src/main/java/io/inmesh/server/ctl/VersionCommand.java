package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ctl.Listing.Column;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;

@Command(
        name = "version",
        description =
                "Shows the versions of this tool, of the control server, and of the connected processes with their number.")
final class VersionCommand extends ListCommand {

    VersionCommand() {
        super(Listing.of(
                "components",
                "component",
                Column.of("COMPONENT", "component"),
                Column.of("VERSION", "version"),
                Column.of("COUNT", "count")));
    }

    @Override
    JsonNode answer(Api api) throws Failure, IOException {
        ObjectNode answer = Api.JSON.createObjectNode();
        ArrayNode components = answer.putArray("components");
        String own = VersionCommand.class.getPackage().getImplementationVersion();
        component(components, "meshctl", own == null ? "dev" : own, 1);
        // Whoever is not let in, or finds no server, still learns what it runs itself.
        try {
            component(
                    components,
                    "control-server",
                    api.get("/version").orFail().path("gitVersion").asText("-"),
                    1);
            Api.Answer status =
                    api.get("/inmesh/v1/status" + (namespaceGiven() ? "?namespace=" + Api.encoded(namespace()) : ""));
            if (status.ok()) {
                processes(components, status.body());
            } else {
                err().println("meshctl: processes are not counted: " + status.message());
            }
        } catch (Failure failure) {
            err().println("meshctl: " + failure.getMessage());
        }
        return answer;
    }

    /** By what they call themselves, such as {@code inmesh-java 1.2}. */
    private static void processes(ArrayNode components, JsonNode status) {
        Map<String, Integer> counts = new TreeMap<>();
        status.path("processes")
                .forEach(process -> counts.merge(process.path("userAgent").asText(), 1, Integer::sum));
        counts.forEach((agent, count) -> {
            int space = agent.lastIndexOf(' ');
            component(
                    components,
                    space < 0 ? agent : agent.substring(0, space),
                    space < 0 ? "-" : agent.substring(space + 1),
                    count);
        });
    }

    private static void component(ArrayNode components, String name, String version, int count) {
        components
                .addObject()
                .put("component", name.isEmpty() ? "-" : name)
                .put("version", version)
                .put("count", count);
    }
}
