package io.inmesh.server.rest;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Keeps web pages out. A server on loopback, or one that a browser has credentials for, is reachable by every page its user opens: by a
 * name that resolves to it (DNS rebinding), or by a form posted across sites. Programs send neither header, so they notice nothing.
 */
final class Gate {

    private static final List<String> OWN_SITES = List.of("", "none", "same-origin");

    /** {@code /console/}. */
    private static final List<String> CONSOLE_PAGE = List.of("console", "");

    private final Set<String> hosts;
    private final String scheme;

    /**
     * Makes a gate.
     *
     * @param hosts names and addresses under which the server may be called, without ports; IPv6 addresses without brackets
     * @param tls whether it is called over TLS
     */
    Gate(Set<String> hosts, boolean tls) {
        this.hosts = Set.copyOf(hosts);
        this.scheme = tls ? "https://" : "http://";
    }

    void check(Exchange exchange) throws HttpProblem {
        String name = hostOf(exchange.header(HttpHeader.HOST));
        if (!hosts.contains(name)) {
            throw new HttpProblem(
                    421,
                    "MisdirectedRequest",
                    "this server does not answer to \"" + name + "\"; add it to access.hosts of the settings file");
        }
        String origin = exchange.header(HttpHeader.ORIGIN);
        boolean own = origin.isEmpty() || origin.equals(scheme + exchange.header(HttpHeader.HOST));
        boolean ownSite = OWN_SITES.contains(exchange.header("Sec-Fetch-Site"))
                || followsLinkTo(exchange, CONSOLE_PAGE)
                || followsLinkTo(exchange, OidcApi.CALLBACK);
        if (!own || !ownSite) {
            throw new HttpProblem(403, "Forbidden", "pages of other sites have no business here");
        }
        if (List.of("POST", "PUT", "PATCH").contains(exchange.method())) {
            String type = exchange.header(HttpHeader.CONTENT_TYPE).toLowerCase(Locale.ROOT);
            boolean review = type.startsWith(ReviewMessages.CONTENT_TYPE)
                    && exchange.path().equals(AccessReviews.MAY);
            if (!review && !type.contains("json") && !type.contains("yaml")) {
                throw new HttpProblem(
                        415,
                        "UnsupportedMediaType",
                        "send JSON or YAML with Content-Type: application/json or application/yaml, not \"" + type
                                + "\"");
            }
        }
    }

    /**
     * Somebody may follow a link in a chat or a wiki to the console's page: it does nothing by being opened, and cannot be framed. And who has
     * logged in at an issuer comes from there, with what proves that the login was begun here.
     */
    private static boolean followsLinkTo(Exchange exchange, List<String> path) {
        return exchange.method().equals("GET")
                && exchange.path().equals(path)
                && exchange.header("Sec-Fetch-Mode").equals("navigate")
                && exchange.header("Sec-Fetch-Dest").equals("document");
    }

    /** {@return the name in a Host header, without its port and brackets, in lower case} */
    private static String hostOf(String host) {
        String name = host.startsWith("[") && host.contains("]")
                ? host.substring(1, host.indexOf(']'))
                : host.split(":", 2)[0];
        return name.toLowerCase(Locale.ROOT);
    }
}
