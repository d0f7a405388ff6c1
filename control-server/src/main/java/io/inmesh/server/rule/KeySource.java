package io.inmesh.server.rule;

import java.util.Optional;

/**
 * Where the keys of a JWT rule come from, if they are not written in it.
 *
 * @param kind what the address is of
 * @param address the key set's URL, or the issuer that tells it
 */
public record KeySource(Kind kind, String address) {

    private static final String DISCOVERY = "/.well-known/openid-configuration";

    /** What an address is of. */
    public enum Kind {
        /** The key set. Source: Istio {@code jwksUri}. */
        KEY_SET,
        /** The issuer, whose metadata name the key set (OpenID Connect Discovery 1.0, section 4). */
        ISSUER
    }

    /** {@return where the keys of a rule come from; empty if they are written in it} */
    public static Optional<KeySource> of(Field jwtRule) {
        if (!jwtRule.get("jwks").text().isEmpty()) {
            return Optional.empty();
        }
        String url = uri(jwtRule).text();
        return Optional.of(
                url.isEmpty()
                        ? new KeySource(Kind.ISSUER, jwtRule.get("issuer").text())
                        : new KeySource(Kind.KEY_SET, url));
    }

    /** {@return the field with the key set's URL, which has two spellings} */
    public static Field uri(Field jwtRule) {
        return jwtRule.get("jwksUri").present() ? jwtRule.get("jwksUri") : jwtRule.get("jwks_uri");
    }

    /** {@return the URL that is asked first} */
    public String url() {
        if (kind == Kind.KEY_SET) {
            return address;
        }
        return (address.endsWith("/") ? address.substring(0, address.length() - 1) : address) + DISCOVERY;
    }

    @Override
    public String toString() {
        return url();
    }
}
