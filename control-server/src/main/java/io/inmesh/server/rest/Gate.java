package io.inmesh.server.rest;

import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Keeps web pages out. A server on loopback is reachable by every page its user opens: by a name that resolves to loopback (DNS
 * rebinding), or by a form posted across sites. Programs send neither header, so they notice nothing.
 */
final class Gate {

    private static final List<String> OWN_NAMES = List.of("localhost", "127.0.0.1", "[::1]");
    private static final List<String> OWN_SITES = List.of("", "none", "same-origin");

    private Gate() {}

    static void check(Exchange exchange) throws HttpProblem {
        String name = hostOf(exchange.header(HttpHeader.HOST));
        if (!OWN_NAMES.contains(name)) {
            throw new HttpProblem(
                    421, "MisdirectedRequest", "this server answers to localhost only, not to \"" + name + "\"");
        }
        String origin = exchange.header(HttpHeader.ORIGIN);
        boolean own = origin.isEmpty() || origin.equals("http://" + exchange.header(HttpHeader.HOST));
        if (!own || !OWN_SITES.contains(exchange.header("Sec-Fetch-Site"))) {
            throw new HttpProblem(403, "Forbidden", "pages of other sites have no business here");
        }
        if (List.of("POST", "PUT", "PATCH").contains(exchange.method())) {
            String type = exchange.header(HttpHeader.CONTENT_TYPE).toLowerCase(Locale.ROOT);
            if (!type.contains("json") && !type.contains("yaml")) {
                throw new HttpProblem(
                        415,
                        "UnsupportedMediaType",
                        "send JSON or YAML with Content-Type: application/json or application/yaml, not \"" + type
                                + "\"");
            }
        }
    }

    private static String hostOf(String host) {
        return host.startsWith("[") ? host.substring(0, host.indexOf(']') + 1) : host.split(":", 2)[0];
    }
}
