package io.inmesh.token;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A token whose signature, issuer and audience are right. Immutable and thread-safe. */
public final class VerifiedToken {

    private final Map<String, @Nullable Object> claims;
    private final Validity validity;
    private final List<Map.Entry<String, String>> shown;

    VerifiedToken(Map<String, @Nullable Object> claims, Validity validity, List<Map.Entry<String, String>> shown) {
        this.claims = claims;
        this.validity = validity;
        this.shown = List.copyOf(shown);
    }

    /** {@return who issued it: {@code iss}} */
    public String issuer() {
        return (String) claims.getOrDefault("iss", "");
    }

    /** {@return whom it is about: {@code sub}; null if it does not say} */
    public @Nullable String subject() {
        return (String) claims.get("sub");
    }

    /** {@return {@code <issuer>/<subject>}. Source: Istio {@code requestPrincipals}} */
    public String principal() {
        String subject = subject();
        return issuer() + "/" + (subject == null ? "" : subject);
    }

    /**
     * {@return a claim, null if there is none}
     *
     * @param path names that lead to it, through objects
     */
    public @Nullable Object claim(String... path) {
        Object value = claims;
        for (String name : path) {
            if (!(value instanceof Map<?, ?> object)) {
                return null;
            }
            value = object.get(name);
        }
        return value;
    }

    /** {@return headers that show the application what it says} */
    List<Map.Entry<String, String>> shown() {
        return shown;
    }

    Validity validity() {
        return validity;
    }
}
