package io.inmesh.server.access;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is logged in. A session ends after a while without requests, at the latest some hours after the login, at logout, when the password of
 * a user of this server changes or the user goes, and when the server restarts. Sessions are known by the hash of their secret.
 */
final class Sessions {

    /** What every session token begins with. */
    static final String PREFIX = "inmesh-session.";

    /** Sessions of one user; a further one ends the one used least recently. */
    static final int MOST_OF_A_USER = 20;

    /** What {@link Principal#proof} says. */
    private static final String PROOF = "session";

    private static final int MAX_CHARACTERS = 200;

    private final Users users;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Duration idle;
    private final Duration lifetime;
    private final int capacity;
    private final Map<String, Session> sessions = new HashMap<>();

    /**
     * Nobody is logged in yet.
     *
     * @param idle how long a session lives without requests
     * @param lifetime how long it lives at most
     * @param capacity how many there are at most
     */
    Sessions(Users users, InstantSource clock, SecureRandom random, Duration idle, Duration lifetime, int capacity) {
        this.users = users;
        this.clock = clock;
        this.random = random;
        this.idle = idle;
        this.lifetime = lifetime;
        this.capacity = capacity;
    }

    /**
     * A session.
     *
     * @param principal who, as of the login
     * @param passwordHash the user's password at login; null for somebody who logged in elsewhere
     * @param csrf what a page has to send in a header with every change
     * @param ends the latest moment it can be used
     * @param used when it was used last
     */
    record Session(Principal principal, @Nullable String passwordHash, String csrf, Instant ends, Instant used) {

        /** Keeps secrets out of logs. */
        @Override
        public String toString() {
            return "session of " + principal.name();
        }
    }

    /**
     * A session that has just begun.
     *
     * @param token what its holder presents
     * @param session what is known of it
     */
    record Begun(String token, Session session) {}

    /** Begins a session of a user who has just shown the password. */
    Begun begin(User user) {
        return begin(Principal.user(user.name(), user.groups(), PROOF), user.passwordHash());
    }

    /** Begins a session of somebody whom an issuer has just vouched for. */
    Begun begin(Principal principal) {
        return begin(principal, null);
    }

    private synchronized Begun begin(Principal principal, @Nullable String passwordHash) {
        Instant now = clock.instant();
        sessions.values().removeIf(session -> over(session, now));
        List<Map.Entry<String, Session>> own = sessions.entrySet().stream()
                .filter(entry -> entry.getValue().principal().id().equals(principal.id()))
                .sorted(Comparator.comparing(entry -> entry.getValue().used()))
                .toList();
        if (own.size() >= MOST_OF_A_USER) {
            sessions.remove(own.get(0).getKey());
        } else if (sessions.size() >= capacity) {
            sessions.entrySet().stream()
                    .min(Comparator.comparing(entry -> entry.getValue().used()))
                    .ifPresent(oldest -> sessions.remove(oldest.getKey()));
        }
        String token = PREFIX + Secrets.next(random);
        Session session = new Session(principal, passwordHash, Secrets.next(random), now.plus(lifetime), now);
        sessions.put(Secrets.hash(token), session);
        return new Begun(token, session);
    }

    /** {@return the session of a token, if it goes on; its idle time begins anew} */
    synchronized Optional<Session> use(String token) {
        if (token.length() > MAX_CHARACTERS || !token.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String key = Secrets.hash(token);
        Session session = sessions.get(key);
        if (session == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<Principal> principal = now(session);
        if (principal.isEmpty() || over(session, now)) {
            sessions.remove(key);
            return Optional.empty();
        }
        Session used = new Session(principal.get(), session.passwordHash(), session.csrf(), session.ends(), now);
        sessions.put(key, used);
        return Optional.of(used);
    }

    /** {@return who it is of by now; the groups of a user of this server may have changed} */
    private Optional<Principal> now(Session session) {
        String hash = session.passwordHash();
        if (hash == null) {
            return Optional.of(session.principal());
        }
        return users.find(session.principal().name())
                .filter(user -> user.passwordHash().equals(hash))
                .map(user -> Principal.user(user.name(), user.groups(), PROOF));
    }

    /** Ends a session. */
    synchronized void end(String token) {
        sessions.remove(Secrets.hash(token));
    }

    /** {@return how long a session lives at most} */
    Duration lifetime() {
        return lifetime;
    }

    private boolean over(Session session, Instant now) {
        return !session.ends().isAfter(now) || !session.used().plus(idle).isAfter(now);
    }
}
