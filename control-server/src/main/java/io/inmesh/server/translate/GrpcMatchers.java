package io.inmesh.server.translate;

import com.google.re2j.Pattern;
import io.inmesh.xds.route.HeaderMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;

/**
 * Header matchers for stock gRPC servers, which test all values of a header as one text joined by commas (gRFC A41), and the authority
 * with its port. Plain matchers would let a second value hide a bad one, and a port hide a host.
 *
 * <p>A value that has commas itself is tested piece by piece: an ALLOW rule may then allow less than it says, a DENY rule deny more.
 */
final class GrpcMatchers {
    private static final String PORT = "\\.?(:[0-9]+)?";

    private GrpcMatchers() {}

    /**
     * A header with the value.
     *
     * @param everyValue whether every value of the header has to be like this, rather than any
     */
    static HeaderMatcher header(String name, String value, boolean everyValue) {
        if (name.equals(":authority") || name.equals("host")) {
            return host(value);
        }
        HeaderMatcher.Builder matcher = HeaderMatcher.newBuilder().setName(name);
        if (value.equals("*")) {
            return matcher.setPresentMatch(true).build();
        }
        String one = piece(value);
        return matcher.setStringMatch(regex(everyValue ? one + "(," + one + ")*" : "(.*,)?" + one + "(,.*)?"))
                .build();
    }

    /** A host, in any case, with the server's port or without. */
    static HeaderMatcher host(String value) {
        HeaderMatcher.Builder matcher = HeaderMatcher.newBuilder().setName(":authority");
        if (value.equals("*")) {
            return matcher.setPresentMatch(true).build();
        }
        String regex;
        if (value.startsWith("*")) {
            regex = ".*" + end(value.substring(1));
        } else if (value.endsWith("*")) {
            regex = Pattern.quote(value.substring(0, value.length() - 1)) + ".*";
        } else {
            regex = end(value);
        }
        return matcher.setStringMatch(regex("(?i)" + regex)).build();
    }

    private static String end(String host) {
        boolean port = host.lastIndexOf(':') > host.lastIndexOf(']');
        return Pattern.quote(host) + (port ? "" : PORT);
    }

    private static String piece(String value) {
        if (value.startsWith("*")) {
            return "[^,]*" + Pattern.quote(value.substring(1));
        }
        return value.endsWith("*")
                ? Pattern.quote(value.substring(0, value.length() - 1)) + "[^,]*"
                : Pattern.quote(value);
    }

    private static StringMatcher regex(String regex) {
        return StringMatcher.newBuilder()
                .setSafeRegex(StringMatchers.regex(regex))
                .build();
    }
}
