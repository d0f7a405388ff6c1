package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ctl.Listing.Column;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The deny list on the command line. */
final class DenyCommands {

    private static final String PATH = "/inmesh/v1/ca/denied";

    private DenyCommands() {}

    @Command(
            name = "deny",
            description = "Refuses a certificate or an identity everywhere, within seconds, until it is allowed again.")
    static final class Deny extends MeshCommand {

        @Parameters(
                paramLabel = "SERIAL|SPIFFE-ID",
                description = "Serial number in hexadecimal digits, or spiffe://...")
        private String subject = "";

        @Option(names = "--reason", defaultValue = "", description = "Why, for other operators.")
        private String reason = "";

        @Option(
                names = "--until",
                defaultValue = "",
                description = "From when it is allowed again: a moment (2026-01-31T12:00:00Z) or a duration (24h, 30d)."
                        + " Default: never")
        private String until = "";

        @Override
        int run(Api api) throws Failure, IOException {
            ObjectNode request = Api.JSON
                    .createObjectNode()
                    .put("subject", subject)
                    .put("reason", reason)
                    .put("until", moment(until));
            JsonNode denied =
                    api.post(PATH, "application/json", request.toString()).orFail();
            out().println("denied " + denied.path("subject").asText());
            return ExitCode.OK;
        }

        private static String moment(String text) throws Failure {
            if (text.isEmpty()) {
                return "";
            }
            try {
                return text.contains(":")
                        ? Instant.parse(text).toString()
                        : Instant.now().plus(new DurationOption().convert(text)).toString();
            } catch (DateTimeException | TypeConversionException e) {
                throw new Failure(
                        ExitCode.USAGE,
                        "--until is a time such as 2026-06-01T12:00:00Z or a duration such as 24h, not " + text);
            }
        }
    }

    @Command(name = "allow", description = "Takes a certificate or an identity off the deny list.")
    static final class Allow extends MeshCommand {

        @Parameters(paramLabel = "SERIAL|SPIFFE-ID", description = "As it is on the list.")
        private String subject = "";

        @Override
        int run(Api api) throws Failure, IOException {
            api.delete(PATH + "?subject=" + Api.encoded(subject)).orFail();
            out().println("allowed " + subject);
            return ExitCode.OK;
        }
    }

    @Command(name = "denied", description = "Shows the deny list.")
    static final class Denied extends ListCommand {

        Denied() {
            super(Listing.of(
                    "items",
                    "subject",
                    Column.of("SUBJECT", "subject"),
                    Column.of("SINCE", "created"),
                    Column.of("UNTIL", "until"),
                    Column.of("BY", "createdBy"),
                    Column.of("REASON", "reason")));
        }

        @Override
        JsonNode answer(Api api) throws Failure {
            return api.get(PATH).orFail();
        }
    }
}
