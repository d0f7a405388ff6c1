package io.inmesh.token;

import io.inmesh.call.InboundCall;
import io.inmesh.call.RequestEdits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what of one request the application is not to see. */
final class Hiding {

    private static final String COOKIE = "cookie";

    private final Set<String> headers;
    private final Set<String> params = new HashSet<>();
    private final Set<String> cookies = new HashSet<>();

    Hiding(Set<String> headers) {
        this.headers = new HashSet<>(headers);
    }

    void header(String name) {
        headers.add(name);
    }

    void param(String name) {
        params.add(name);
    }

    void cookie(String name) {
        cookies.add(name);
    }

    /** {@return the edits, with headers to set} */
    RequestEdits edits(InboundCall call, List<Map.Entry<String, String>> set) {
        if (cookies.isEmpty()) {
            return new RequestEdits(headers, params, cookies, set);
        }
        List<Map.Entry<String, String>> all = new ArrayList<>(set);
        List<String> kept = TokenPlace.Cookie.pairs(call).stream()
                .filter(pair -> !cookies.contains(nameOf(pair)))
                .toList();
        headers.add(COOKIE);
        if (!kept.isEmpty()) {
            all.add(Map.entry(COOKIE, String.join("; ", kept)));
        }
        return new RequestEdits(headers, params, cookies, all);
    }

    private static String nameOf(String pair) {
        int equals = pair.indexOf('=');
        return equals < 0 ? pair : pair.substring(0, equals).strip();
    }
}
