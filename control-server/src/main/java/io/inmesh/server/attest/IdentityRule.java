package io.inmesh.server.attest;

import com.nimbusds.jwt.JWTClaimsSet;
import io.inmesh.server.settings.Section;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of an operator's table: tokens with these claims may have that identity.
 *
 * @param claims what each claim has to be: a text, or what it has to begin with, then {@code *}
 * @param namespace of the identity; <code>${claim}</code> alone stands for the text of a claim that the rule asks about
 * @param serviceAccount likewise
 */
record IdentityRule(Map<String, String> claims, String namespace, String serviceAccount) {

    private static final String ANYTHING = "*";
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^{}]+)}");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /**
     * An identity's two names.
     *
     * @param namespace of Kubernetes
     * @param serviceAccount of Kubernetes
     */
    record Names(String namespace, String serviceAccount) {}

    static IdentityRule read(Section section) {
        Map<String, String> claims = section.textMap("claims");
        if (claims.values().stream().allMatch(ANYTHING::equals)) {
            throw section.fault(
                    "claims",
                    "has to ask for a value of one claim at least; with none, everybody who has a token of this issuer"
                            + " would get the identity");
        }
        claims.forEach((claim, pattern) -> {
            if (pattern.indexOf('*') >= 0 && pattern.indexOf('*') < pattern.length() - 1) {
                throw section.fault("claims." + claim, "may have one * only, at its end");
            }
        });
        return new IdentityRule(
                new LinkedHashMap<>(claims),
                name(section, "namespace", claims),
                name(section, "serviceAccount", claims));
    }

    private static String name(Section section, String field, Map<String, String> claims) {
        String text = section.text(field);
        var reference = REFERENCE.matcher(text);
        boolean known = reference.matches() && claims.containsKey(reference.group(1));
        if (!known && !NAME.matcher(text).matches()) {
            throw section.fault(
                    field,
                    "is \"" + text + "\" but has to be a name of a-z, 0-9 and -, or ${claim} and nothing else, for a"
                            + " claim that the rule asks about");
        }
        return text;
    }

    /** {@return the names for a token; empty if the rule is not about it, or if a claim to be used is no name} */
    Optional<Names> apply(JWTClaimsSet token) {
        for (Map.Entry<String, String> asked : claims.entrySet()) {
            if (!matches(token.getClaim(asked.getKey()), asked.getValue())) {
                return Optional.empty();
            }
        }
        String chosenNamespace = resolve(namespace, token);
        String chosenAccount = resolve(serviceAccount, token);
        return chosenNamespace == null || chosenAccount == null
                ? Optional.empty()
                : Optional.of(new Names(chosenNamespace, chosenAccount));
    }

    private static boolean matches(@Nullable Object claim, String pattern) {
        if (claim instanceof Collection<?> several) {
            return several.stream().anyMatch(one -> matchesText(one, pattern));
        }
        return matchesText(claim, pattern);
    }

    private static boolean matchesText(@Nullable Object claim, String pattern) {
        if (!(claim instanceof String || claim instanceof Boolean || claim instanceof Number)) {
            return false;
        }
        String text = claim.toString();
        return pattern.endsWith(ANYTHING)
                ? text.length() >= pattern.length() && text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    /** A claim is used whole or not at all: what had to be changed to be a name could be made to look like another one. */
    private static @Nullable String resolve(String text, JWTClaimsSet token) {
        var reference = REFERENCE.matcher(text);
        if (!reference.matches()) {
            return text;
        }
        return token.getClaim(reference.group(1)) instanceof String value
                        && NAME.matcher(value).matches()
                ? value
                : null;
    }
}
