package io.inmesh.server.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.store.KeyValueTable;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lets somebody who has proved who it is on the command line go on in a browser, by a link that holds a secret. A link counts once and for
 * {@link #LIFE}, at any of the servers that share the store, and is known by the hash of its secret.
 *
 * <p>The session it begins can do what the credentials can that asked for the link, and for as long as they can: they are looked at again
 * with every request, so that it ends with them, such as when a service token is deleted or the session of the command line is logged out.
 * Of a token of an issuer only the end is looked at.
 */
public final class LoginLinks {

    /** How long a link is good. */
    public static final Duration LIFE = Duration.ofSeconds(60);

    /** Links of one caller at most; a further one ends the oldest of them. */
    static final int MOST_OF_A_CALLER = 5;

    /** What {@link Principal#proof} says of who came by a link. */
    static final String PROOF = "link";

    private static final String TABLE = "login-links";

    private final Authenticator authenticator;
    private final Sessions sessions;
    private final KeyValueTable table;
    private final InstantSource clock;
    private final SecureRandom random;

    /** Those that are in {@code table}. */
    LoginLinks(
            Authenticator authenticator,
            Sessions sessions,
            KeyValueTable table,
            InstantSource clock,
            SecureRandom random) {
        this.authenticator = authenticator;
        this.sessions = sessions;
        this.table = table;
        this.clock = clock;
        this.random = random;
    }

    private record Link(Principal principal, Basis basis, Instant ends) {

        byte[] bytes() {
            ObjectNode node = StoredSession.newNode().put("ends", ends.toString());
            StoredSession.write(principal, node);
            StoredSession.write(basis, node);
            return StoredSession.bytes(node);
        }

        static Link read(byte[] bytes) {
            JsonNode node = StoredSession.node(bytes);
            return new Link(
                    StoredSession.principal(node),
                    StoredSession.basis(node),
                    Instant.parse(node.path("ends").asText()));
        }

        boolean of(Principal caller) {
            return principal.kind() == caller.kind() && principal.name().equals(caller.name());
        }
    }

    /**
     * {@return the secret of a new link}
     *
     * @param principal who asks for it
     * @param credentials what proved that
     * @throws IllegalArgumentException if it is asked for by a browser, or by nobody in particular; the message says so
     */
    public synchronized String create(Principal principal, Credentials credentials) {
        if (!principal.authenticated()) {
            throw new IllegalArgumentException("a login link is for somebody; " + principal.id() + " is nobody");
        }
        if (credentials.onlyCookie() || principal.proof().equals(PROOF)) {
            throw new IllegalArgumentException(
                    "a session of a browser gives no login links; ask for one with meshctl dashboard");
        }
        Instant now = clock.instant();
        makeRoom(principal, now);
        String secret = Secrets.next(random);
        Link link = new Link(principal, authenticator.basis(credentials), now.plus(LIFE));
        table.put(TABLE, Secrets.hash(secret), link.bytes());
        return secret;
    }

    private void makeRoom(Principal principal, Instant now) {
        Map<String, Link> own = new TreeMap<>();
        table.scan(TABLE).forEach((key, bytes) -> {
            Link link = Link.read(bytes);
            if (!link.ends().isAfter(now)) {
                table.delete(TABLE, key);
            } else if (link.of(principal)) {
                own.put(key, link);
            }
        });
        own.entrySet().stream()
                .sorted(Map.Entry.comparingByValue((one, other) -> one.ends().compareTo(other.ends())))
                .limit(Math.max(0, own.size() - MOST_OF_A_CALLER + 1))
                .forEach(oldest -> table.delete(TABLE, oldest.getKey()));
    }

    /**
     * {@return the session that a link begins}
     *
     * @throws Unauthenticated if it begins none; the message is for operators
     */
    public Logins.Outcome.Welcome redeem(String secret) throws Unauthenticated {
        Link link = take(secret);
        Principal principal = authenticator.look(link.basis(), link.principal()).provedBy(PROOF);
        Sessions.Begun begun = sessions.begin(principal, link.basis());
        return new Logins.Outcome.Welcome(
                principal, begun.token(), begun.session().csrf(), sessions.lifetime());
    }

    private Link take(String secret) throws Unauthenticated {
        String key = Secrets.hash(secret);
        byte[] bytes = table.get(TABLE, key).orElse(null);
        // Of several that have read it, only one removes it.
        if (bytes != null && table.delete(TABLE, key)) {
            Link link = Link.read(bytes);
            if (link.ends().isAfter(clock.instant())) {
                return link;
            }
        }
        throw new Unauthenticated("the login link has been used, or is too old");
    }
}
