package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "routes",
        description =
                "What calls to a service came to by route: effective as applications experience them, actual as they were sent."
                        + " The difference is what retries make up for.")
final class RoutesCommand extends GraphCommand {

    @Parameters(index = "0", paramLabel = "SERVICE", description = "A service, by short or full name.")
    @Offered(Offer.SERVICES)
    private String service = "";

    @Option(names = "--sources", description = "Each caller on a row of its own.")
    private boolean sources;

    @Override
    JsonNode fetch(Api api) throws Failure {
        return ask(api, "/inmesh/v1/graph/routes", "service", service, "sources", Boolean.toString(sources));
    }

    @Override
    List<String> header() {
        return List.of(
                "ROUTE",
                "SOURCE",
                "EFFECTIVE_SUCCESS",
                "EFFECTIVE_RPS",
                "ACTUAL_SUCCESS",
                "ACTUAL_RPS",
                "P50",
                "P95",
                "P99",
                "RETRY%",
                "SERVICE",
                "HTTP_4XX",
                "HTTP_5XX",
                "GRPC",
                "TRANSPORT",
                "REJECTED",
                "CANCELLED");
    }

    @Override
    int narrow() {
        return header().indexOf("SERVICE");
    }

    @Override
    JsonNode selected(JsonNode answer) {
        return answer;
    }

    @Override
    List<Row> rows(JsonNode answer) throws Failure {
        List<Row> rows = new ArrayList<>();
        for (JsonNode route : answer.path("routes")) {
            JsonNode calls = route.path("effective");
            JsonNode attempts = route.path("actual");
            String name = route.path("route").asText();
            rows.add(new Row(
                    name.isEmpty() ? "(none)" : name,
                    route.path("health").asText(),
                    List.of(
                            name.isEmpty() ? "(none)" : name,
                            route.has("source")
                                    ? nameOf(null, route.path("source").asText())
                                    : "(all)",
                            percent(calls.path("success")),
                            rate(calls.path("rps")),
                            percent(attempts.path("success")),
                            rate(attempts.path("rps")),
                            duration(calls.path("p50")),
                            duration(calls.path("p95")),
                            duration(calls.path("p99")),
                            percent(route.path("retries")),
                            route.path("service").asText() + ":"
                                    + route.path("port").asText(),
                            attempts.path("http4xx").asText(),
                            attempts.path("http5xx").asText(),
                            counts(attempts.path("grpc")),
                            counts(attempts.path("transport")),
                            counts(calls.path("reasons")),
                            calls.path("cancelled").asText())));
        }
        if (rows.isEmpty()) {
            throw new Failure(ExitCode.FINDINGS, "nobody called " + service + " in that time; see meshctl stat");
        }
        return rows;
    }
}
