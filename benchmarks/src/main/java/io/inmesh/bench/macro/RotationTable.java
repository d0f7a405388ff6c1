package io.inmesh.bench.macro;

import java.util.Locale;

/** What {@link RotationSoak} has seen, as a table in Markdown. */
final class RotationTable {

    private static final double NANOS_PER_MILLI = 1e6;

    private RotationTable() {}

    static String of(RotationSoak.Report report) {
        RotationClient.Result client = report.client();
        RotationServer.Seen server = report.server();
        StringBuilder table = new StringBuilder("| | |\n| --- | ---: |\n");
        row(table, "duration, s", report.seconds());
        calls(table, "HTTP", client.http());
        calls(table, "gRPC", client.grpc());
        row(table, "stream: messages answered", client.stream().answers());
        row(table, "stream: lives, ms", client.stream().livesMillis());
        row(table, "stream: ends", client.stream().ends());
        row(table, "stream: longest silence, ms", client.stream().longestSilenceMillis());
        row(table, "leaves of the client, of the server", client.leaves() + ", " + server.leaves());
        row(table, "epochs of the client, of the server", client.epochs() + ", " + server.epochs());
        row(table, "handshakes: HTTP, gRPC", server.httpHandshakes() + ", " + server.grpcConnections());
        row(table, "handshakes refused by the server", server.failedHandshakes());
        row(table, "root replaced in, ms", report.rotationMillis());
        for (RotationClient.Proof proof : report.proofs()) {
            row(
                    table,
                    "certificate of the removed root: as caller, as server",
                    proof.made()
                            ? proof.asCaller() + ", " + proof.asServer() + " (" + proof.leftMillis()
                                    + " ms before its end)"
                            : "none was left that had not ended");
        }
        return table.toString().stripTrailing();
    }

    private static void calls(StringBuilder table, String what, Sample sample) {
        row(
                table,
                what + ": calls, failed, not sent",
                sample.calls() + ", " + sample.errors() + ", " + sample.unsent());
        row(
                table,
                what + ": p50, p99, longest, ms",
                String.format(
                        Locale.ROOT,
                        "%.1f, %.1f, %.1f",
                        sample.p50Nanos() / NANOS_PER_MILLI,
                        sample.p99Nanos() / NANOS_PER_MILLI,
                        sample.maxNanos() / NANOS_PER_MILLI));
    }

    private static void row(StringBuilder table, String what, Object value) {
        table.append("| ").append(what).append(" | ").append(value).append(" |\n");
    }
}
