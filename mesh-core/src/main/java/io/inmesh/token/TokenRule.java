package io.inmesh.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.inmesh.config.JwtRuleConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The compiled form of a {@link JwtRuleConfig}, with the tokens it has verified. It outlives changes of config that leave it as it is. */
final class TokenRule {

    static final int KNOWN_TOKENS = 1000;
    /** As in Istio. */
    private static final Set<String> ALWAYS_SPLIT = Set.of("scope", "permission");

    private final JwtRuleConfig config;
    private final KeySet keys;
    private final ShownClaims shown;
    // Work of eviction is done by callers, so that no thread is started.
    private final Cache<TokenHash, VerifiedToken> known = Caffeine.newBuilder()
            .maximumSize(KNOWN_TOKENS)
            .executor(Runnable::run)
            .evictionListener((hash, token, cause) -> countEvicted())
            .build();
    private final AtomicInteger evicted = new AtomicInteger();

    private TokenRule(JwtRuleConfig config, KeySet keys) {
        this.config = config;
        this.keys = keys;
        this.shown = new ShownClaims(config.payloadHeader(), config.claimHeaders());
    }

    /**
     * {@return the compiled form of a rule}
     *
     * @throws IllegalArgumentException if its keys are no JWK set
     */
    static TokenRule compile(JwtRuleConfig config) {
        return new TokenRule(config, KeySet.parse(config.keys()));
    }

    JwtRuleConfig config() {
        return config;
    }

    /** {@return a token verified before, if it still counts; null if it is to be verified} */
    @Nullable
    VerifiedToken known(TokenHash hash, long epochSeconds) {
        VerifiedToken token = known.getIfPresent(hash);
        return token == null || token.validity().problemAt(epochSeconds) != null ? null : token;
    }

    /** {@return whether a token claims to be this issuer's} */
    boolean issued(UnverifiedToken token) {
        return config.issuer().equals(token.claims().get("iss"));
    }

    /**
     * {@return the token, verified}
     *
     * @throws IllegalArgumentException if it is not valid; the message says why and quotes nothing of it
     */
    VerifiedToken verify(UnverifiedToken token, TokenHash hash, long epochSeconds) {
        Map<String, @Nullable Object> claims = token.claims();
        if (claims.get("sub") != null && !(claims.get("sub") instanceof String)) {
            throw new IllegalArgumentException("sub of the token is no text");
        }
        Validity validity = Validity.of(claims);
        String problem = validity.problemAt(epochSeconds);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        if (!Audience.accepts(config.audiences(), claims.get("aud"))) {
            throw new IllegalArgumentException("the token is for another audience");
        }
        if (keys.size() == 0) {
            throw new IllegalArgumentException("no key of the issuer is known");
        }
        // Last, since it is the only part that costs anything.
        if (!keys.verifies(token.algorithm(), token.keyId(), token.signed(), token.signature())) {
            throw new IllegalArgumentException("no key of the issuer made the signature of the token");
        }
        VerifiedToken verified = new VerifiedToken(split(claims), validity, shown.of(claims, token.payload()));
        known.put(hash, verified);
        return verified;
    }

    private void countEvicted() {
        evicted.incrementAndGet();
    }

    /** {@return what was forgotten since this was last asked, null if nothing was} */
    TokenResult.@Nullable Evicted takeEvicted() {
        int tokens = evicted.getAndSet(0);
        return tokens == 0 ? null : new TokenResult.Evicted(config.issuer(), tokens);
    }

    private Map<String, @Nullable Object> split(Map<String, @Nullable Object> claims) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(claims);
        List<String> names = new ArrayList<>(ALWAYS_SPLIT);
        names.addAll(config.spaceDelimitedClaims());
        for (String name : names) {
            if (claims.get(name) instanceof String words) {
                all.put(
                        name,
                        Arrays.stream(words.split(" ", -1))
                                .filter(word -> !word.isEmpty())
                                .toList());
            }
        }
        return all;
    }
}
