package io.inmesh.server.semantic;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.inmesh.server.rule.Field;
import java.util.Locale;
import java.util.Set;

/**
 * Texts that are sent as they are written: names and values of headers and cookies, hosts, locations, and what a regular expression is replaced with. What
 * could not be sent is refused here, since a process that is sent such a route refuses all routes of the port with it.
 */
final class HttpTextCheck {
    /** Source: RFC 9110 5.6.2; case does not matter. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+\\-.^_`|~]+");

    /** Source: RFC 3986 3.2, without user names. */
    private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9\\-._~!$&'()*+,;=%:\\[\\]]+");

    /** Headers that HTTP clients and servers set themselves. Source: RFC 9110 7.6.1 and 8.6. */
    private static final Set<String> OF_CONNECTION = Set.of(
            "connection",
            "content-length",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private HttpTextCheck() {}

    /** The name of a header or a cookie, which {@code field} is about. */
    static void name(Report report, Field field, String name) {
        if (!TOKEN.matcher(name).matches()) {
            report.add(
                    Check.BAD_VALUE,
                    field,
                    "\"" + shown(name) + "\" is no name of a header or cookie: letters, digits and !#$%&'*+-.^_`|~");
        }
    }

    /** The name of a header that calls are given or that is taken from them, which {@code field} is about. */
    static void edited(Report report, Field field, String name) {
        name(report, field, name);
        if (OF_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
            report.add(
                    Check.BAD_VALUE,
                    field,
                    "\"" + name
                            + "\" is about one connection or how long a body is, which only who sends it knows: another"
                            + " value cuts calls off or hides one in another");
        }
    }

    /** The value of a header. */
    static void value(Report report, Field value) {
        ascii(report, value, "the value of a header");
    }

    /** The path or an attribute of a cookie, which a semicolon would end; absent is fine. */
    static void partOfCookie(Report report, Field part) {
        ascii(report, part, "a cookie");
        if (part.text().indexOf(';') >= 0) {
            report.add(Check.BAD_VALUE, part, "has a semicolon, which would end it early");
        }
    }

    /** A host, with or without port, that calls are made to or with; absent is fine. */
    static void authority(Report report, Field authority) {
        if (authority.present() && !AUTHORITY.matcher(authority.text()).matches()) {
            report.add(Check.BAD_VALUE, authority, "\"" + shown(authority.text()) + "\" is no host name");
        }
    }

    /** What stands in a new location; absent or empty is fine. */
    static void partOfLocation(Report report, Field part) {
        ascii(report, part, "a location");
    }

    /** The whole path of a new location; absent or empty is fine. */
    static void location(Report report, Field path) {
        partOfLocation(report, path);
        if (!path.text().isEmpty() && !path.text().startsWith("/")) {
            report.add(
                    Check.BAD_VALUE, path, "\"" + shown(path.text()) + "\" is no path: it has to begin with a slash");
        }
    }

    /** What matches of a regular expression become: {@code \0} to {@code \9} for its groups, {@code \\} for a backslash. */
    static void substitution(Report report, Field match, Field rewrite) {
        int groups;
        try {
            groups = Pattern.compile(match.text()).groupCount();
        } catch (PatternSyntaxException e) {
            return; // said of the expression itself
        }
        String text = rewrite.text();
        for (int at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at + 2)) {
            char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
            if (next != '\\' && (next < '0' || next > '9')) {
                report.add(Check.BAD_VALUE, rewrite, "has a backslash followed neither by a digit nor by another one");
            } else if (next != '\\' && next - '0' > groups) {
                report.add(
                        Check.BAD_VALUE, rewrite, "\\" + next + " is no group of the expression, which has " + groups);
            }
        }
    }

    private static void ascii(Report report, Field field, String what) {
        field.text()
                .codePoints()
                .filter(c -> c != '\t' && (c < ' ' || c > '~'))
                .findFirst()
                .ifPresent(c -> report.add(
                        Check.BAD_VALUE,
                        field,
                        String.format("has the character U+%04X, which cannot be sent in %s; ASCII can", c, what)));
    }

    /** Without what would change a terminal or a line of a log. */
    private static String shown(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
