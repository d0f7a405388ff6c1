package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description =
                "Shows every connected process and whether it runs the newest configuration and has a good certificate;"
                        + " and the control servers, if there are several.")
final class StatusCommand extends MeshCommand {

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.WideTables.class,
            description = "table, wide or json. wide adds serial numbers of certificates and the roots trusted.")
    private String output = "table";

    @Mixin
    private final Watch watch = new Watch();

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "table", "wide", "json");
        String path = "/inmesh/v1/status" + (namespaceGiven() ? "?namespace=" + Api.encoded(namespace()) : "");
        return watch.run(out(), () -> api.get(path).orFail(), this::show);
    }

    private int show(JsonNode body) throws IOException {
        if (output.equals("json")) {
            out().println(json(body));
            return ExitCode.OK;
        }
        Map<String, JsonNode> workloads = new TreeMap<>();
        body.path("workloads").forEach(w -> workloads.put(w.path("name").asText(), w));
        boolean wide = output.equals("wide");
        List<String> header = new ArrayList<>(
                List.of("NAME", "NAMESPACE", "IDENTITY", "CONFIG", "HEALTH", "CONNECTED", "CERT LEFT", "VERSION"));
        if (wide) {
            header.addAll(List.of("SERIAL", "ROOTS"));
        }
        Table table = new Table(header);
        boolean wrong = false;
        for (JsonNode process : body.path("processes")) {
            String state = process.path("state").asText();
            wrong |= state.equals("REJECTED") || CertificateColumn.ailing(process);
            JsonNode workload = workloads.remove(process.path("name").asText());
            List<String> row = new ArrayList<>(List.of(
                    process.path("name").asText(),
                    process.path("namespace").asText(),
                    process.path("serviceAccount").asText(),
                    state,
                    workload == null ? "-" : workload.path("health").asText(),
                    Table.age(process.path("connectedSince").asText()),
                    CertificateColumn.left(process),
                    process.path("userAgent").asText()));
            if (wide) {
                row.addAll(List.of(CertificateColumn.serial(process), CertificateColumn.roots(process)));
            }
            table.row(row);
        }
        workloads
                .values()
                .forEach(w -> table.row(padded(
                        header.size(),
                        List.of(
                                w.path("name").asText(),
                                w.path("namespace").asText(),
                                w.path("serviceAccount").asText(),
                                "-",
                                w.path("health").asText(),
                                "gone"))));
        table.print(out());
        for (JsonNode process : body.path("processes")) {
            for (JsonNode type : process.path("types")) {
                if (!type.path("rejection").asText().isEmpty()) {
                    out().println(process.path("name").asText() + " refused "
                            + type.path("type").asText() + ": "
                            + type.path("rejection").asText());
                }
            }
        }
        for (JsonNode process : body.path("processes")) {
            String trouble = CertificateColumn.trouble(process);
            if (!trouble.isEmpty()) {
                out().println(process.path("name").asText() + ": " + trouble);
            }
            process.path("unenforced")
                    .forEach(u -> out().println(process.path("name").asText() + ": "
                            + u.path("resource").asText() + ": "
                            + u.path("field").asText() + ": " + u.path("reason").asText()));
        }
        body.path("unenforced")
                .forEach(u -> out().println("not enforced: "
                        + u.path("resource").asText() + ": " + u.path("reason").asText()));
        replicas(body.path("replicas"));
        Silence.of(body).forEach(out()::println);
        if (body.path("openOnLoopback").asBoolean()) {
            out().println("access: whoever is on the server's machine may do everything without credentials");
        }
        body.path("sources").forEach(source -> source(source));
        body.path("clusters").forEach(cluster -> cluster(cluster));
        body.path("folderProblems").forEach(problem -> out().println("problem: " + problem.asText()));
        return wrong ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private void source(JsonNode source) {
        int vanished = source.path("vanished").asInt();
        String problem = source.path("problem").asText();
        out().println("source " + source.path("name").asText() + " ("
                + source.path("type").asText() + "): "
                + source.path("state").asText().toLowerCase(Locale.ROOT) + " for "
                + Table.age(source.path("since").asText()) + ", "
                + source.path("services").asInt() + " services, "
                + source.path("endpoints").asInt() + " endpoints"
                + (vanished == 0
                        ? ""
                        : ", of which " + vanished + " have vanished and "
                                + (source.path("frozen").asBoolean() ? "are kept" : "go bit by bit"))
                + (problem.isEmpty() ? "" : ": " + problem));
    }

    private void cluster(JsonNode cluster) {
        String problem = cluster.path("problem").asText();
        int refusals = cluster.path("refusals").asInt();
        int vanished = cluster.path("vanished").asInt();
        String age =
                cluster.has("since") ? " for " + Table.age(cluster.path("since").asText()) : "";
        out().println("configuration of cluster " + cluster.path("name").asText() + ": "
                + cluster.path("state").asText().toLowerCase(Locale.ROOT) + age + ", "
                + cluster.path("objects").asInt() + " resources"
                + (refusals == 0 ? "" : ", of which " + refusals + " are not taken")
                + (vanished == 0
                        ? ""
                        : ", and " + vanished + " that have vanished and are kept "
                                + (cluster.path("frozen").asBoolean() ? "for now" : "for a moment"))
                + (problem.isEmpty() ? "" : ": " + problem));
        cluster.path("refused")
                .forEach(refused -> out().println("not taken: "
                        + refused.path("resource").asText() + ": "
                        + refused.path("reason").asText()));
    }

    /** One server says nothing new of itself. */
    private void replicas(JsonNode replicas) {
        if (replicas.size() < 2) {
            return;
        }
        Set<String> roots = new TreeSet<>();
        for (JsonNode replica : replicas) {
            roots.add(replica.path("root").asText());
            out().println("control server " + replica.path("name").asText() + " at "
                    + replica.path("grpc").asText() + ": "
                    + replica.path("processes").asInt() + " processes, version "
                    + replica.path("version").asText() + ", for "
                    + Table.age(replica.path("since").asText())
                    + (replica.path("leads").asBoolean() ? ", leads" : "")
                    + (replica.path("answers").asBoolean() ? ", has answered this" : ""));
            String unreachable = replica.path("unreachable").asText();
            if (!unreachable.isEmpty()) {
                out().println("control server " + replica.path("name").asText() + " at "
                        + replica.path("grpc").asText()
                        + " cannot be reached by the one that has answered, and lacks what processes report there: "
                        + unreachable);
            }
        }
        if (roots.size() > 1) {
            out().println(
                            "control servers: they sign below different roots, which lasts no longer than a moment unless one of them"
                                    + " cannot take over what another has done to the authority; its status and log say why");
        }
    }

    /** A row of a process that is not there, of which not everything is known. */
    private static List<String> padded(int columns, List<String> known) {
        List<String> row = new ArrayList<>(known);
        row.addAll(Collections.nCopies(columns - known.size(), "-"));
        return row;
    }
}
