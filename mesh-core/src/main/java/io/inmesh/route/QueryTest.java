package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.config.QueryMatch;
import io.inmesh.match.TextTest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A compiled {@link QueryMatch}. Nothing is allocated for a parameter that is absent.
 *
 * <p>As in Envoy, a plus sign is a plus sign, and an escape that is not one stands for itself. Names are decoded too, so that no
 * spelling of a name slips past a route.
 */
final class QueryTest {

    private final QueryMatch match;
    private final String name;
    private final TextTest test;

    QueryTest(QueryMatch match) {
        this.match = match;
        this.name = match.name();
        this.test = TextTest.compile(match.match());
    }

    boolean test(Call call) {
        String value = first(call.query(), name);
        return value != null && test.test(value);
    }

    /** {@return what about a call that does not pass is not as it should be} */
    String mismatch(Call call) {
        String value = first(call.query(), name);
        String has = value == null ? "is absent" : "is \"" + value + "\"";
        return "query parameter " + name + " " + has + " and must be " + Words.of(match.match());
    }

    /** {@return the decoded value of the first occurrence of a parameter, null if there is none} */
    static @Nullable String first(@Nullable String query, String name) {
        if (query == null) {
            return null;
        }
        for (int from = 0; from <= query.length(); ) {
            int end = indexOf(query, '&', from, query.length());
            int equals = indexOf(query, '=', from, end);
            if (named(query, from, equals, name)) {
                return decoded(query, Math.min(equals + 1, end), end);
            }
            from = end + 1;
        }
        return null;
    }

    private static boolean named(String query, int from, int to, String name) {
        if (indexOf(query, '%', from, to) < to) {
            return decoded(query, from, to).equals(name);
        }
        return to - from == name.length() && query.startsWith(name, from);
    }

    private static int indexOf(String text, char wanted, int from, int to) {
        int found = text.indexOf(wanted, from);
        return found < 0 || found > to ? to : found;
    }

    private static String decoded(String query, int from, int to) {
        String raw = query.substring(from, to);
        if (raw.indexOf('%') < 0) {
            return raw;
        }
        StringBuilder escaped = new StringBuilder(raw.length() + 8);
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '+') {
                escaped.append("%2B");
            } else if (c == '%' && !escapeAt(raw, i)) {
                escaped.append("%25");
            } else {
                escaped.append(c);
            }
        }
        return URLDecoder.decode(escaped.toString(), StandardCharsets.UTF_8);
    }

    private static boolean escapeAt(String text, int index) {
        return index + 2 < text.length()
                && Character.digit(text.charAt(index + 1), 16) >= 0
                && Character.digit(text.charAt(index + 2), 16) >= 0;
    }
}
