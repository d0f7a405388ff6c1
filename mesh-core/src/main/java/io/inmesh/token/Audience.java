package io.inmesh.token;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares audiences. Source: Envoy's {@code CheckAudience}. */
final class Audience {

    private Audience() {}

    /**
     * {@return whether a token is for one of the accepted audiences}
     *
     * @param accepted the audiences; empty for any
     * @param claim {@code aud} of the token: a text or a list of texts (RFC 7519, section 4.1.3)
     */
    static boolean accepts(List<String> accepted, @Nullable Object claim) {
        if (accepted.isEmpty()) {
            return true;
        }
        List<?> named = claim instanceof List<?> list ? list : claim == null ? List.of() : List.of(claim);
        return named.stream()
                .filter(String.class::isInstance)
                .map(audience -> bare((String) audience))
                .anyMatch(
                        audience -> accepted.stream().anyMatch(one -> bare(one).equals(audience)));
    }

    /** Issuers write the same audience with and without scheme and last slash. */
    private static String bare(String audience) {
        String rest = audience.startsWith("https://")
                ? audience.substring("https://".length())
                : audience.startsWith("http://") ? audience.substring("http://".length()) : audience;
        return rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    }
}
