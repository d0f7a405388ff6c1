package io.inmesh.server.access;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Lets people log in to the console where they log in to everything else: the code flow of OpenID Connect Core 1.0 (3.1) with PKCE (RFC 7636).
 *
 * <p>A login that has begun is bound to the browser it began in by a secret in a cookie, so that nobody can be logged in as somebody else by
 * a link (RFC 6749, 10.12), and ends after some minutes. All that is known of it goes with the browser: what the issuer hands back says what
 * was begun and is authenticated by that secret, of which PKCE's verifier and the nonce are made. So it may end at another server than it
 * began at, and whoever begins many takes up nothing. That it counts once is up to the issuer, who takes a code once (RFC 6749, 4.1.2).
 */
public final class OidcLogins {

    /** How long a login may take at the issuer. */
    public static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Codes exchanged at once: each takes a thread of the server until the issuer answers, and nobody has proven anything yet. */
    static final int MOST_EXCHANGES = 16;

    private static final int MAX_CHARACTERS = 4_096;
    private static final String MAC = "HmacSHA256";
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final List<Provider> providers;
    private final TokenExchange exchange;
    private final Sessions sessions;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Semaphore exchanges = new Semaphore(MOST_EXCHANGES);

    /**
     * Puts the parts together.
     *
     * @param providers those that people can log in by, at every server the same
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

    /** What goes with the browser: {@code <number>.<end in seconds>.<random>.<mac over these and the redirect URI>}. */
    private record State(int which, long endEpochSecond, String salt) {

        String signed(String binding, String redirectUri) {
            return text() + "." + derived(binding, "state " + text() + " " + redirectUri);
        }

        String text() {
            return which + "." + endEpochSecond + "." + salt;
        }

        String verifier(String binding) {
            return derived(binding, "verifier " + text());
        }

        String nonce(String binding) {
            return derived(binding, "nonce " + text());
        }
    }

    /**
     * What a browser comes back with (RFC 6749, 4.1.2).
     *
     * @param state what it was sent away with
     * @param code what the issuer gave it; empty if it refused
     * @param issuer who says that it is the issuer (RFC 9207); empty if nobody says
     */
    public record Answer(String state, String code, String issuer) {

        /** Keeps the secrets out of logs. */
        @Override
        public String toString() {
            return "answer of an issuer";
        }
    }

    /** {@return what the buttons say; their places are the numbers of {@link #begin}} */
    public List<String> labels() {
        return providers.stream().map(provider -> provider.login().label()).toList();
    }

    /**
     * {@return a login by one of the issuers; empty if there is none of that number}
     *
     * @param redirectUri where the browser is to come back to
     */
    public Optional<Begun> begin(int which, String redirectUri) {
        if (which < 0 || which >= providers.size()) {
            return Optional.empty();
        }
        Provider provider = providers.get(which);
        String binding = Secrets.next(random);
        State state = new State(which, clock.instant().plus(PATIENCE).getEpochSecond(), Secrets.next(random));
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", provider.login().clientId());
        query.put("redirect_uri", redirectUri);
        query.put("scope", String.join(" ", provider.login().scopes()));
        query.put("state", state.signed(binding, redirectUri));
        query.put("nonce", state.nonce(binding));
        query.put("code_challenge", challenge(state.verifier(binding)));
        query.put("code_challenge_method", "S256");
        String endpoint = provider.login().authorizationEndpoint().toString();
        String separator = endpoint.contains("?") ? "&" : "?";
        return Optional.of(new Begun(URI.create(endpoint + separator + TokenEndpoint.form(query)), binding));
    }

    /**
     * {@return the session of the person who comes back}
     *
     * @param answer what the browser was sent back with
     * @param binding the secret left in the browser; null if it has none
     * @param redirectUri where it has come back to
     * @throws Unauthenticated if nobody may be logged in by this; the message is for operators
     */
    public Logins.Outcome.Welcome finish(Answer answer, @Nullable String binding, String redirectUri)
            throws Unauthenticated {
        if (binding == null || binding.isEmpty()) {
            throw new Unauthenticated("the login was begun in another browser, or has ended before");
        }
        State begun = state(answer.state(), binding, redirectUri);
        Provider provider = providers.get(begun.which());
        if (answer.code().isEmpty() || answer.code().length() > MAX_CHARACTERS) {
            throw new Unauthenticated(provider.login().label() + " has not logged anybody in");
        }
        if (!answer.issuer().isEmpty()
                && !answer.issuer().equals(provider.issuer().name())) {
            throw new Unauthenticated("the answer is not of the issuer that was asked");
        }
        String idToken = idToken(provider.login(), answer.code(), begun.verifier(binding), redirectUri);
        Principal principal = provider.issuer().login(idToken, provider.login().clientId(), begun.nonce(binding));
        Sessions.Begun session = sessions.begin(principal);
        return new Logins.Outcome.Welcome(
                session.session().principal(),
                session.token(),
                session.session().csrf(),
                sessions.lifetime());
    }

    private State state(String text, String binding, String redirectUri) throws Unauthenticated {
        String[] parts = text.length() > MAX_CHARACTERS ? new String[0] : text.split("\\.", -1);
        if (parts.length != 4 || !parts[0].matches("[0-9]{1,3}") || !parts[1].matches("[0-9]{1,12}")) {
            throw new Unauthenticated("no such login is under way");
        }
        State state = new State(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2]);
        if (!Secrets.same(text, state.signed(binding, redirectUri))) {
            throw new Unauthenticated("the login was begun in another browser");
        }
        if (state.endEpochSecond() <= clock.instant().getEpochSecond()) {
            throw new Unauthenticated("no such login is under way; it took too long");
        }
        if (state.which() >= providers.size()) {
            throw new Unauthenticated("the issuer of this login is not in the settings any more");
        }
        return state;
    }

    private String idToken(OidcLogin login, String code, String verifier, String redirectUri) throws Unauthenticated {
        if (!exchanges.tryAcquire()) {
            throw new Unauthenticated("too many logins wait for their issuer at this moment");
        }
        try {
            return exchange.idToken(login, code, verifier, redirectUri);
        } catch (IOException e) {
            throw new Unauthenticated(String.valueOf(e.getMessage()));
        } finally {
            exchanges.release();
        }
    }

    /** {@return what only those can know who know a secret; it tells nothing of the secret} */
    private static String derived(String secret, String what) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), MAC));
            return TEXT.encodeToString(mac.doFinal(what.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC with SHA-256", e);
        }
    }

    private static String challenge(String verifier) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return TEXT.encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
