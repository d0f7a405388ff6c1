package io.inmesh.server.access;

import io.inmesh.server.ca.CallerTrust;
import java.security.cert.CertificateException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who makes a request. The first kind of credentials that is there decides: bearer token, client certificate, session cookie.
 * Wrong ones are refused and never passed over, since their owner believes to act as somebody.
 */
public final class Authenticator {

    private static final String BEARER = "Bearer ";
    private static final int MAX_CHARACTERS = 16_384;

    private final boolean openLoopback;
    private final CallerTrust trust;
    private final List<OidcIssuer> issuers;
    private final ServiceTokens tokens;
    private final Sessions sessions;

    Authenticator(
            boolean openLoopback,
            CallerTrust trust,
            List<OidcIssuer> issuers,
            ServiceTokens tokens,
            Sessions sessions) {
        this.openLoopback = openLoopback;
        this.trust = trust;
        this.issuers = List.copyOf(issuers);
        this.tokens = tokens;
        this.sessions = sessions;
    }

    /**
     * Who somebody has proved to be.
     *
     * @param principal who
     * @param csrf what changes have to send in a header, because a browser sends the credentials by itself; null for other credentials
     */
    public record Proof(Principal principal, @Nullable String csrf) {

        /** {@return whether a change may be made that says {@code header} of it, empty for nothing} */
        public boolean sentBack(String header) {
            return csrf == null || Secrets.same(csrf, header);
        }
    }

    /**
     * {@return who makes a request}
     *
     * @throws Unauthenticated if its credentials are wrong
     */
    public Proof authenticate(Credentials credentials) throws Unauthenticated {
        String authorization = credentials.authorization();
        if (authorization != null) {
            return new Proof(bearer(authorization), null);
        }
        if (!credentials.chain().isEmpty()) {
            return new Proof(certificate(credentials), null);
        }
        String cookie = credentials.cookie();
        if (cookie != null) {
            Sessions.Session session =
                    sessions.use(cookie).orElseThrow(() -> new Unauthenticated("the session is over"));
            return new Proof(session.principal(), session.csrf());
        }
        boolean open = openLoopback && credentials.address().isLoopbackAddress();
        return new Proof(open ? Principal.LOOPBACK : Principal.NOBODY, null);
    }

    private Principal bearer(String authorization) throws Unauthenticated {
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                || authorization.length() > MAX_CHARACTERS) {
            throw new Unauthenticated("the Authorization header holds no bearer token");
        }
        String token = authorization.substring(BEARER.length()).strip();
        if (token.startsWith(ServiceTokens.PREFIX)) {
            return tokens.verify(token)
                    .map(known -> new Principal(Principal.Kind.TOKEN, known.name(), Set.of(), "service-token"))
                    .orElseThrow(() -> new Unauthenticated("the service token is wrong or has expired"));
        }
        if (token.startsWith(Sessions.PREFIX)) {
            return sessions.use(token)
                    .orElseThrow(() -> new Unauthenticated("the session is over"))
                    .principal();
        }
        if (issuers.isEmpty()) {
            throw new Unauthenticated("the bearer token is of no kind that is taken here");
        }
        return OidcIssuer.verify(issuers, token);
    }

    private Principal certificate(Credentials credentials) throws Unauthenticated {
        CallerTrust.Named named;
        try {
            named = trust.identify(credentials.chain());
        } catch (CertificateException e) {
            throw new Unauthenticated(String.valueOf(e.getMessage()));
        }
        if (named instanceof CallerTrust.Named.Process process) {
            return new Principal(Principal.Kind.WORKLOAD, process.identity().uri(), Set.of(), "certificate");
        }
        CallerTrust.Named.User user = (CallerTrust.Named.User) named;
        if (User.reserved(user.name())) {
            throw new Unauthenticated("the certificate's common name \"" + user.name() + "\" is reserved");
        }
        Set<String> groups = new HashSet<>(user.groups());
        groups.removeIf(User::reserved);
        return Principal.user(user.name(), groups, "certificate");
    }
}
