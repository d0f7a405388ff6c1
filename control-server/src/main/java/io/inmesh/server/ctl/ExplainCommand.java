package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        description = {
            "Says what would become of a request, and why.",
            "With the id of a request that failed lately instead of a URL: what became of it, and why."
        })
final class ExplainCommand extends MeshCommand {

    @Parameters(
            index = "0",
            paramLabel = "URL or ID",
            description = "Such as http://reviews:9080/reviews/0, or an x-request-id or trace id.")
    private String url = "";

    @Option(
            names = "--from",
            defaultValue = "default",
            description = "Service account of the caller. Default: ${DEFAULT-VALUE}")
    private String from = "default";

    @Option(names = "--label", description = "Label of the caller, name=value.")
    private Map<String, String> labels = Map.of();

    @Option(names = "--locality", description = "Where the caller runs, region/zone/subzone. Default: unknown.")
    private String locality = "";

    @Option(
            names = {"-X", "--request"},
            defaultValue = "GET",
            description = "Method. Default: ${DEFAULT-VALUE}")
    private String method = "GET";

    @Option(
            names = {"-H", "--header"},
            description = "Header, name=value.")
    private Map<String, String> headers = Map.of();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            completionCandidates = Forms.Texts.class,
            description = "text or json.")
    private String output = "text";

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "text", "json");
        if (!url.contains("/")) {
            return seen(api);
        }
        URI target;
        try {
            target = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.USAGE, "\"" + url + "\" is not a URL");
        }
        if (target.getAuthority() == null) {
            throw new Failure(ExitCode.USAGE, "the URL needs a host, such as http://reviews:9080/reviews/0");
        }
        ObjectNode request = Api.JSON
                .createObjectNode()
                .put("namespace", namespace())
                .put("serviceAccount", from)
                .put("locality", locality)
                .put("method", method)
                .put("authority", authority(target))
                .put("path", pathOf(target));
        ObjectNode headerNode = request.putObject("headers");
        headers.forEach(headerNode::put);
        ObjectNode labelNode = request.putObject("labels");
        labels.forEach(labelNode::put);
        Api.Answer answer = api.post("/inmesh/v1/explain", "application/json", request.toString());
        JsonNode body = answer.orFail();
        if (output.equals("json")) {
            out().println(json(body));
            return ExitCode.OK;
        }
        out().println(body.path("outcome").asText());
        for (JsonNode step : body.path("steps")) {
            out().println("  " + (step.path("taken").asBoolean() ? "✓ " : "· ")
                    + step.path("stage")
                            .asText()
                            .toLowerCase(java.util.Locale.ROOT)
                            .replace('_', ' ') + " "
                    + step.path("subject").asText() + ": " + step.path("reason").asText()
                    + (step.path("source").asText().isEmpty()
                            ? ""
                            : "  [" + step.path("source").asText() + "]"));
        }
        return ExitCode.OK;
    }

    /** What processes remember of a request that they have seen. */
    private int seen(Api api) throws Failure, IOException {
        ObjectNode request =
                Api.JSON.createObjectNode().put("requestId", url).put("namespace", namespaceGiven() ? namespace() : "");
        JsonNode body = api.post("/inmesh/v1/live/find", "application/json", request.toString())
                .orFail();
        Silence.tell(body, this);
        if (output.equals("json")) {
            out().println(json(body));
        } else {
            List<JsonNode> seen = new ArrayList<>();
            body.path("seen").forEach(seen::add);
            seen.sort(Comparator.comparing(one -> one.path("time").asText()));
            seen.forEach(one -> LiveText.whole(one, out()));
            body.path("refusals")
                    .forEach(refusal -> err().println(refusal.path("process").asText() + ": "
                            + refusal.path("refusal").asText()));
        }
        if (body.path("seen").isEmpty()) {
            err().println("none of " + body.path("asked").asText() + " processes remembers request " + url
                    + "; they remember those that failed lately, and few of the others");
            return ExitCode.FINDINGS;
        }
        return ExitCode.OK;
    }

    /** A URL without a port asks for its scheme's, where the mesh may know the host or not (RFC 9110, sections 4.2.1 and 4.2.2). */
    private static String authority(URI target) {
        boolean plain = target.getHost() != null && target.getPort() < 0;
        return target.getAuthority() + (plain ? "https".equalsIgnoreCase(target.getScheme()) ? ":443" : ":80" : "");
    }

    /** A URL without a path asks for the root (RFC 9112, section 3.2.1). */
    private static String pathOf(URI target) {
        String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        return target.getRawQuery() == null ? path : path + "?" + target.getRawQuery();
    }
}
