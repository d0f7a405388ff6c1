package io.inmesh.server.access;

import io.inmesh.server.jwks.KeyPlace;
import io.inmesh.server.settings.Section;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An issuer whose ID or access tokens are taken as bearer tokens: an entry of {@code access.oidc}.
 *
 * @param issuer value of {@code iss}, exactly
 * @param audience value that {@code aud} has to contain
 * @param jwks where the issuer's keys are: an https address, or a file
 * @param algorithms signature algorithms taken; asymmetric ones only
 * @param usernameClaim claim that names the user; default {@code sub}
 * @param usernamePrefix what is put before it, so that it cannot pass for a user of another source; default {@code oidc:}
 * @param groupsClaim claim that lists groups; empty for none
 * @param groupsPrefix what is put before each group; default {@code oidc:}
 * @param login how people log in to the console by it; empty if they cannot
 */
public record OidcSettings(
        String issuer,
        String audience,
        URI jwks,
        Set<String> algorithms,
        String usernameClaim,
        String usernamePrefix,
        String groupsClaim,
        String groupsPrefix,
        Optional<OidcLogin> login) {

    private static final String PREFIX = "oidc:";

    /** Signatures with a key pair only: a secret that both sides know could be guessed from a public key taken for one. */
    private static final List<String> ALGORITHMS =
            List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

    private static final List<String> DEFAULT_ALGORITHMS = List.of("RS256", "ES256");

    /** Copies the algorithms. */
    public OidcSettings {
        algorithms = Set.copyOf(algorithms);
    }

    /** {@return where the issuer's keys are} */
    KeyPlace keys() {
        return "file".equals(jwks.getScheme()) ? KeyPlace.file(Path.of(jwks)) : KeyPlace.url(jwks, null);
    }

    static OidcSettings read(Section section) {
        List<String> algorithms = section.texts("algorithms");
        for (String name : algorithms) {
            if (!ALGORITHMS.contains(name)) {
                throw section.fault("algorithms", "has \"" + name + "\", but there are " + ALGORITHMS);
            }
        }
        return new OidcSettings(
                section.text("issuer"),
                section.text("audience"),
                jwks(section),
                new LinkedHashSet<>(algorithms.isEmpty() ? DEFAULT_ALGORITHMS : algorithms),
                section.text("usernameClaim", "sub"),
                prefix(section, "usernamePrefix"),
                section.text("groupsClaim", ""),
                prefix(section, "groupsPrefix"),
                section.has("login")
                        ? Optional.of(OidcLogin.read(section.section("login"), section.text("issuer")))
                        : Optional.empty());
    }

    /** {@return the same for tokens that are for another} */
    OidcSettings forAudience(String other) {
        return new OidcSettings(
                issuer, other, jwks, algorithms, usernameClaim, usernamePrefix, groupsClaim, groupsPrefix, login);
    }

    private static String prefix(Section section, String field) {
        String prefix = section.text(field, PREFIX);
        // What stands for no prefix in Kubernetes, too.
        if (prefix.equals("-")) {
            return "";
        }
        if (!prefix.equals(PREFIX) && User.reserved(prefix)) {
            throw section.fault(field, "is \"" + prefix + "\", which stands for names of another source; choose one");
        }
        return prefix;
    }

    private static URI jwks(Section section) {
        String text = section.text("jwks");
        if (!text.contains("://")) {
            return section.file("jwks").orElseThrow().toUri();
        }
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw section.fault("jwks", "is \"" + text + "\", which is no address");
        }
        if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
            throw section.fault("jwks", "is \"" + text + "\" but has to be an https address or a file");
        }
        return uri;
    }
}
