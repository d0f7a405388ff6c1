package io.inmesh.token;

import io.inmesh.call.InboundCall;
import io.inmesh.call.RequestEdits;
import io.inmesh.config.FieldProblems;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.config.JwtRuleConfig.HeaderLocation;
import io.inmesh.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds and verifies the token of a request. Thread-safe; keeps the tokens it has verified, up to a bound.
 *
 * <p>A request without a token goes on without one: that a token is needed is for authorization to say. A request with a token that no rule
 * accepts is refused, wherever the token is. So is one with different tokens, or with one token at places that no single rule reads:
 * which of them the application believes is not known.
 *
 * <p>Source: Istio {@code RequestAuthentication}, which leaves requests with several tokens undefined; Envoy
 * {@code jwt_authn.v3.JwtAuthentication}.
 */
public final class TokenAuthenticator {

    /** Looks for no tokens. */
    public static final TokenAuthenticator NONE = new TokenAuthenticator(List.of(), Clock.SYSTEM);

    private static final long MILLIS_PER_SECOND = 1000;

    private record Place(TokenPlace place, BitSet readers) {}

    private final List<TokenRule> rules;
    private final List<Place> places;
    private final Clock clock;
    /** Headers that only verified tokens may set. */
    private final Set<String> ownHeaders;

    private final TokenResult without;

    private TokenAuthenticator(List<TokenRule> rules, Clock clock) {
        this.rules = List.copyOf(rules);
        this.clock = clock;
        this.places = places(rules);
        Set<String> names = new HashSet<>();
        for (TokenRule rule : rules) {
            if (!rule.config().payloadHeader().isEmpty()) {
                names.add(rule.config().payloadHeader());
            }
            rule.config().claimHeaders().forEach(shown -> names.add(shown.header()));
        }
        this.ownHeaders = Set.copyOf(names);
        this.without = new TokenResult(null, RequestEdits.hiding(ownHeaders), null, null);
    }

    private static List<Place> places(List<TokenRule> rules) {
        Map<TokenPlace, BitSet> places = new LinkedHashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            JwtRuleConfig.Locations locations = rules.get(i).config().locations();
            for (HeaderLocation header : locations.headers()) {
                places.computeIfAbsent(new TokenPlace.Header(header), place -> new BitSet())
                        .set(i);
            }
            for (String param : locations.params()) {
                places.computeIfAbsent(new TokenPlace.Param(param), place -> new BitSet())
                        .set(i);
            }
            for (String cookie : locations.cookies()) {
                places.computeIfAbsent(new TokenPlace.Cookie(cookie), place -> new BitSet())
                        .set(i);
            }
        }
        List<Place> all = new ArrayList<>();
        places.forEach((place, readers) -> all.add(new Place(place, readers)));
        return List.copyOf(all);
    }

    /**
     * {@return the compiled form of rules}
     *
     * @param configs the rules
     * @param previous what it follows, whose verified tokens are kept where a rule is the same; null for none
     * @param clock its wall-clock time is what tokens are compared with
     * @param problems told of every rule that cannot be used; if there is any, the result must not be used
     */
    public static TokenAuthenticator compile(
            List<JwtRuleConfig> configs, @Nullable TokenAuthenticator previous, Clock clock, FieldProblems problems) {
        if (configs.isEmpty()) {
            return NONE;
        }
        List<TokenRule> rules = new ArrayList<>();
        for (int i = 0; i < configs.size(); i++) {
            JwtRuleConfig config = configs.get(i);
            TokenRule known = previous == null ? null : previous.rule(config);
            try {
                rules.add(known == null ? TokenRule.compile(config) : known);
            } catch (IllegalArgumentException e) {
                problems.report(
                        "jwtRules[" + i + "].keys",
                        "are no JWK set: " + e.getMessage(),
                        "give the issuer's keys as it publishes them");
            }
        }
        return new TokenAuthenticator(rules, clock);
    }

    private @Nullable TokenRule rule(JwtRuleConfig config) {
        for (TokenRule rule : rules) {
            if (rule.config().equals(config)) {
                return rule;
            }
        }
        return null;
    }

    /** {@return what the tokens of a request come to} */
    public TokenResult authenticate(InboundCall call) {
        // Browsers send preflights without credentials and cannot be told to do otherwise.
        if (isPreflight(call)) {
            return without;
        }
        Found found = find(call);
        if (found == null) {
            return without;
        }
        if (found.several) {
            return TokenResult.refused("there is more than one token");
        }
        if (found.readers.isEmpty()) {
            return TokenResult.refused("the token is at places that no single rule reads");
        }
        try {
            return verify(call, found);
        } catch (IllegalArgumentException e) {
            return TokenResult.refused(String.valueOf(e.getMessage()));
        }
    }

    /** Source: Envoy {@code bypass_cors_preflight}. */
    private static boolean isPreflight(InboundCall call) {
        return call.method().equals("OPTIONS")
                && call.header("origin") != null
                && call.header("access-control-request-method") != null;
    }

    private static final class Found {
        private final String token;
        private final BitSet readers = new BitSet();
        private final List<TokenPlace> places = new ArrayList<>(1);
        private boolean several;

        Found(String token, BitSet readers) {
            this.token = token;
            this.readers.or(readers);
        }
    }

    private @Nullable Found find(InboundCall call) {
        Found[] found = new Found[1];
        for (Place place : places) {
            place.place().find(call, token -> {
                if (found[0] == null) {
                    found[0] = new Found(token, place.readers());
                }
                found[0].several |= !found[0].token.equals(token);
                found[0].readers.and(place.readers());
                found[0].places.add(place.place());
            });
        }
        return found[0];
    }

    private TokenResult verify(InboundCall call, Found found) {
        if (found.token.length() > UnverifiedToken.LONGEST) {
            throw new IllegalArgumentException("the token is longer than " + UnverifiedToken.LONGEST + " characters");
        }
        long now = Math.floorDiv(clock.epochMillis(), MILLIS_PER_SECOND);
        TokenHash hash = TokenHash.of(found.token);
        for (int i = found.readers.nextSetBit(0); i >= 0; i = found.readers.nextSetBit(i + 1)) {
            VerifiedToken known = rules.get(i).known(hash, now);
            if (known != null) {
                return accepted(call, found, rules.get(i), known, null);
            }
        }
        UnverifiedToken token = UnverifiedToken.parse(found.token);
        String refusal = "no rule is about the issuer of the token";
        for (int i = found.readers.nextSetBit(0); i >= 0; i = found.readers.nextSetBit(i + 1)) {
            TokenRule rule = rules.get(i);
            if (rule.issued(token)) {
                try {
                    VerifiedToken verified = rule.verify(token, hash, now);
                    return accepted(call, found, rule, verified, rule.takeEvicted());
                } catch (IllegalArgumentException e) {
                    refusal = "issuer \"" + rule.config().issuer() + "\": " + e.getMessage();
                }
            }
        }
        return TokenResult.refused(refusal);
    }

    private TokenResult accepted(
            InboundCall call, Found found, TokenRule rule, VerifiedToken token, TokenResult.@Nullable Evicted evicted) {
        if (rule.config().forward() && ownHeaders.isEmpty()) {
            return new TokenResult(token, RequestEdits.NONE, null, evicted);
        }
        Hiding hiding = new Hiding(ownHeaders);
        if (!rule.config().forward()) {
            found.places.forEach(place -> place.hide(call, hiding));
        }
        return new TokenResult(token, hiding.edits(call, token.shown()), null, evicted);
    }
}
