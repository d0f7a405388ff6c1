package io.inmesh.server.rest;

import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** What every answer tells browsers. Programs do not care. */
final class SecurityHeaders {

    /** What an answer that is data may do in a browser: nothing. */
    private static final String DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

    private static final String ONE_YEAR = "max-age=31536000";

    /** Browsers apply the rule to every port of a host, which on the machine itself would hit other programs. */
    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "[::1]", "::1");

    private SecurityHeaders() {}

    static void put(Request request, HttpFields.Mutable headers) {
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Content-Security-Policy", DATA_POLICY);
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        if (request.isSecure() && !LOCAL.contains(Request.getServerName(request))) {
            headers.put("Strict-Transport-Security", ONE_YEAR);
        }
    }
}
