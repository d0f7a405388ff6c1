package io.inmesh.server.access;

import io.inmesh.server.ca.CallerTrust;
import io.inmesh.server.ca.Pem;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
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
    private final InstantSource clock;

    Authenticator(
            boolean openLoopback,
            CallerTrust trust,
            List<OidcIssuer> issuers,
            ServiceTokens tokens,
            Sessions sessions,
            InstantSource clock) {
        this.openLoopback = openLoopback;
        this.trust = trust;
        this.issuers = List.copyOf(issuers);
        this.tokens = tokens;
        this.sessions = sessions;
        this.clock = clock;
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
            return new Proof(certificate(credentials.chain()), null);
        }
        String cookie = credentials.cookie();
        if (cookie != null) {
            return session(cookie);
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
                    .map(Authenticator::principal)
                    .orElseThrow(() -> new Unauthenticated("the service token is wrong or has expired"));
        }
        if (token.startsWith(Sessions.PREFIX)) {
            return session(token).principal();
        }
        if (issuers.isEmpty()) {
            throw new Unauthenticated("the bearer token is of no kind that is taken here");
        }
        return OidcIssuer.verify(issuers, token);
    }

    private Proof session(String token) throws Unauthenticated {
        Sessions.Session session = sessions.use(token).orElseThrow(() -> new Unauthenticated("the session is over"));
        Basis basis = session.basis();
        if (basis == null) {
            return new Proof(session.principal(), session.csrf());
        }
        try {
            return new Proof(look(basis, session.principal()).provedBy(LoginLinks.PROOF), session.csrf());
        } catch (Unauthenticated e) {
            throw new Unauthenticated("the session is over: what its link was asked for with is no longer good");
        }
    }

    /**
     * {@return what is to be looked at again, of credentials that have just proved who somebody is}
     *
     * @param credentials other than a cookie
     */
    Basis basis(Credentials credentials) {
        String authorization = credentials.authorization();
        if (authorization == null) {
            return new Basis(Basis.Kind.CERTIFICATE, Pem.encode(credentials.chain()));
        }
        String token = authorization.substring(BEARER.length()).strip();
        if (token.startsWith(ServiceTokens.PREFIX)) {
            return new Basis(Basis.Kind.SERVICE_TOKEN, ServiceTokens.id(token));
        }
        return token.startsWith(Sessions.PREFIX)
                ? new Basis(Basis.Kind.SESSION, Sessions.key(token))
                : new Basis(Basis.Kind.ISSUED_UNTIL, OidcIssuer.end(token).toString());
    }

    /**
     * {@return who somebody is by now}
     *
     * @param basis what proved it
     * @param before who it was then
     * @throws Unauthenticated if it proves nothing any more
     */
    Principal look(Basis basis, Principal before) throws Unauthenticated {
        return switch (basis.kind()) {
            case SESSION -> sessions.useOf(basis.text()).orElseThrow(() -> new Unauthenticated("the session is over"));
            case SERVICE_TOKEN ->
                tokens.find(basis.text())
                        .map(Authenticator::principal)
                        .orElseThrow(() -> new Unauthenticated("the service token has ended"));
            case CERTIFICATE -> certificate(chain(basis.text()));
            case ISSUED_UNTIL -> {
                if (!Instant.parse(basis.text()).isAfter(clock.instant())) {
                    throw new Unauthenticated("the issuer's token has ended");
                }
                yield before;
            }
        };
    }

    private static List<X509Certificate> chain(String pem) throws Unauthenticated {
        try {
            return Pem.certificates(pem);
        } catch (CertificateException e) {
            throw new Unauthenticated("the certificate cannot be read any more: " + e.getMessage());
        }
    }

    private static Principal principal(ServiceTokens.Known known) {
        return new Principal(Principal.Kind.TOKEN, known.name(), Set.of(), "service-token");
    }

    private Principal certificate(List<X509Certificate> chain) throws Unauthenticated {
        CallerTrust.Named named;
        try {
            named = trust.identify(chain);
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
