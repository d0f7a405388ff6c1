package io.inmesh.servlet;

import io.inmesh.config.InboundConfig.Mtls;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results as a table: a row for each mode and certificate, which says what all clients met at all servers, and who met something else. */
final class MatrixPage {

    static final List<Mtls> MODES = List.of(Mtls.STRICT, Mtls.PERMISSIVE, Mtls.DISABLE);

    private record Row(Mtls mode, String certificate) {}

    private final Map<Row, Map<String, String>> cells = new LinkedHashMap<>();

    void add(Mtls mode, String certificate, MatrixClient client, MatrixServer server, String met) {
        cells.computeIfAbsent(new Row(mode, certificate), row -> new LinkedHashMap<>())
                .put(client.text + " → " + server.text, met);
    }

    /** {@return how many calls there were} */
    int size() {
        return cells.values().stream().mapToInt(Map::size).sum();
    }

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder("| mode | certificate | result |\n| --- | --- | --- |\n");
        for (Mtls mode : MODES) {
            cells.forEach((row, met) -> {
                if (row.mode() == mode) {
                    table.append("| %s | %s | %s |\n".formatted(mode, row.certificate(), summary(met)));
                }
            });
        }
        return table.toString();
    }

    private static String summary(Map<String, String> met) {
        List<String> all = new ArrayList<>(met.values());
        String usual =
                Collections.max(all, java.util.Comparator.comparing(result -> Collections.frequency(all, result)));
        StringBuilder summary = new StringBuilder(usual);
        met.forEach((who, result) -> {
            if (!result.equals(usual)) {
                summary.append("; but ").append(who).append(": ").append(result);
            }
        });
        return summary.toString();
    }

    static String document(MatrixPage callers, MatrixPage servers, Map<String, String> words) {
        StringBuilder said = new StringBuilder();
        words.forEach((certificate, text) -> said.append("- %s: `%s`\n".formatted(certificate, text)));
        return """
                # Who gets through in which mode

                Made by `MtlsMatrixTest`, and checked by it at every build: OkHttp and gRPC clients call servlets on Jetty, servlets on Tomcat and gRPC servers over
                real sockets, %d times. A row says what all six pairs met, and which of them met something else.

                The servers deny the identity `intruder` by an AuthorizationPolicy and let everybody else in; clients expect the identity `who`. Callers whose certificate
                no process of the mesh would have are plain OkHttp and gRPC clients.

                - **200, caller is X**: answered, and the application was told that X calls.
                - **403 for X, R**: the request arrived as X's and the mesh of the server refused it for R; gRPC callers get `PERMISSION_DENIED`.
                - **no handshake**, **closed**: the connection ended, and the mesh of the server saw no request.
                - **client: …**: the client ended the handshake for that reason and sent no request.

                Tomcat speaks HTTP/1.1 only in plaintext, so gRPC clients get nowhere there. Clients of the mesh use TLS towards DISABLE only if a DestinationRule makes
                them: the control server tells them which endpoints take it.

                ## The caller's certificate

                Here the server's certificate is good.

                %s
                What the server has against each, in its own words; the caller is told an alert only.

                %s
                ## The server's certificate

                Here the caller's certificate is good and the caller insists on mutual TLS.

                %s""".formatted(callers.size() + servers.size(), callers, said, servers);
    }
}
