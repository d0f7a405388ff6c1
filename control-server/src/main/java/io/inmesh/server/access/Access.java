package io.inmesh.server.access;

import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.ca.CallerTrust;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.jwks.SigningKeys;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.time.SteadyClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Everything about who may use the REST interface.
 *
 * @param settings what the settings file says
 * @param trust whose client certificates are taken
 * @param authenticator finds out who makes a request
 * @param bindings who may do what
 * @param users users with passwords
 * @param tokens tokens of programs
 * @param logins checks passwords
 * @param oidcLogins lets people log in by an issuer
 * @param links lets people go on in a browser
 * @param audit what was done and refused
 */
public record Access(
        AccessSettings settings,
        CallerTrust trust,
        Authenticator authenticator,
        Bindings bindings,
        Users users,
        ServiceTokens tokens,
        Logins logins,
        OidcLogins oidcLogins,
        LoginLinks links,
        AccessAudit audit) {

    private static final int MOST_SESSIONS = 10_000;

    /** {@return the tables in the store that are read with every request, and so have to be followed} */
    public static List<String> tables() {
        return List.of(Users.TABLE, ServiceTokens.TABLE, Sessions.TABLE);
    }

    /**
     * Puts the parts together.
     *
     * @param mesh decides about X.509-SVIDs
     * @param table where users, tokens and sessions are kept; follows {@link #tables}
     * @param writer where to note that sessions go on
     * @throws IOException if a file that the settings name cannot be read, or holds something else
     */
    public static Access open(
            AccessSettings settings,
            X509ExtendedTrustManager mesh,
            FollowedTables table,
            Executor writer,
            AuditLog log,
            InstantSource clock,
            SecureRandom random)
            throws IOException {
        CallerTrust trust = new CallerTrust(mesh, people(settings, mesh), clock);
        Users users = new Users(settings.users(), table, random);
        ServiceTokens tokens = new ServiceTokens(table, clock, random);
        Sessions sessions = new Sessions(
                users,
                table,
                writer,
                clock,
                random,
                new Sessions.Bounds(settings.idle(), settings.lifetime(), MOST_SESSIONS));
        List<OidcIssuer> issuers =
                settings.oidc().stream().map(oidc -> issuer(oidc, clock)).toList();
        Authenticator authenticator = new Authenticator(
                settings.loopback() == AccessSettings.Loopback.OPEN, trust, issuers, tokens, sessions, clock);
        return new Access(
                settings,
                trust,
                authenticator,
                new Bindings(settings.bindings()),
                users,
                tokens,
                new Logins(users, sessions, new LoginGuard(SteadyClock.system()), random),
                new OidcLogins(providers(settings, clock), new TokenEndpoint(), sessions, clock, random),
                new LoginLinks(authenticator, sessions, table, clock, random),
                new AccessAudit(log, clock));
    }

    private static OidcIssuer issuer(OidcSettings settings, InstantSource clock) {
        return new OidcIssuer(
                settings, new SigningKeys(settings.issuer(), settings.keys(), SteadyClock.system()), clock);
    }

    private static List<OidcLogins.Provider> providers(AccessSettings settings, InstantSource clock) {
        List<OidcLogins.Provider> providers = new ArrayList<>();
        for (OidcSettings oidc : settings.oidc()) {
            oidc.login()
                    .ifPresent(login -> providers.add(
                            new OidcLogins.Provider(login, issuer(oidc.forAudience(login.clientId()), clock))));
        }
        return providers;
    }

    /** {@return whether callers on the machine itself may do everything without credentials} */
    public boolean open() {
        return settings.loopback() == AccessSettings.Loopback.OPEN;
    }

    private static List<X509Certificate> people(AccessSettings settings, X509ExtendedTrustManager mesh)
            throws IOException {
        if (settings.people().isEmpty()) {
            return List.of();
        }
        Path file = settings.people().get();
        List<X509Certificate> certificates;
        try {
            certificates = Pem.certificates(Files.readString(file));
        } catch (CertificateException e) {
            throw new IOException(file + " is no PEM certificate: " + e.getMessage(), e);
        }
        if (certificates.isEmpty() || certificates.stream().anyMatch(c -> c.getBasicConstraints() < 0)) {
            throw new IOException(file + " has to hold certificates of an authority, for access.clientCertificates");
        }
        if (certificates.stream().anyMatch(Arrays.asList(mesh.getAcceptedIssuers())::contains)) {
            throw new IOException(file + " is the mesh's own root, whose certificates are processes, not people;"
                    + " leave access.clientCertificates.authority out, or name another authority");
        }
        return certificates;
    }
}
