package io.inmesh.external;

import io.inmesh.config.ExternalProtocol.Http;
import io.inmesh.config.HeaderNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How an external authorizer is asked by HTTP, and what its response means. Source: Envoy's {@code ext_authz} filter with an {@code
 * HttpService}.
 */
public final class HttpCheck {

    /** Of the check as a message rather than of the request it is about (RFC 9110, section 7.6.1), and what the transport writes itself. */
    private static final Set<String> TRANSPORT = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Says something of the authorizer's body, which an approval drops. */
    private static final Set<String> OF_BODY = Set.of("content-encoding", "content-type", "date");

    private static final Set<String> ALWAYS_ON_DENIAL = Set.of("location", "www-authenticate");
    private static final String REMOVE = "x-envoy-auth-headers-to-remove";
    private static final int OK = 200;
    private static final int SERVER_ERROR = 500;

    private HttpCheck() {}

    /**
     * A request to an authorizer; it has no body.
     *
     * @param method the method that is checked
     * @param path the path that is checked, behind the configured prefix
     * @param query the query that is checked, null without one
     * @param headers by lower case name; each name once
     */
    public record Question(
            String method, String path, @Nullable String query, Map<String, String> headers) {
        /** Copies the map. */
        public Question {
            headers = Map.copyOf(headers);
        }
    }

    /** {@return what to send to an authorizer that speaks {@code http}} */
    public static Question question(ExternalCheck check, Http http) {
        Map<String, String> headers = new LinkedHashMap<>();
        check.headers().forEach((name, value) -> {
            boolean chosen = name.equals("authorization") || http.sent().contains(name);
            if (chosen && !TRANSPORT.contains(name)) {
                headers.put(name, value);
            }
        });
        headers.put("host", check.host());
        // A denial's body goes to the caller as it is, who may not have asked for an encoding.
        headers.put("accept-encoding", "identity");
        http.added().forEach(header -> headers.put(header.getKey(), header.getValue()));
        int query = check.path().indexOf('?');
        String path = query < 0 ? check.path() : check.path().substring(0, query);
        return new Question(
                check.method(),
                http.pathPrefix() + path,
                query < 0 ? null : check.path().substring(query + 1),
                headers);
    }

    /**
     * {@return what a response means}
     *
     * @param headers by name, in order
     * @param body as text; needed unless the status is 200 or that of a server's failure
     */
    public static ExternalAnswer answer(Http http, int status, List<Map.Entry<String, String>> headers, String body) {
        if (status >= SERVER_ERROR) {
            return new ExternalAnswer.Failed("it answered with status " + status);
        }
        Map<String, List<String>> byName = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!TRANSPORT.contains(name)) {
                byName.computeIfAbsent(name, first -> new ArrayList<>()).add(header.getValue());
            }
        }
        List<String> removed = removed(byName.remove(REMOVE));
        return status == OK ? allowed(http, byName, removed) : denied(http, status, byName, body);
    }

    private static List<String> removed(@Nullable List<String> lists) {
        return lists == null
                ? List.of()
                : lists.stream()
                        .flatMap(list -> Arrays.stream(list.split(",", -1)))
                        .map(name -> name.strip().toLowerCase(Locale.ROOT))
                        .filter(name -> !name.isEmpty())
                        .toList();
    }

    private static ExternalAnswer allowed(Http http, Map<String, List<String>> headers, List<String> removed) {
        headers.keySet().removeAll(OF_BODY);
        List<Map.Entry<String, String>> shown = new ArrayList<>();
        headers.forEach((name, values) -> {
            if (http.shown().contains(name)) {
                shown.add(Map.entry(name, HeaderValues.joined(name, values)));
            }
        });
        return new ExternalAnswer.Allowed(shown, List.of(), removed, chosen(http.answeredWith()::contains, headers));
    }

    private static ExternalAnswer denied(Http http, int status, Map<String, List<String>> headers, String body) {
        headers.remove("date");
        if (headers.remove("content-encoding") != null) {
            // Not what was asked for, and no text.
            return new ExternalAnswer.Denied(status, List.of(), "");
        }
        HeaderNames names = http.deniedWith();
        return new ExternalAnswer.Denied(
                status,
                chosen(name -> names.isEmpty() || names.contains(name) || ALWAYS_ON_DENIAL.contains(name), headers),
                body);
    }

    private static List<Map.Entry<String, String>> chosen(Predicate<String> names, Map<String, List<String>> headers) {
        List<Map.Entry<String, String>> chosen = new ArrayList<>();
        headers.forEach((name, values) -> {
            if (names.test(name)) {
                values.forEach(value -> chosen.add(Map.entry(name, value)));
            }
        });
        return chosen;
    }
}
