package io.inmesh.server.translate;

import com.google.re2j.Pattern;
import io.inmesh.xds.core.CidrRange;
import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.route.HeaderMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import java.util.Locale;

/**
 * Single values of an AuthorizationPolicy as matchers. A value is exact, a prefix ({@code abc*}), a suffix ({@code *abc}) or, as a lone
 * star, anything that is not empty.
 */
final class RbacValues {
    private static final String SPIFFE = "spiffe://";
    private static final String ANYTHING = ".+";

    private RbacValues() {}

    static StringMatcher text(String value) {
        StringMatcher.Builder matcher = StringMatcher.newBuilder();
        if (value.equals("*")) {
            return matcher.setSafeRegex(StringMatchers.regex(ANYTHING)).build();
        }
        if (value.startsWith("*")) {
            return matcher.setSuffix(value.substring(1)).build();
        }
        if (value.endsWith("*")) {
            return matcher.setPrefix(value.substring(0, value.length() - 1)).build();
        }
        return matcher.setExact(value).build();
    }

    /** A header that carries the value; a lone star asks only that it is there. */
    static HeaderMatcher header(String name, String value, boolean ignoreCase) {
        HeaderMatcher.Builder matcher = HeaderMatcher.newBuilder().setName(name.toLowerCase(Locale.ROOT));
        if (value.equals("*")) {
            return matcher.setPresentMatch(true).build();
        }
        return matcher.setStringMatch(text(value).toBuilder().setIgnoreCase(ignoreCase))
                .build();
    }

    /** The caller's identity, written without {@code spiffe://}. */
    static Principal principal(String value) {
        if (value.equals("*")) {
            return identity(ANYTHING);
        }
        if (value.startsWith("*")) {
            return identity(SPIFFE + ".*" + Pattern.quote(value.substring(1)));
        }
        StringMatcher bare = text(value);
        return authenticated(
                bare.hasPrefix()
                        ? StringMatcher.newBuilder()
                                .setPrefix(SPIFFE + bare.getPrefix())
                                .build()
                        : StringMatcher.newBuilder().setExact(SPIFFE + value).build());
    }

    /** A caller of exactly this SPIFFE id. */
    static Principal spiffeId(String id) {
        return authenticated(StringMatcher.newBuilder().setExact(id).build());
    }

    /** Callers of a namespace, whatever their service account and trust domain. */
    static Principal namespace(String value) {
        return identity(".*/ns/" + wildcard(value) + "/.*");
    }

    /** Callers that run as {@code sa}, or {@code ns/sa}; without a namespace the policy's own is meant. */
    static Principal serviceAccount(String value, String policyNamespace) {
        int slash = value.indexOf('/');
        String namespace = slash < 0 ? policyNamespace : value.substring(0, slash);
        String account = value.substring(slash + 1);
        return identity(
                SPIFFE + ".+/ns/" + Pattern.quote(namespace) + "/(.+/|)sa/" + Pattern.quote(account) + "(/.+)?");
    }

    /** Callers whose identity is of this trust domain. */
    static Principal trustDomain(String value) {
        return identity(SPIFFE + (value.equals("*") ? "[^/]+" : wildcard(value).replace(".*", "[^/]*")) + "/.*");
    }

    /** An address or a block of addresses. Malformed ones never match; the validator refuses them. */
    static CidrRange block(String value) {
        int slash = value.indexOf('/');
        String address = slash < 0 ? value : value.substring(0, slash);
        int whole = address.indexOf(':') >= 0 ? 128 : 32;
        int length = slash < 0 ? whole : Integer.parseInt(value.substring(slash + 1));
        return CidrRange.newBuilder()
                .setAddressPrefix(address)
                .setPrefixLen(Protos.uint32(length))
                .build();
    }

    private static String wildcard(String value) {
        if (value.equals("*")) {
            return ".*";
        }
        if (value.startsWith("*")) {
            return ".*" + Pattern.quote(value.substring(1));
        }
        return value.endsWith("*")
                ? Pattern.quote(value.substring(0, value.length() - 1)) + ".*"
                : Pattern.quote(value);
    }

    private static Principal identity(String regex) {
        return authenticated(StringMatcher.newBuilder()
                .setSafeRegex(StringMatchers.regex(regex))
                .build());
    }

    private static Principal authenticated(StringMatcher name) {
        return Principal.newBuilder()
                .setAuthenticated(Principal.Authenticated.newBuilder().setPrincipalName(name))
                .build();
    }
}
