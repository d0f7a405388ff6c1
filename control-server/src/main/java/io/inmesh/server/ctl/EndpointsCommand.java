package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "endpoints",
        description =
                "What discovery answers for a service: where its copies are and how they are. All namespaces unless -n is given.")
final class EndpointsCommand extends GraphCommand {

    @Parameters(index = "0", paramLabel = "SERVICE", description = "A service, by short or full name.")
    @Offered(Offer.SERVICES)
    private String service = "";

    @Option(
            names = "--as",
            paramLabel = "CALLER",
            description =
                    "What is answered to this caller, by what its namespace may see: NAMESPACE/WORKLOAD, or NAMESPACE.")
    private @Nullable String as;

    @Override
    JsonNode fetch(Api api) throws Failure {
        if (windowGiven()) {
            throw new Failure(ExitCode.USAGE, "--window is not for endpoints, which are shown as they are now");
        }
        JsonNode body = as == null
                ? ask(api, "/inmesh/v1/services")
                : ask(api, "/inmesh/v1/services", "as", as.split("/", 2)[0]);
        Silence.tell(body, this);
        return body;
    }

    @Override
    List<String> header() {
        return List.of(
                "ADDRESS",
                "ZONE",
                "WEIGHT",
                "HEALTH",
                "PASSED_OVER_BY",
                "MTLS",
                "CONFIG",
                "WORKLOAD",
                "SERVICE",
                "NAMESPACE",
                "ACCOUNT",
                "LABELS",
                "SOURCE",
                "FROM",
                "SEEN",
                "CONNECTED");
    }

    @Override
    String nothing(String asked) {
        return service + " has no endpoints; meshctl explain says what calls to it come to";
    }

    @Override
    int narrow() {
        return header().indexOf("SERVICE");
    }

    @Override
    ArrayNode selected(JsonNode answer) throws Failure {
        ArrayNode services = where(
                answer.path("services"),
                one -> one.path("host").asText().equals(service)
                        || one.path("name").asText().equals(service)
                        || (one.path("name").asText() + "."
                                        + one.path("namespace").asText())
                                .equals(service));
        if (services.isEmpty()) {
            throw new Failure(
                    ExitCode.FINDINGS,
                    "there is no service " + service + (as == null ? "" : " that " + as + " may see")
                            + "; see meshctl get services");
        }
        return services;
    }

    @Override
    List<Row> rows(JsonNode answer) throws Failure {
        List<Row> rows = new ArrayList<>();
        for (JsonNode one : selected(answer)) {
            for (JsonNode instance : one.path("instances")) {
                for (String port : ports(one, instance)) {
                    rows.add(row(one, instance, port));
                }
            }
        }
        return rows;
    }

    private static List<String> ports(JsonNode service, JsonNode instance) {
        List<String> ports = new ArrayList<>();
        for (JsonNode port : service.path("ports")) {
            String number = port.path("number").asText();
            JsonNode own = instance.path("ports");
            ports.add(
                    own.path(port.path("name").asText()).asText(own.path(number).asText(number)));
        }
        return ports;
    }

    /** {@return a caller that sends it no calls, with why, and how many others there are} */
    private static String passedOverBy(JsonNode instance) {
        JsonNode callers = instance.path("unusableTo");
        if (callers.isEmpty()) {
            return "-";
        }
        JsonNode first = callers.get(0);
        String text = first.path("namespace").asText() + "/"
                + first.path("workload").asText() + " (" + first.path("why").asText() + ")";
        return callers.size() == 1 ? text : text + " and " + (callers.size() - 1) + " more";
    }

    /** {@return who named it; an endpoint that its registry does not name any more, or has not yet again, says so} */
    private static String from(JsonNode origin) {
        String source = origin.path("source").asText();
        if (origin.path("vanished").asBoolean()) {
            return source + " (vanished)";
        }
        return origin.has("type") && !origin.has("confirmed") ? source + " (earlier)" : source;
    }

    /** {@return how bad it is, in the words of {@code --threshold}: nobody is to call it, or somebody does not} */
    private static String judged(JsonNode instance) {
        String health = instance.path("health").asText();
        if (health.equals("UNHEALTHY")) {
            return "FAILING";
        }
        return health.equals("HEALTHY") && instance.path("unusableTo").isEmpty() ? "HEALTHY" : "DEGRADED";
    }

    private static Row row(JsonNode service, JsonNode instance, String port) {
        JsonNode process = instance.path("process");
        String address = instance.path("address").asText();
        String shown = (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
        StringBuilder labels = new StringBuilder();
        instance.path("labels")
                .properties()
                .forEach(label -> labels.append(labels.isEmpty() ? "" : ",")
                        .append(label.getKey())
                        .append('=')
                        .append(label.getValue().asText()));
        return new Row(
                shown,
                judged(instance),
                List.of(
                        shown,
                        instance.path("locality").asText(),
                        instance.path("weight").asText(),
                        instance.path("health").asText(),
                        passedOverBy(instance),
                        instance.path("meshTls").asBoolean() ? "yes" : "no",
                        process.path("state").asText(),
                        instance.path("name").asText(),
                        service.path("host").asText(),
                        service.path("namespace").asText(),
                        instance.path("serviceAccount").asText(),
                        labels.toString(),
                        service.path("source").asText(),
                        from(instance.path("origin")),
                        Table.age(instance.path("origin").path("since").asText()),
                        Table.age(process.path("connectedSince").asText())));
    }
}
