package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.ca.CallerTrust;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is logged in by a link, and for how long; in virtual time. */
class LoginLinksTest {

    private static final Duration LIFETIME = Duration.ofHours(12);

    private final FakeTime time = new FakeTime();
    private Users users;
    private ServiceTokens tokens;
    private Sessions sessions;
    private Authenticator authenticator;
    private LoginLinks links;

    @BeforeEach
    void open() throws Exception {
        SecureRandom random = new SecureRandom();
        MemoryTable table = new MemoryTable();
        users = new Users(List.of(), table, random);
        tokens = new ServiceTokens(table, time, random);
        sessions = new Sessions(
                users,
                table.followed(Sessions.TABLE),
                Runnable::run,
                time,
                random,
                new Sessions.Bounds(Duration.ofMinutes(30), LIFETIME, 100));
        TrustManagerFactory platform = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        platform.init((KeyStore) null);
        CallerTrust nobody =
                new CallerTrust((X509ExtendedTrustManager) platform.getTrustManagers()[0], List.of(), time);
        authenticator = new Authenticator(false, nobody, List.of(), tokens, sessions, time);
        links = new LoginLinks(authenticator, sessions, table, time, random);
    }

    @Test
    void whoFollowsTheLinkIsWhoAskedForIt() throws Exception {
        Credentials ann = loggedIn();

        Logins.Outcome.Welcome welcome = links.redeem(link(ann));

        assertThat(welcome.principal()).isEqualTo(Principal.user("ann", Set.of("sre"), "link"));
        Authenticator.Proof proof = authenticator.authenticate(cookie(welcome.token()));
        assertThat(proof.principal()).isEqualTo(welcome.principal());
        assertThat(proof.csrf()).isEqualTo(welcome.csrf());
        assertThat(welcome.token()).isNotEqualTo(ann.authorization());
    }

    @Test
    void aLinkCountsOnce() throws Exception {
        String link = link(loggedIn());
        links.redeem(link);

        refused(link);
    }

    @Test
    void aLinkIsGoodForAMinute() throws Exception {
        String early = link(loggedIn());
        String late = link(loggedIn());
        time.advance(LoginLinks.LIFE.minusMillis(1));
        links.redeem(early);
        time.advance(Duration.ofMillis(1));

        refused(late);
    }

    @Test
    void whatIsNoLinkIsRefused() {
        link(loggedIn());

        refused("");
        refused("x".repeat(100_000));
    }

    @Test
    void aFurtherLinkOfOneCallerEndsItsOldestAndNobodyElses() throws Exception {
        Credentials ann = loggedIn();
        String other = link(serviceToken("deployer"));
        List<String> all = new ArrayList<>();
        for (int i = 0; i <= LoginLinks.MOST_OF_A_CALLER; i++) {
            all.add(link(ann));
            time.advance(Duration.ofMillis(1));
        }

        refused(all.get(0));
        links.redeem(other);
        for (String link : all.subList(1, all.size())) {
            links.redeem(link);
        }
    }

    @Test
    void theSessionEndsWhenThatOfTheCommandLineIsLoggedOut() throws Exception {
        Credentials ann = loggedIn();
        Credentials browser = cookie(links.redeem(link(ann)).token());
        authenticator.authenticate(browser);

        sessions.end(bearerOf(ann));

        over(browser);
        over(browser);
    }

    @Test
    void theSessionEndsWithItsServiceToken() throws Exception {
        ServiceTokens.Made made = tokens.create("deployer", Duration.ofHours(1), "root");
        Credentials program = bearer(made.token());
        Credentials browser = cookie(links.redeem(link(program)).token());
        assertThat(authenticator.authenticate(browser).principal())
                .isEqualTo(new Principal(Principal.Kind.TOKEN, "deployer", Set.of(), "link"));

        tokens.delete(made.known().id());

        over(browser);
    }

    @Test
    void aPasswordThatChangesMeanwhileMakesTheLinkWorthless() {
        Credentials ann = loggedIn();
        String link = link(ann);

        users.setPassword("ann", "another long enough");

        refused(link);
    }

    @Test
    void theSessionEndsWithItsUser() throws Exception {
        Credentials browser = cookie(links.redeem(link(loggedIn())).token());
        users.delete("ann");
        over(browser);
    }

    @Test
    void theSessionLivesNoLongerThanTheOneItCameFrom() throws Exception {
        Credentials ann = loggedIn();
        Duration late = LIFETIME.minusMinutes(10);
        for (Duration passed = Duration.ZERO; passed.compareTo(late) < 0; passed = passed.plusMinutes(10)) {
            time.advance(Duration.ofMinutes(10));
            authenticator.authenticate(ann);
        }
        Credentials browser = cookie(links.redeem(link(ann)).token());
        authenticator.authenticate(browser);

        time.advance(Duration.ofMinutes(10));

        over(browser);
    }

    /** Else somebody who gets at a browser for a moment would have a session of his own. */
    @Test
    void aBrowserGetsNoFurtherLinks() throws Exception {
        String session = links.redeem(link(loggedIn())).token();

        for (Credentials shown : List.of(cookie(session), bearer(session))) {
            Principal principal = authenticator.authenticate(shown).principal();
            assertThatThrownBy(() -> links.create(principal, shown))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("meshctl dashboard");
        }
    }

    @Test
    void nobodyGetsNoLink() {
        for (Principal nobody : List.of(Principal.NOBODY, Principal.LOOPBACK)) {
            assertThatThrownBy(() -> links.create(nobody, credentials(null, null)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Credentials loggedIn() {
        if (!users.has("ann")) {
            users.add("ann", "a long enough one", Set.of("sre"));
        }
        return bearer(sessions.begin(users.find("ann").orElseThrow()).token());
    }

    private Credentials serviceToken(String name) {
        return bearer(tokens.create(name, Duration.ofHours(1), "root").token());
    }

    private String link(Credentials credentials) {
        try {
            return links.create(authenticator.authenticate(credentials).principal(), credentials);
        } catch (Unauthenticated e) {
            throw new AssertionError(e);
        }
    }

    private void refused(String link) {
        assertThatThrownBy(() -> links.redeem(link)).isInstanceOf(Unauthenticated.class);
    }

    private void over(Credentials session) {
        assertThatThrownBy(() -> authenticator.authenticate(session)).isInstanceOf(Unauthenticated.class);
    }

    private static String bearerOf(Credentials credentials) {
        return String.valueOf(credentials.authorization()).substring("Bearer ".length());
    }

    private static Credentials bearer(String token) {
        return credentials("Bearer " + token, null);
    }

    private static Credentials cookie(String token) {
        return credentials(null, token);
    }

    private static Credentials credentials(@Nullable String authorization, @Nullable String cookie) {
        return new Credentials(InetAddress.getLoopbackAddress(), List.of(), authorization, cookie);
    }
}
