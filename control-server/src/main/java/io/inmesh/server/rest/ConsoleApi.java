package io.inmesh.server.rest;

import io.inmesh.server.console.ConsoleFile;
import io.inmesh.server.console.ConsoleFiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Sends the web console. Its files are the same for everybody and hold nothing of the mesh, so nobody is asked who they are; what the page
 * shows it asks the other paths for.
 */
final class ConsoleApi {

    /** Only what this server sends itself, and no script or style within the page. */
    private static final String PAGE_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** The page that login links lead to. What they hold is in the fragment, which browsers do not send. */
    static final List<String> LOGIN = List.of("console", "login");

    private static final String FOR_GOOD = "public, max-age=31536000, immutable";
    private static final String ASK_AGAIN = "no-cache";

    private final ConsoleFiles files;

    ConsoleApi(ConsoleFiles files) {
        this.files = files;
    }

    /** {@return whether a path is the console's, or the root, which leads to it} */
    static boolean knows(List<String> path) {
        return path.isEmpty() || path.get(0).equals("console");
    }

    void handle(Exchange exchange, List<String> path) throws HttpProblem {
        if (!List.of("GET", "HEAD").contains(exchange.method())) {
            throw HttpProblem.notAllowed(exchange.method() + " is not supported here");
        }
        List<String> asked = exchange.path();
        if (path.isEmpty() || asked.equals(List.of("console"))) {
            exchange.file(302, Map.of("Location", "/console/", "Content-Type", "text/plain"), new byte[0]);
        } else if (path.size() == 1) {
            send(exchange, files.page(ConsoleFiles.INDEX), ASK_AGAIN);
        } else if (asked.equals(LOGIN)) {
            send(exchange, files.page(ConsoleFiles.LOGIN), ASK_AGAIN);
        } else {
            // Files of another version of the server are not there; the page then asks to be loaded again.
            ConsoleFile found = path.get(1).equals(files.build())
                    ? files.find(String.join("/", asked.subList(2, asked.size())))
                            .orElse(null)
                    : null;
            if (found == null) {
                throw HttpProblem.notFound("/" + String.join("/", asked));
            }
            send(exchange, found, FOR_GOOD);
        }
    }

    private static void send(Exchange exchange, ConsoleFile file, String caching) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Security-Policy", PAGE_POLICY);
        headers.put("Cache-Control", caching);
        headers.put("ETag", file.etag());
        headers.put("Vary", "Accept-Encoding");
        headers.put("Content-Type", file.contentType());
        if (exchange.header(HttpHeader.IF_NONE_MATCH).contains(file.etag())) {
            exchange.file(304, headers, new byte[0]);
            return;
        }
        boolean compressed = file.shrinks() && takesGzip(exchange.header(HttpHeader.ACCEPT_ENCODING));
        if (compressed) {
            headers.put("Content-Encoding", "gzip");
        }
        exchange.file(200, headers, compressed ? file.gzip() : file.plain());
    }

    private static boolean takesGzip(String accepted) {
        for (String coding : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
            String plain = coding.replace(" ", "");
            if (plain.equals("gzip") || (plain.startsWith("gzip;") && !plain.matches("gzip;q=0(\\.0*)?"))) {
                return true;
            }
        }
        return false;
    }
}
