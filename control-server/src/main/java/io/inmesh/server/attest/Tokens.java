package io.inmesh.server.attest;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads tokens without believing them. */
final class Tokens {
    /** Longest token looked at; those of Kubernetes are about 1 KB long. */
    static final int MAX_CHARACTERS = 16 * 1024;

    private static final int MAX_SHOWN = 200;

    private Tokens() {}

    /** {@return the token, if it has the form of a signed one; unsigned and encrypted ones have not} */
    static Optional<SignedJWT> signed(String bearer) {
        if (bearer.length() > MAX_CHARACTERS) {
            return Optional.empty();
        }
        try {
            return Optional.of(SignedJWT.parse(bearer));
        } catch (ParseException notSigned) {
            return Optional.empty();
        }
    }

    /** {@return whose token it says it is; to find the verifier, never to believe it} */
    static String claimedIssuer(SignedJWT token) {
        try {
            String issuer = token.getJWTClaimsSet().getIssuer();
            return issuer == null ? "" : issuer;
        } catch (ParseException e) {
            return "";
        }
    }

    /** {@return what of a token may stand in the audit log} */
    static Map<String, String> facts(JWTClaimsSet claims) {
        Map<String, String> facts = new LinkedHashMap<>();
        put(facts, "issuer", claims.getIssuer());
        put(facts, "subject", claims.getSubject());
        put(facts, "tokenId", claims.getJWTID());
        return facts;
    }

    /** {@return a text from outside, short enough for a log} */
    static String shortened(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }

    private static void put(Map<String, String> facts, String name, String value) {
        if (value != null) {
            facts.put(name, shortened(value));
        }
    }
}
