package io.inmesh.bench.micro;

import io.inmesh.call.InboundCall;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.TestIssuer;
import io.inmesh.time.Clock;
import io.inmesh.token.TokenAuthenticator;
import io.inmesh.token.TokenResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the token of a request costs: one that is known, and one whose signature has to be computed. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenBenchmark {

    /** Measures a request whose token was verified before. */
    @Benchmark
    public TokenResult known(Tokens tokens) {
        return tokens.authenticator.authenticate(tokens.known);
    }

    /** Measures a request whose token is verified. Its signature is another key's, since a right one would be known the next time. */
    @Benchmark
    public TokenResult verified(Tokens tokens) {
        return tokens.authenticator.authenticate(tokens.forged);
    }

    /** Measures a request without a token, where tokens are looked for. */
    @Benchmark
    public TokenResult none(Tokens tokens) {
        return tokens.authenticator.authenticate(tokens.none);
    }

    /** An issuer, its rule, and requests. */
    @State(Scope.Benchmark)
    public static class Tokens {
        @Param({"ES256", "RS256"})
        private String algorithm = "ES256";

        private TokenAuthenticator authenticator = TokenAuthenticator.NONE;
        private InboundCall known = FakeCall.get("/");
        private InboundCall forged = FakeCall.get("/");
        private final InboundCall none = FakeCall.get("/");

        /** Makes keys and tokens. */
        @Setup
        public void issue() {
            TestIssuer issuer = issuer();
            authenticator = TokenAuthenticator.compile(
                    List.of(new JwtRuleConfig(issuer.name(), issuer.keys())),
                    null,
                    Clock.SYSTEM,
                    (field, message, remedy) -> {
                        throw new IllegalStateException(field + " " + message);
                    });
            Map<String, Object> claims = Map.of("aud", List.of("shop"), "scope", "read write", "exp", 4_000_000_000L);
            known = bearer(issuer.token("alice", claims));
            forged = bearer(issuer().token("alice", claims));
        }

        private TestIssuer issuer() {
            String name = "https://issuer.example";
            return algorithm.equals("ES256") ? TestIssuer.of(name) : TestIssuer.rsa(name);
        }

        private static InboundCall bearer(String token) {
            return FakeCall.get("/").header("authorization", "Bearer " + token);
        }
    }
}
