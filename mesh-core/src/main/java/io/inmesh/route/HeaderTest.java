package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.config.HeaderMatch;
import io.inmesh.match.TextTest;
import org.jspecify.annotations.Nullable;

/** A compiled {@link HeaderMatch}. */
final class HeaderTest {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final HeaderMatch match;
    private final String name;
    private final TextTest test;

    HeaderTest(HeaderMatch match) {
        this.match = match;
        this.name = match.name();
        this.test = TextTest.compile(match.match());
    }

    boolean test(Call call) {
        String value = value(call);
        if (value == null && match.missingAsEmpty()) {
            value = "";
        }
        return (value != null && test.test(value)) != match.invert();
    }

    /** {@return what about a call that does not pass is not as it should be} */
    String mismatch(Call call) {
        String value = value(call);
        String has = value == null ? "is absent" : "is \"" + value + "\"";
        return "header " + name + " " + has + " and must " + (match.invert() ? "not be " : "be ")
                + Words.of(match.match());
    }

    private @Nullable String value(Call call) {
        return value(call, name);
    }

    /** {@return the value of a header or pseudo header, null if there is none} */
    static @Nullable String value(Call call, String name) {
        if (name.charAt(0) != ':') {
            return call.header(name);
        }
        return switch (name) {
            case ":method" -> call.method();
            case ":scheme" -> call.scheme();
            case ":authority" -> authority(call);
            default -> pathAndQuery(call);
        };
    }

    /** {@return the authority as a client writes it: with the port unless it is the default of the scheme} */
    static String authority(Call call) {
        return call.port() == defaultPort(call.scheme()) ? call.host() : call.host() + ":" + call.port();
    }

    static int defaultPort(String scheme) {
        return scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
    }

    private static String pathAndQuery(Call call) {
        return call.query() == null ? call.path() : call.path() + "?" + call.query();
    }
}
