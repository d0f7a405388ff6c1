package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ca.AuditEntry;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

@Command(name = "audit", description = "Shows what was done and refused, and whether that record is whole.")
final class AuditCommand extends MeshCommand {

    @Option(
            names = "--since",
            description =
                    "Only entries of that time or later: 2026-06-01T12:00:00Z, or how long ago: 90s, 30m, 2h, 7d.")
    private @Nullable String since;

    @Option(names = "--event", description = "Only entries of that event, such as certificate-issued.")
    private String event = "";

    @Option(
            names = "--verify",
            description = "Computes all hashes again and says whether any entry was changed or taken out.")
    private boolean verify;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            completionCandidates = Forms.Tables.class,
            description = "table or json (one entry a line).")
    private String output = "table";

    @Override
    int run(Api api) throws Failure, IOException {
        oneOf(output, "table", "json");
        return verify ? verify(api) : list(api);
    }

    private int list(Api api) throws Failure {
        String query = "&event=" + Api.encoded(event) + "&since=" + (since == null ? "" : Api.encoded(time(since)));
        Table table = new Table("NUMBER", "TIME", "EVENT", "ACTOR", "FACTS");
        for (long from = 1; from > 0; ) {
            JsonNode page = api.get("/inmesh/v1/audit?from=" + from + query).orFail();
            for (JsonNode node : page.path("entries")) {
                if (output.equals("json")) {
                    out().println(node);
                } else {
                    AuditEntry entry = AuditEntry.of(node);
                    table.row(
                            Long.toString(entry.number()),
                            entry.time().toString(),
                            entry.event(),
                            entry.actor(),
                            facts(entry));
                }
            }
            from = page.path("next").asLong(0);
        }
        if (output.equals("table")) {
            table.print(out());
        }
        return ExitCode.OK;
    }

    /** Here, not there: the server is what one would not have to trust. */
    private int verify(Api api) throws Failure {
        long count = 0;
        String previous = null;
        String head = "";
        for (long from = 1; from > 0; ) {
            JsonNode page = api.get("/inmesh/v1/audit?from=" + from).orFail();
            for (JsonNode node : page.path("entries")) {
                AuditEntry entry = AuditEntry.of(node);
                if (previous != null && !entry.previous().equals(previous)) {
                    throw new Failure(
                            ExitCode.FINDINGS,
                            "entry " + entry.number()
                                    + " does not follow the one before: one of the two has been changed or taken out");
                }
                previous = entry.hash();
                count++;
            }
            head = page.path("head").path("hash").asText();
            from = page.path("next").asLong(0);
        }
        if (previous != null && !previous.equals(head)) {
            throw new Failure(ExitCode.FINDINGS, "the newest entry is not the one that was written last");
        }
        out().println(count + " entries, all as they were written; newest hash " + head);
        return ExitCode.OK;
    }

    private static String facts(AuditEntry entry) {
        StringBuilder text = new StringBuilder();
        entry.facts()
                .forEach((name, value) -> text.append(text.isEmpty() ? "" : " ")
                        .append(name)
                        .append('=')
                        .append(value.replaceAll("\\p{Cntrl}", " ")));
        return text.toString();
    }

    private static String time(String text) throws Failure {
        try {
            return text.contains(":")
                    ? Instant.parse(text).toString()
                    : Instant.now().minus(new DurationOption().convert(text)).toString();
        } catch (java.time.DateTimeException | TypeConversionException e) {
            throw new Failure(
                    ExitCode.USAGE,
                    "--since is a time such as 2026-06-01T12:00:00Z or a duration such as 2h, not " + text);
        }
    }
}
