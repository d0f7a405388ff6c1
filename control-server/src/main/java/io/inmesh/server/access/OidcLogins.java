package io.inmesh.server.access;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Lets people log in to the console where they log in to everything else: the code flow of OpenID Connect Core 1.0 (3.1) with PKCE (RFC 7636).
 *
 * <p>A login that has begun is bound to the browser it began in by a cookie, so that nobody can be logged in as somebody else by a link (RFC
 * 6749, 10.12); it ends with the first answer, good or bad, and after some minutes. At most {@link #MOST_PENDING} are under way, of one
 * address {@link #MOST_OF_AN_ADDRESS}; a further one ends the oldest of its address, or of all.
 */
public final class OidcLogins {

    /** How long a login may take at the issuer. */
    public static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Logins under way at most. */
    static final int MOST_PENDING = 10_000;

    /** Logins under way at most that were begun from one address: nobody has proven anything yet. */
    static final int MOST_OF_AN_ADDRESS = 100;

    /** Codes exchanged at once: each takes a thread of the server until the issuer answers, and nobody has proven anything yet. */
    static final int MOST_EXCHANGES = 16;

    private static final int MAX_CHARACTERS = 4_096;

    private final List<Provider> providers;
    private final TokenExchange exchange;
    private final Sessions sessions;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Map<String, Pending> pending = new LinkedHashMap<>();
    private final Semaphore exchanges = new Semaphore(MOST_EXCHANGES);

    /**
     * Nobody is logging in yet.
     *
     * @param providers those that people can log in by
     */
    OidcLogins(
            List<Provider> providers,
            TokenExchange exchange,
            Sessions sessions,
            InstantSource clock,
            SecureRandom random) {
        this.providers = List.copyOf(providers);
        this.exchange = exchange;
        this.sessions = sessions;
        this.clock = clock;
        this.random = random;
    }

    /**
     * An issuer that people can log in by.
     *
     * @param login how
     * @param issuer verifies ID tokens that are for this server
     */
    record Provider(OidcLogin login, OidcIssuer issuer) {}

    /**
     * A login that has begun.
     *
     * @param to where to send the browser
     * @param binding secret to leave in the browser
     */
    public record Begun(URI to, String binding) {
        /** Keeps the secrets out of logs. */
        @Override
        public String toString() {
            return "login at " + to.getHost();
        }
    }

    private record Pending(
            Provider provider,
            String address,
            String bindingHash,
            String verifier,
            String nonce,
            String redirectUri,
            Instant ends) {}

    /** {@return what the buttons say; their places are the numbers of {@link #begin}} */
    public List<String> labels() {
        return providers.stream().map(provider -> provider.login().label()).toList();
    }

    /**
     * {@return a login by one of the issuers; empty if there is none of that number}
     *
     * @param redirectUri where the browser is to come back to, on this server
     * @param address network address of the browser
     */
    public synchronized Optional<Begun> begin(int which, String redirectUri, InetAddress address) {
        if (which < 0 || which >= providers.size()) {
            return Optional.empty();
        }
        Provider provider = providers.get(which);
        String state = Secrets.next(random);
        String binding = Secrets.next(random);
        Pending begun = new Pending(
                provider,
                CallerRates.keyOf(address),
                Secrets.hash(binding),
                Secrets.next(random),
                Secrets.next(random),
                redirectUri,
                clock.instant().plus(PATIENCE));
        forgetOld();
        makeRoom(begun.address());
        pending.put(state, begun);
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", provider.login().clientId());
        query.put("redirect_uri", redirectUri);
        query.put("scope", String.join(" ", provider.login().scopes()));
        query.put("state", state);
        query.put("nonce", begun.nonce());
        query.put("code_challenge", challenge(begun.verifier()));
        query.put("code_challenge_method", "S256");
        String endpoint = provider.login().authorizationEndpoint().toString();
        String separator = endpoint.contains("?") ? "&" : "?";
        return Optional.of(new Begun(URI.create(endpoint + separator + TokenEndpoint.form(query)), binding));
    }

    /**
     * {@return the session of the person who comes back}
     *
     * @param state what the browser was sent away with
     * @param binding the secret left in the browser; null if it has none
     * @param code what the issuer gave it; empty if it refused
     * @param issuer who says that it is the issuer (RFC 9207); empty if nobody says
     * @throws Unauthenticated if nobody may be logged in by this; the message is for operators
     */
    public Logins.Outcome.Welcome finish(String state, @Nullable String binding, String code, String issuer)
            throws Unauthenticated {
        Pending begun = take(state);
        if (binding == null || !Secrets.same(Secrets.hash(binding), begun.bindingHash())) {
            throw new Unauthenticated("the login was begun in another browser");
        }
        if (code.isEmpty() || code.length() > MAX_CHARACTERS) {
            throw new Unauthenticated(begun.provider().login().label() + " has not logged anybody in");
        }
        if (!issuer.isEmpty() && !issuer.equals(begun.provider().issuer().name())) {
            throw new Unauthenticated("the answer is not of the issuer that was asked");
        }
        Principal principal = begun.provider()
                .issuer()
                .login(idToken(begun, code), begun.provider().login().clientId(), begun.nonce());
        Sessions.Begun session = sessions.begin(principal);
        return new Logins.Outcome.Welcome(
                session.session().principal(),
                session.token(),
                session.session().csrf(),
                sessions.lifetime());
    }

    private String idToken(Pending begun, String code) throws Unauthenticated {
        if (!exchanges.tryAcquire()) {
            throw new Unauthenticated("too many logins wait for their issuer at this moment");
        }
        try {
            return exchange.idToken(begun.provider().login(), code, begun.verifier(), begun.redirectUri());
        } catch (IOException e) {
            throw new Unauthenticated(String.valueOf(e.getMessage()));
        } finally {
            exchanges.release();
        }
    }

    private synchronized Pending take(String state) throws Unauthenticated {
        forgetOld();
        Pending begun = state.length() > MAX_CHARACTERS ? null : pending.remove(state);
        if (begun == null) {
            throw new Unauthenticated("no such login is under way; it took too long, or has ended before");
        }
        return begun;
    }

    private void makeRoom(String address) {
        long own = pending.values().stream()
                .filter(known -> known.address().equals(address))
                .count();
        if (own >= MOST_OF_AN_ADDRESS || pending.size() >= MOST_PENDING) {
            Iterator<Pending> oldest = pending.values().iterator();
            Pending next = oldest.next();
            while (own >= MOST_OF_AN_ADDRESS && !next.address().equals(address)) {
                next = oldest.next();
            }
            oldest.remove();
        }
    }

    /** The oldest come first. */
    private void forgetOld() {
        Instant now = clock.instant();
        Iterator<Pending> oldest = pending.values().iterator();
        while (oldest.hasNext() && !oldest.next().ends().isAfter(now)) {
            oldest.remove();
        }
    }

    private static String challenge(String verifier) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
