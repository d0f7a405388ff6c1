package io.inmesh.server.translate;

import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.type.matcher.ListMatcher;
import io.inmesh.xds.type.matcher.MetadataMatcher;
import io.inmesh.xds.type.matcher.OrMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import io.inmesh.xds.type.matcher.ValueMatcher;
import java.util.List;

/** What a token says as matchers on the metadata that Envoy's filter for tokens leaves. Without a token none of them holds. */
final class RbacClaims {
    private static final StringMatcher ANYTHING = RbacValues.text("*");

    private RbacClaims() {}

    /**
     * A token of this issuer about this subject, written {@code <issuer>/<subject>} with a star at either end; the last slash is between
     * them, since issuers have slashes of their own.
     */
    static Principal requestPrincipal(String value) {
        int slash = value.lastIndexOf('/');
        if (value.equals("*")) {
            return both(ANYTHING, ANYTHING);
        }
        if (slash < 0) {
            return value.startsWith("*")
                    ? both(ANYTHING, RbacValues.text(value))
                    : value.endsWith("*")
                            ? both(RbacValues.text(value), ANYTHING)
                            : both(RbacValues.text(value), exact(""));
        }
        String issuer = value.substring(0, slash);
        String subject = value.substring(slash + 1);
        return both(
                issuer.startsWith("*") ? RbacValues.text(issuer) : exact(issuer),
                subject.endsWith("*") ? RbacValues.text(subject) : exact(subject));
    }

    /** A claim that is one of these values, or a list in which one of them is. */
    static Principal claim(List<String> path, List<String> values) {
        ValueMatcher text = anyOf(values);
        return metadata(
                path,
                ValueMatcher.newBuilder()
                        .setOrMatch(OrMatcher.newBuilder()
                                .addValueMatchers(ValueMatcher.newBuilder()
                                        .setListMatch(ListMatcher.newBuilder().setOneOf(text)))
                                .addValueMatchers(text))
                        .build());
    }

    private static ValueMatcher anyOf(List<String> values) {
        OrMatcher.Builder any = OrMatcher.newBuilder();
        values.forEach(value -> any.addValueMatchers(text(RbacValues.text(value))));
        // Envoy wants at least two of them.
        return values.size() == 1
                ? any.getValueMatchers(0)
                : ValueMatcher.newBuilder().setOrMatch(any).build();
    }

    private static Principal both(StringMatcher issuer, StringMatcher subject) {
        return RbacTerms.allOf(
                List.of(metadata(List.of("iss"), text(issuer)), metadata(List.of("sub"), text(subject))));
    }

    private static Principal metadata(List<String> claim, ValueMatcher value) {
        MetadataMatcher.Builder matcher = MetadataMatcher.newBuilder()
                .setFilter(JwtFilter.NAME)
                .addPath(step(JwtFilter.PAYLOAD))
                .setValue(value);
        claim.forEach(name -> matcher.addPath(step(name)));
        return Principal.newBuilder().setMetadata(matcher).build();
    }

    private static MetadataMatcher.PathSegment.Builder step(String key) {
        return MetadataMatcher.PathSegment.newBuilder().setKey(key);
    }

    private static ValueMatcher text(StringMatcher matcher) {
        return ValueMatcher.newBuilder().setStringMatch(matcher).build();
    }

    private static StringMatcher exact(String value) {
        return StringMatcher.newBuilder().setExact(value).build();
    }
}
