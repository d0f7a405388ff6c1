package io.inmesh.server.access;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import io.inmesh.server.jwks.SigningKeys;
import io.inmesh.server.jwks.TokenSignatures;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies the tokens of one OIDC issuer, and reads the user out of them (RFC 7519, OpenID Connect Core 3.1.3.7). */
final class OidcIssuer {

    private static final int SKEW_SECONDS = 30;
    private static final int MOST_GROUPS = 200;
    private static final int LONGEST_NAME = 256;

    private final OidcSettings settings;
    private final SigningKeys keys;
    private final DefaultJOSEObjectTypeVerifier<SecurityContext> types = new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"), null);
    private final Claims claims;

    OidcIssuer(OidcSettings settings, SigningKeys keys, InstantSource clock) {
        this.settings = settings;
        this.keys = keys;
        this.claims = new Claims(settings, clock);
        claims.setMaxClockSkew(SKEW_SECONDS);
    }

    /** {@return the value of {@code iss} in its tokens} */
    String name() {
        return settings.issuer();
    }

    /** Issuer, audience and end have to be there and right; the time is the server's clock, also in tests. */
    private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {

        private final InstantSource clock;

        Claims(OidcSettings settings, InstantSource clock) {
            super(
                    Set.of(settings.audience()),
                    new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
                    Set.of("exp", settings.usernameClaim()),
                    Set.of());
            this.clock = clock;
        }

        @Override
        protected Date currentTime() {
            return Date.from(clock.instant());
        }
    }

    /**
     * {@return the user a token names}
     *
     * @param issuers those whose tokens are taken
     * @throws Unauthenticated if it is of none of them, or wrong; the message says why
     */
    static Principal verify(List<OidcIssuer> issuers, String token) throws Unauthenticated {
        SignedJWT jwt;
        @Nullable String issuer;
        try {
            jwt = SignedJWT.parse(token);
            issuer = jwt.getJWTClaimsSet().getIssuer();
        } catch (ParseException e) {
            throw new Unauthenticated("the bearer token is no signed JWT");
        }
        for (OidcIssuer known : issuers) {
            if (known.settings.issuer().equals(issuer)) {
                return known.verify(jwt);
            }
        }
        throw new Unauthenticated("the bearer token is of the unknown issuer " + issuer);
    }

    /** {@return from when a token is refused that has just been verified} */
    static Instant end(String verified) {
        try {
            return SignedJWT.parse(verified)
                    .getJWTClaimsSet()
                    .getExpirationTime()
                    .toInstant()
                    .plusSeconds(SKEW_SECONDS);
        } catch (ParseException e) {
            throw new IllegalArgumentException("only what has been verified has an end", e);
        }
    }

    /**
     * {@return the person an ID token names that was asked for}
     *
     * @param clientId as whom it was asked for
     * @param nonce what it was asked with
     * @throws Unauthenticated if it is not the one asked for, or wrong; the message says why
     */
    Principal login(String idToken, String clientId, String nonce) throws Unauthenticated {
        try {
            SignedJWT jwt = SignedJWT.parse(idToken);
            JWTClaimsSet read = jwt.getJWTClaimsSet();
            if (!settings.issuer().equals(read.getIssuer())) {
                throw refused("it is of the issuer " + read.getIssuer());
            }
            Principal principal = verify(jwt);
            String party = read.getStringClaim("azp");
            if (party != null && !party.equals(clientId)) {
                throw refused("it was given to another client (azp)");
            }
            String told = read.getStringClaim("nonce");
            if (told == null || !Secrets.same(told, nonce)) {
                throw refused("it is not the answer to this login (nonce)");
            }
            return principal;
        } catch (ParseException e) {
            throw refused("it is no signed JWT");
        }
    }

    private Principal verify(SignedJWT jwt) throws Unauthenticated {
        try {
            String algorithm = jwt.getHeader().getAlgorithm().getName();
            if (!settings.algorithms().contains(algorithm)) {
                throw refused("algorithm " + algorithm + " is not among those of the settings");
            }
            types.verify(jwt.getHeader().getType(), null);
            String problem = TokenSignatures.problem(jwt, keys);
            if (problem != null) {
                throw refused(problem);
            }
            JWTClaimsSet read = jwt.getJWTClaimsSet();
            claims.verify(read, null);
            return principal(read);
        } catch (BadJOSEException | ParseException | SigningKeys.NoKeys e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private Unauthenticated refused(String why) {
        return new Unauthenticated("the token of " + settings.issuer() + " is refused: " + why);
    }

    private Principal principal(JWTClaimsSet claims) throws ParseException, Unauthenticated {
        String user = claims.getStringClaim(settings.usernameClaim());
        if (user == null || user.isBlank() || user.length() > LONGEST_NAME) {
            throw new Unauthenticated("the claim " + settings.usernameClaim() + " names no user");
        }
        // An address proves nothing until its issuer has verified it, as in Kubernetes.
        Object verified = claims.getClaim("email_verified");
        if (settings.usernameClaim().equals("email") && verified != null && !Boolean.TRUE.equals(verified)) {
            throw new Unauthenticated("the claim email has not been verified by its issuer");
        }
        String name = settings.usernamePrefix() + user;
        if (settings.usernamePrefix().isEmpty() && User.reserved(name)) {
            throw new Unauthenticated("the user name " + name + " is reserved");
        }
        return Principal.user(name, groups(claims), "oidc");
    }

    private Set<String> groups(JWTClaimsSet claims) {
        Set<String> groups = new HashSet<>();
        Object claim = settings.groupsClaim().isEmpty() ? null : claims.getClaim(settings.groupsClaim());
        List<?> listed = claim instanceof List<?> list ? list : claim == null ? List.of() : List.of(claim);
        for (Object group : listed) {
            if (group instanceof String text && !text.isBlank() && groups.size() < MOST_GROUPS) {
                groups.add(settings.groupsPrefix() + text);
            }
        }
        groups.removeIf(group -> settings.groupsPrefix().isEmpty() && User.reserved(group));
        return groups;
    }
}
