package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/**
 * One issuer whose JSON Web Tokens are accepted, and what becomes of them.
 *
 * <p>Source: Istio {@code RequestAuthentication.jwtRules}, Envoy {@code jwt_authn.v3.JwtProvider}.
 *
 * @param issuer what {@code iss} of a token must be
 * @param audiences {@code aud} must have one of these; empty for any
 * @param keys the issuer's public keys as a JWK set (RFC 7517); without a usable one every token is refused
 * @param locations where tokens are looked for
 * @param forward whether the application sees the token; otherwise it is hidden once verified
 * @param payloadHeader header that shows the application the token's payload as base64url; empty for none
 * @param claimHeaders headers that show the application single claims
 * @param spaceDelimitedClaims claims whose text is a list of words, beside {@code scope} and {@code permission}
 */
public record JwtRuleConfig(
        String issuer,
        List<String> audiences,
        String keys,
        Locations locations,
        boolean forward,
        String payloadHeader,
        List<ClaimHeader> claimHeaders,
        List<String> spaceDelimitedClaims) {

    /**
     * Where tokens are looked for. All places count; a request with different tokens is refused.
     *
     * @param headers headers
     * @param params names of query parameters
     * @param cookies names of cookies
     */
    public record Locations(List<HeaderLocation> headers, List<String> params, List<String> cookies) {

        /** {@code Authorization: Bearer …} and the query parameter {@code access_token} (RFC 6750). */
        public static final Locations DEFAULT = new Locations(
                List.of(new HeaderLocation("authorization", "Bearer ")), List.of("access_token"), List.of());

        /** Copies the lists. */
        public Locations {
            headers = List.copyOf(headers);
            params = List.copyOf(params);
            cookies = List.copyOf(cookies);
        }
    }

    /**
     * A header that may hold a token.
     *
     * @param name lower case name
     * @param prefix what comes before the token, compared without regard to case; a value without it holds no token
     */
    public record HeaderLocation(String name, String prefix) {
        /** Checks that nothing is missing. */
        public HeaderLocation {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(prefix, "prefix");
        }
    }

    /**
     * A header that shows a claim. Texts, whole numbers and booleans are shown, other values are not.
     *
     * @param header lower case name of the header
     * @param claim name of the claim; a dot leads into an object
     */
    public record ClaimHeader(String header, String claim) {
        /** Checks that nothing is missing. */
        public ClaimHeader {
            Objects.requireNonNull(header, "header");
            Objects.requireNonNull(claim, "claim");
        }
    }

    /** Copies the lists. */
    public JwtRuleConfig {
        Objects.requireNonNull(issuer, "issuer");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(locations, "locations");
        Objects.requireNonNull(payloadHeader, "payloadHeader");
        audiences = List.copyOf(audiences);
        claimHeaders = List.copyOf(claimHeaders);
        spaceDelimitedClaims = List.copyOf(spaceDelimitedClaims);
    }

    /** Tokens of an issuer for anybody, at the default places, hidden from the application. */
    public JwtRuleConfig(String issuer, String keys) {
        this(issuer, List.of(), keys, Locations.DEFAULT, false, "", List.of(), List.of());
    }
}
