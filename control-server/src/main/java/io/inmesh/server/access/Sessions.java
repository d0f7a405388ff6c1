package io.inmesh.server.access;

import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.store.StoreUnavailableException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is logged in, at whichever server of those that share the store. A session ends after a while without requests, at the latest some
 * hours after the login, at logout, and when the password of a user of this mesh changes or the user goes. Sessions are known by the hash of
 * their secret. While the store is away those known go on, and none begins.
 */
final class Sessions {

    /** Where they are kept; to be followed. */
    static final String TABLE = "sessions";

    /** What every session token begins with. */
    static final String PREFIX = "inmesh-session.";

    /** Sessions of one user; a further one ends the one used least recently. */
    static final int MOST_OF_A_USER = 20;

    /** What {@link Principal#proof} says. */
    private static final String PROOF = "session";

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final int MAX_CHARACTERS = 200;

    /** A use is written down after this part of the idle time, so that most requests write nothing. */
    private static final int USES_WRITTEN = 10;

    /** Sessions that are over and removed with one login: a store takes only so many writes at once. */
    private static final int MOST_REMOVED = 100;

    private final Users users;
    private final FollowedTables table;
    private final Executor writer;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Bounds bounds;
    /** When this server has seen sessions last, which the store need not know yet. */
    private final Map<String, Instant> seen = new ConcurrentHashMap<>();

    private final Set<String> beingWritten = ConcurrentHashMap.newKeySet();

    /**
     * How long and how many.
     *
     * @param idle how long a session lives without requests; where they reach one server after the other, up to a tenth less
     * @param lifetime how long it lives at most
     * @param capacity how many there are at most
     */
    record Bounds(Duration idle, Duration lifetime, int capacity) {}

    /**
     * Those that are in the store.
     *
     * @param table follows {@link #TABLE}
     * @param writer where to note that a session goes on
     */
    Sessions(
            Users users,
            FollowedTables table,
            Executor writer,
            InstantSource clock,
            SecureRandom random,
            Bounds bounds) {
        this.users = users;
        this.table = table;
        this.writer = writer;
        this.clock = clock;
        this.random = random;
        this.bounds = bounds;
    }

    /**
     * A session.
     *
     * @param principal who
     * @param basis what it was begun with and ends with, if the caller looks at that; null for nothing
     * @param csrf what a page has to send in a header with every change
     */
    record Session(Principal principal, @Nullable Basis basis, String csrf) {

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
        Principal principal = Principal.user(user.name(), user.groups(), PROOF);
        return begin(principal, Secrets.hash(user.passwordHash()), null);
    }

    /** Begins a session of somebody whom an issuer has just vouched for. */
    Begun begin(Principal principal) {
        return begin(principal, null, null);
    }

    /** Begins a session that holds for as long as something else does; that is for {@link Authenticator} to see to. */
    Begun begin(Principal principal, Basis basis) {
        return begin(principal, null, basis);
    }

    private synchronized Begun begin(Principal principal, @Nullable String password, @Nullable Basis basis) {
        Instant now = clock.instant();
        List<Write> writes = new ArrayList<>();
        makeRoom(principal, now).forEach(key -> writes.add(new Write(TABLE, key, null)));
        String token = PREFIX + Secrets.next(random);
        StoredSession session = new StoredSession(principal, password, basis, now.plus(bounds.lifetime()), now);
        writes.add(new Write(TABLE, Secrets.hash(token), session.bytes()));
        table.change(List.of(), writes);
        seen.keySet().retainAll(table.scan(TABLE).keySet());
        return new Begun(token, new Session(principal, basis, csrf(token)));
    }

    /** {@return what is kept; empty if this server cannot read it, and so cannot know whose session it is} */
    private static Optional<StoredSession> readable(byte[] bytes) {
        try {
            return Optional.of(StoredSession.read(bytes));
        } catch (RuntimeException e) {
            LOG.warn("a stored session cannot be read and does not go on", e);
            return Optional.empty();
        }
    }

    /** {@return sessions to end, so that another one of somebody can begin} */
    private List<String> makeRoom(Principal principal, Instant now) {
        List<String> ended = new ArrayList<>();
        Map<String, StoredSession> alive = new TreeMap<>();
        table.scan(TABLE).forEach((key, bytes) -> {
            StoredSession session = readable(bytes).orElse(null);
            if (session != null && !over(key, session, now)) {
                alive.put(key, session);
            } else if (ended.size() < MOST_REMOVED) {
                ended.add(key);
            }
        });
        List<String> own = alive.entrySet().stream()
                .filter(entry -> entry.getValue().principal().id().equals(principal.id()))
                .sorted(Comparator.comparing(entry -> used(entry.getKey(), entry.getValue())))
                .map(Map.Entry::getKey)
                .toList();
        if (own.size() >= MOST_OF_A_USER) {
            ended.add(own.get(0));
        } else if (alive.size() >= bounds.capacity()) {
            alive.entrySet().stream()
                    .min(Comparator.comparing(entry -> used(entry.getKey(), entry.getValue())))
                    .ifPresent(oldest -> ended.add(oldest.getKey()));
        }
        return ended;
    }

    /** {@return the session of a token, if it goes on; its idle time begins anew} */
    Optional<Session> use(String token) {
        if (token.length() > MAX_CHARACTERS || !token.startsWith(PREFIX)) {
            return Optional.empty();
        }
        return known(key(token)).map(session -> new Session(session.principal(), session.basis(), csrf(token)));
    }

    /** {@return whose session that is, if it goes on; its idle time begins anew} */
    Optional<Principal> useOf(String key) {
        return known(key).map(StoredSession::principal);
    }

    private Optional<StoredSession> known(String key) {
        byte[] bytes = table.get(TABLE, key).orElse(null);
        if (bytes == null) {
            return Optional.empty();
        }
        StoredSession session = readable(bytes).orElse(null);
        if (session == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Principal principal = now(session).orElse(null);
        if (principal == null || over(key, session, now)) {
            return Optional.empty();
        }
        seen.put(key, now);
        if (!now.isBefore(session.used().plus(bounds.idle().dividedBy(USES_WRITTEN))) && beingWritten.add(key)) {
            note(key, bytes, session.usedAt(now).bytes());
        }
        return Optional.of(
                new StoredSession(principal, session.password(), session.basis(), session.ends(), session.used()));
    }

    /** Lets the other servers know that a session goes on, unless it has ended, or one of them has said so already. */
    private void note(String key, byte[] before, byte[] after) {
        try {
            writer.execute(() -> {
                try {
                    table.compareAndSetLazily(TABLE, key, before, after);
                } catch (StoreUnavailableException e) {
                    LOG.debug("that a session goes on is not written down for now", e);
                } finally {
                    beingWritten.remove(key);
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("nothing is written down any more: the server stops", closed);
        }
    }

    /** {@return who it is of by now; the groups of a user of this mesh may have changed} */
    private Optional<Principal> now(StoredSession session) {
        String password = session.password();
        if (password == null) {
            return Optional.of(session.principal());
        }
        return users.find(session.principal().name())
                .filter(user -> Secrets.same(Secrets.hash(user.passwordHash()), password))
                .map(user -> Principal.user(user.name(), user.groups(), PROOF));
    }

    /** Ends a session, at all servers. */
    void end(String token) {
        table.delete(TABLE, key(token));
    }

    /** {@return how long a session lives at most} */
    Duration lifetime() {
        return bounds.lifetime();
    }

    /** {@return what the store calls the session of a token} */
    static String key(String token) {
        return Secrets.hash(token);
    }

    /** Known to whoever knows the token, and of no help to find it out; so it needs to be kept nowhere. */
    private static String csrf(String token) {
        return Secrets.hash("csrf " + token);
    }

    private Instant used(String key, StoredSession session) {
        Instant here = seen.get(key);
        return here != null && here.isAfter(session.used()) ? here : session.used();
    }

    private boolean over(String key, StoredSession session, Instant now) {
        return !session.ends().isAfter(now)
                || !used(key, session).plus(bounds.idle()).isAfter(now);
    }
}
