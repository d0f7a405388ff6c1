package io.inmesh.server.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.config.JwtRuleConfig;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestIssuer;
import io.inmesh.token.TokenAuthenticator;
import io.inmesh.token.TokenResult;
import io.inmesh.token.VerifiedToken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Signed tokens whose claims are what policies ask for, or almost. */
final class Tokens {

    /** A token as Envoy sees it, and as this mesh has verified it. */
    record Token(JsonNode claims, VerifiedToken verified) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    final List<String> issuers = new ArrayList<>(List.of("other"));
    final List<String> subjects = new ArrayList<>(List.of("other"));
    /** Values by the path of a claim, its names in brackets. */
    final Map<String, List<String>> claims = new LinkedHashMap<>();

    private final TestIssuer issuer = TestIssuer.of("test");

    /** {@return so many tokens, signed and verified} */
    List<Token> make(int count, Random random) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tokens.add(make(random));
        }
        return tokens;
    }

    private Token make(Random random) {
        String from = of(issuers, random);
        Map<String, Object> payload = new HashMap<>();
        payload.put("iss", from);
        payload.put("sub", of(subjects, random));
        claims.forEach((path, values) -> {
            if (random.nextInt(4) > 0) {
                Object value =
                        random.nextBoolean() ? of(values, random) : List.of(of(values, random), of(values, random));
                put(payload, path.substring(1, path.length() - 1).split("]\\["), value);
            }
        });
        String name = String.valueOf(payload.get("iss"));
        TokenResult result = TokenAuthenticator.compile(
                        List.of(new JwtRuleConfig(name, issuer.keys())),
                        null,
                        new FakeClock(),
                        (field, message, remedy) -> {
                            throw new AssertionError(field + ": " + message);
                        })
                .authenticate(FakeCall.get("/")
                        .header(
                                "authorization",
                                "Bearer " + issuer.token(String.valueOf(payload.get("sub")), payload)));
        VerifiedToken verified = result.token();
        if (verified == null) {
            throw new AssertionError(result.refusal());
        }
        return new Token(JSON.valueToTree(payload), verified);
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> payload, String[] path, Object value) {
        Map<String, Object> object = payload;
        for (int i = 0; i < path.length - 1; i++) {
            object = (Map<String, Object>) object.computeIfAbsent(path[i], name -> new HashMap<String, Object>());
        }
        // A token has one issuer and is about one subject.
        if (!path[0].equals("iss") && !path[0].equals("sub")) {
            object.put(path[path.length - 1], value);
        } else if (value instanceof String text && !text.isEmpty()) {
            object.put(path[0], text);
        }
    }

    private static String of(List<String> pool, Random random) {
        return pool.get(random.nextInt(pool.size()));
    }
}
