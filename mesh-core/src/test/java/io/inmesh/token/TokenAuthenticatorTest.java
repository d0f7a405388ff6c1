package io.inmesh.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.RequestEdits;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.JwtRuleConfig.ClaimHeader;
import io.inmesh.config.JwtRuleConfig.HeaderLocation;
import io.inmesh.config.JwtRuleConfig.Locations;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestIssuer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where tokens are found, which are accepted, and what the application sees of them. */
class TokenAuthenticatorTest {

    private static final TestIssuer SHOP = TestIssuer.of("https://shop.example");
    private static final TestIssuer BANK = TestIssuer.rsa("https://bank.example");
    private static final JwtRuleConfig SHOP_RULE = new JwtRuleConfig(SHOP.name(), SHOP.keys());
    private static final JwtRuleConfig BANK_RULE = new JwtRuleConfig(BANK.name(), BANK.keys());

    private final FakeClock clock = new FakeClock();

    @Test
    void requestWithoutTokenGoesOnWithoutIdentity() {
        TokenResult result = authenticator(SHOP_RULE).authenticate(FakeCall.get("/"));
        assertThat(result.refusal()).isNull();
        assertThat(result.token()).isNull();
        assertThat(result.edits()).isSameAs(RequestEdits.NONE);
    }

    @Test
    void bearerTokenIsVerifiedAndHiddenFromTheApplication() {
        TokenResult result = authenticator(SHOP_RULE).authenticate(bearer(SHOP.token("alice")));
        assertThat(result.refusal()).isNull();
        assertThat(token(result).principal()).isEqualTo("https://shop.example/alice");
        assertThat(result.edits().hiddenHeaders()).containsExactly("authorization");
    }

    @Test
    void tokensThatHaveToBeForgottenAreTold() {
        TokenAuthenticator authenticator = authenticator(SHOP_RULE);
        int beyond = 10;
        int evicted = 0;
        for (int i = 0; i < TokenRule.KNOWN_TOKENS + beyond; i++) {
            TokenResult result = authenticator.authenticate(bearer(SHOP.token("user-" + i)));
            assertThat(result.refusal()).isNull();
            TokenResult.Evicted told = result.evicted();
            if (told != null) {
                assertThat(told.issuer()).isEqualTo(SHOP.name());
                evicted += told.tokens();
            }
        }
        assertThat(evicted).isEqualTo(beyond);
    }

    @Test
    void schemeHasNoCase() {
        FakeCall call = FakeCall.get("/").header("authorization", "bearer " + SHOP.token("alice"));
        assertThat(token(authenticator(SHOP_RULE).authenticate(call)).subject()).isEqualTo("alice");
    }

    @Test
    void otherSchemesHoldNoToken() {
        FakeCall call = FakeCall.get("/").header("authorization", "Basic dXNlcjpwYXNzd29yZA==");
        TokenResult result = authenticator(SHOP_RULE).authenticate(call);
        assertThat(result.refusal()).isNull();
        assertThat(result.edits()).isSameAs(RequestEdits.NONE);
    }

    @Test
    void tokenInTheQueryIsVerifiedAndHidden() {
        FakeCall call = FakeCall.get("/").query("a=1&access%5Ftoken=" + SHOP.token("alice"));
        TokenResult result = authenticator(SHOP_RULE).authenticate(call);
        assertThat(token(result).subject()).isEqualTo("alice");
        assertThat(result.edits().hiddenParams()).containsExactly("access_token");
    }

    @Test
    void cookieIsTakenOutOfItsHeaderAndTheOthersStay() {
        JwtRuleConfig rule = at(new Locations(List.of(), List.of(), List.of("session")));
        FakeCall call = FakeCall.get("/").header("cookie", "a=1; session=\"" + SHOP.token("alice") + "\"; b=2");
        TokenResult result = authenticator(rule).authenticate(call);
        assertThat(token(result).subject()).isEqualTo("alice");
        assertThat(result.edits().hiddenCookies()).containsExactly("session");
        assertThat(result.edits().hiddenHeaders()).containsExactly("cookie");
        assertThat(result.edits().setHeaders()).containsExactly(Map.entry("cookie", "a=1; b=2"));
    }

    @Test
    void ownLocationsReplaceTheUsualOnes() {
        JwtRuleConfig rule = at(new Locations(List.of(new HeaderLocation("x-jwt", "")), List.of("token"), List.of()));
        assertThat(authenticator(rule).authenticate(bearer(SHOP.token("alice"))).token())
                .isNull();
        FakeCall call = FakeCall.get("/").header("x-jwt", SHOP.token("alice"));
        assertThat(token(authenticator(rule).authenticate(call)).subject()).isEqualTo("alice");
    }

    @Test
    void forwardedTokenIsLeftWhereItIs() {
        JwtRuleConfig rule = new JwtRuleConfig(
                SHOP.name(), List.of(), SHOP.keys(), Locations.DEFAULT, true, "", List.of(), List.of());
        TokenResult result = authenticator(rule).authenticate(bearer(SHOP.token("alice")));
        assertThat(token(result).subject()).isEqualTo("alice");
        assertThat(result.edits()).isSameAs(RequestEdits.NONE);
    }

    @Test
    void differentTokensAreRefused() {
        FakeCall call = bearer(SHOP.token("alice")).query("access_token=" + SHOP.token("bob"));
        assertThat(authenticator(SHOP_RULE).authenticate(call).refusal()).contains("more than one token");
    }

    @Test
    void sameTokenTwiceIsOne() {
        String token = SHOP.token("alice");
        TokenResult result = authenticator(SHOP_RULE).authenticate(bearer(token).query("access_token=" + token));
        assertThat(token(result).subject()).isEqualTo("alice");
        assertThat(result.edits().hiddenParams()).containsExactly("access_token");
        assertThat(result.edits().hiddenHeaders()).containsExactly("authorization");
    }

    @Test
    void tokenAtPlacesOfDifferentRulesIsRefused() {
        JwtRuleConfig other = new JwtRuleConfig(
                BANK.name(),
                List.of(),
                BANK.keys(),
                new Locations(List.of(new HeaderLocation("x-bank", "")), List.of(), List.of()),
                false,
                "",
                List.of(),
                List.of());
        String token = SHOP.token("alice");
        TokenResult result =
                authenticator(SHOP_RULE, other).authenticate(bearer(token).header("x-bank", token));
        assertThat(result.refusal()).contains("no single rule reads");
    }

    @Test
    void issuerOfTheTokenDecidesWhichRuleVerifiesIt() {
        TokenAuthenticator both = authenticator(SHOP_RULE, BANK_RULE);
        assertThat(token(both.authenticate(bearer(BANK.token("bob")))).principal())
                .isEqualTo("https://bank.example/bob");
        assertThat(token(both.authenticate(bearer(SHOP.token("bob")))).principal())
                .isEqualTo("https://shop.example/bob");
        String claimed = SHOP.token("bob", Map.of("iss", BANK.name()));
        assertThat(both.authenticate(bearer(claimed)).refusal()).contains("no key of the issuer made the signature");
        String unknown = SHOP.token("bob", Map.of("iss", "https://elsewhere.example"));
        assertThat(both.authenticate(bearer(unknown)).refusal()).contains("no rule is about the issuer");
    }

    @Test
    void secondRuleOfTheSameIssuerMayAccept() {
        JwtRuleConfig stale = new JwtRuleConfig(SHOP.name(), TestIssuer.of("x").keys());
        assertThat(token(authenticator(stale, SHOP_RULE).authenticate(bearer(SHOP.token("alice"))))
                        .subject())
                .isEqualTo("alice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b", "a.b.c.d", "a.b.c.d.e", "..", "....", "=.=.=", "a b.c.d"})
    void whatIsNoTokenIsRefused(String text) {
        assertThat(authenticator(SHOP_RULE).authenticate(bearer(text)).refusal())
                .isNotNull();
    }

    @Test
    void preflightNeedsNoValidToken() {
        FakeCall call = bearer("nonsense")
                .method("OPTIONS")
                .header("origin", "https://a.example")
                .header("access-control-request-method", "GET");
        TokenResult result = authenticator(SHOP_RULE).authenticate(call);
        assertThat(result.refusal()).isNull();
        assertThat(result.token()).isNull();
    }

    @Test
    void optionsWithoutOriginIsNoPreflight() {
        assertThat(authenticator(SHOP_RULE)
                        .authenticate(bearer("nonsense").method("OPTIONS"))
                        .refusal())
                .isNotNull();
    }

    @Test
    void claimsAreShownInHeadersAndNobodyElseMaySetThem() {
        JwtRuleConfig rule = new JwtRuleConfig(
                SHOP.name(),
                List.of(),
                SHOP.keys(),
                Locations.DEFAULT,
                false,
                "x-payload",
                List.of(
                        new ClaimHeader("x-name", "user.name"),
                        new ClaimHeader("x-level", "level"),
                        new ClaimHeader("x-staff", "staff"),
                        new ClaimHeader("x-list", "roles"),
                        new ClaimHeader("x-break", "break")),
                List.of());
        String token = SHOP.token(
                "alice",
                Map.of(
                        "user",
                        Map.of("name", "Alice"),
                        "level",
                        7,
                        "staff",
                        true,
                        "roles",
                        List.of("a"),
                        "break",
                        "a\r\nx: y"));
        TokenAuthenticator authenticator = authenticator(rule);
        RequestEdits edits = authenticator.authenticate(bearer(token)).edits();
        assertThat(edits.hiddenHeaders())
                .containsExactlyInAnyOrder(
                        "authorization", "x-payload", "x-name", "x-level", "x-staff", "x-list", "x-break");
        assertThat(edits.setHeaders())
                .containsExactly(
                        Map.entry("x-payload", token.split("\\.", -1)[1]),
                        Map.entry("x-name", "Alice"),
                        Map.entry("x-level", "7"),
                        Map.entry("x-staff", "true"));
        RequestEdits without = authenticator.authenticate(FakeCall.get("/")).edits();
        assertThat(without.hiddenHeaders()).contains("x-payload", "x-name");
        assertThat(without.setHeaders()).isEmpty();
    }

    @Test
    void scopesAreWords() {
        JwtRuleConfig rule = new JwtRuleConfig(
                SHOP.name(), List.of(), SHOP.keys(), Locations.DEFAULT, false, "", List.of(), List.of("groups"));
        String token = SHOP.token("a", Map.of("scope", "read write", "groups", "x y", "other", "p q"));
        VerifiedToken verified = token(authenticator(rule).authenticate(bearer(token)));
        assertThat(verified.claim("scope")).isEqualTo(List.of("read", "write"));
        assertThat(verified.claim("groups")).isEqualTo(List.of("x", "y"));
        assertThat(verified.claim("other")).isEqualTo("p q");
    }

    @Test
    void verifiedTokenIsKnownUntilItExpires() {
        long now = clock.epochMillis() / 1000;
        String token = SHOP.token("alice", Map.of("exp", now + 100));
        TokenAuthenticator authenticator = authenticator(SHOP_RULE);
        VerifiedToken first = token(authenticator.authenticate(bearer(token)));
        assertThat(authenticator.authenticate(bearer(token)).token()).isSameAs(first);
        clock.advance(Duration.ofSeconds(100 + Validity.SKEW_SECONDS + 1));
        assertThat(authenticator.authenticate(bearer(token)).refusal()).contains("expired");
    }

    @Test
    void verifiedTokensSurviveAChangeOfOtherRulesButNotOfTheirOwn() {
        String token = SHOP.token("alice");
        TokenAuthenticator before = authenticator(SHOP_RULE);
        VerifiedToken known = token(before.authenticate(bearer(token)));
        TokenAuthenticator more = TokenAuthenticator.compile(List.of(SHOP_RULE, BANK_RULE), before, clock, problems());
        assertThat(more.authenticate(bearer(token)).token()).isSameAs(known);
        JwtRuleConfig rotated =
                new JwtRuleConfig(SHOP.name(), TestIssuer.of(SHOP.name()).keys());
        TokenAuthenticator after = TokenAuthenticator.compile(List.of(rotated), more, clock, problems());
        assertThat(after.authenticate(bearer(token)).refusal()).contains("no key of the issuer");
    }

    @Test
    void keysThatAreNoJwkSetAreAProblem() {
        List<String> found = new ArrayList<>();
        TokenAuthenticator.compile(
                List.of(new JwtRuleConfig("i", "{}")),
                null,
                clock,
                (field, message, remedy) -> found.add(field + " " + message));
        assertThat(found).containsExactly("jwtRules[0].keys are no JWK set: it has no list \"keys\"");
    }

    @Test
    void placesHoldWhatTheyHide() {
        assertThat(new Hiding(Set.of("a")).edits(FakeCall.get("/"), List.of()).hiddenHeaders())
                .containsExactly("a");
    }

    private static JwtRuleConfig at(Locations locations) {
        return new JwtRuleConfig(SHOP.name(), List.of(), SHOP.keys(), locations, false, "", List.of(), List.of());
    }

    private static FakeCall bearer(String token) {
        return FakeCall.get("/").header("authorization", "Bearer " + token);
    }

    private static VerifiedToken token(TokenResult result) {
        assertThat(result.refusal()).isNull();
        assertThat(result.token()).isNotNull();
        return result.token();
    }

    private TokenAuthenticator authenticator(JwtRuleConfig... rules) {
        return TokenAuthenticator.compile(List.of(rules), null, clock, problems());
    }

    private static io.inmesh.config.FieldProblems problems() {
        return (field, message, remedy) -> {
            throw new AssertionError(field + ": " + message);
        };
    }
}
