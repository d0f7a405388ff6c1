package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.util.Set;
import java.util.regex.Pattern;

/** The forms that values in Gateway API resources have. Source: the OpenAPI patterns of its CRDs. */
final class GatewayFields {
    /** How many entries most lists of the API have at most. */
    static final int MOST_ENTRIES = 16;

    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_LABEL = 63;
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern KIND = Pattern.compile("[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+\\-.^_`|~]{1,256}");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,5}(h|m|s|ms)){1,4}");

    private GatewayFields() {}

    /** A list of at most so many entries. */
    static void most(Report report, Field list, int most) {
        if (list.items().size() > most) {
            report.add(Check.BAD_VALUE, list, "has " + list.items().size() + " entries, more than " + most);
        }
    }

    /** A text of at least one character and at most so many. */
    static void length(Report report, Field text, int most) {
        if (text.present() && (text.text().isEmpty() || text.text().length() > most)) {
            report.add(Check.BAD_VALUE, text, "has " + text.text().length() + " characters; it must have 1 to " + most);
        }
    }

    /** Group, kind, namespace and name of what is referred to. */
    static void reference(Report report, Field ref) {
        if (!ref.get("group").text().isEmpty()) {
            dnsName(report, ref.get("group"));
        }
        if (ref.get("kind").present()) {
            form(report, ref.get("kind"), KIND, LONGEST_LABEL, "the name of a kind");
        }
        if (ref.get("namespace").present()) {
            form(report, ref.get("namespace"), LABEL, LONGEST_LABEL, "the name of a namespace");
        }
        length(report, ref.get("name"), LONGEST_NAME);
    }

    static void dnsName(Report report, Field field) {
        form(report, field, NAME, LONGEST_NAME, "a name of lower case letters, digits, dashes and dots");
    }

    /** A host name, of which the first label may be a star. */
    static void hostname(Report report, Field field, boolean wildcard) {
        if (field.absent()) {
            return;
        }
        String host = field.text();
        String plain = wildcard && host.startsWith("*.") ? host.substring(2) : host;
        if (host.length() > LONGEST_NAME || !NAME.matcher(plain).matches()) {
            report.add(Check.BAD_VALUE, field, "\"" + host + "\" is no host name");
        }
    }

    /** The name of a header or query parameter. */
    static void token(Report report, Field field) {
        if (!TOKEN.matcher(field.text()).matches()) {
            report.add(Check.BAD_VALUE, field, "\"" + field.text() + "\" is no name of a header or query parameter");
        }
    }

    /** Adds a name to those seen; one that is there already is a problem. */
    static void once(Report report, Field name, Set<String> seen) {
        if (!seen.add(name.text())) {
            report.add(Check.DUPLICATE, name, "\"" + name.text() + "\" stands here twice");
        }
    }

    /** A duration in the API's own form (GEP-2257). */
    static void duration(Report report, Field field) {
        if (field.present() && !DURATION.matcher(field.text()).matches()) {
            report.add(Check.BAD_VALUE, field, "\"" + field.text() + "\" is no duration such as 1m30s or 500ms");
        }
    }

    private static void form(Report report, Field field, Pattern pattern, int longest, String what) {
        if (field.text().length() > longest || !pattern.matcher(field.text()).matches()) {
            report.add(Check.BAD_VALUE, field, "\"" + field.text() + "\" is not " + what);
        }
    }
}
