package io.inmesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeCall;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the index leaves out could not have matched, and the first policy that matches is still the one that is named. */
class PolicyIndexTest {

    private static final Condition A = principal("a");
    private static final Condition B = principal("b");
    private static final Condition X = new Condition.Path(StringMatch.exact("/x"));
    private static final Condition Y = new Condition.Path(StringMatch.exact("/y"));

    private static final Authorizer AUTHORIZER = Authorizer.compile(
            List.of(new AuthorizationConfig(
                    Action.DENY,
                    List.of(
                            new Policy("nobody", new Condition.AnyOf(List.of())),
                            new Policy(
                                    "suffix",
                                    new Condition.All(
                                            List.of(X, new Condition.Principal(StringMatch.suffix("/sa/b"))))),
                            new Policy("either", new Condition.All(List.of(new Condition.AnyOf(List.of(A, B)), X))),
                            new Policy(
                                    "others",
                                    new Condition.All(
                                            List.of(new Condition.Not(new Condition.AnyOf(List.of(A, B))), X))),
                            new Policy("any", new Condition.AnyOf(List.of(A, Y)))))),
            (resource, field, message, remedy) -> {
                throw new AssertionError(resource + " " + field + ": " + message);
            });

    @ParameterizedTest
    @CsvSource({
        "b, /x, suffix",
        "a, /x, either",
        "a, /z, any",
        "c, /x, others",
        ", /x, others",
        ", /y, any",
        "b, /y, any",
        "c, /z,",
        "b, /z,",
    })
    void theFirstPolicyThatMatchesIsFound(String account, String path, String policy) {
        FakeCall call = FakeCall.get(path);
        if (account != null) {
            call.peer(SpiffeId.of("inmesh.local", "default", account));
        }
        assertThat(AUTHORIZER.decide(new RequestFacts(call, path)).policy()).isEqualTo(policy);
    }

    /** Random policies judged with the index and one by one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theSameIsFoundAsWithoutIndex(long seed) {
        Random random = new Random(seed);
        List<Policy> policies = IntStream.range(0, 40)
                .mapToObj(i -> new Policy("p" + i, condition(random, 3)))
                .toList();
        Authorizer together = authorizer(policies);
        List<Authorizer> alone =
                policies.stream().map(policy -> authorizer(List.of(policy))).toList();
        for (int i = 0; i < 2000; i++) {
            FakeCall call = FakeCall.get(path(random));
            for (int values = random.nextInt(8) / 3; values > 0; values--) {
                call.header("x", random.nextInt(8) > 0 ? word(random) : " " + word(random) + ",b");
            }
            if (random.nextInt(4) > 0) {
                call.peer(SpiffeId.of("inmesh.local", word(random), word(random)));
            }
            String first = IntStream.range(0, policies.size())
                    .filter(number -> !alone.get(number)
                            .decide(new RequestFacts(call, call.path()))
                            .allowed())
                    .mapToObj(number -> "p" + number)
                    .findFirst()
                    .orElse(null);
            assertThat(together.decide(new RequestFacts(call, call.path())).policy())
                    .isEqualTo(first);
        }
    }

    private static Condition condition(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 7)) {
            case 0 -> new Condition.Path(StringMatch.exact(path(random)));
            case 1 -> new Condition.Path(StringMatch.prefix(path(random)));
            case 2 -> new Condition.PathTemplate("/" + word(random) + "/{*}");
            case 3 -> new Condition.PathTemplate("/" + word(random) + "/{**}");
            case 4 ->
                new Condition.Principal(
                        StringMatch.exact("spiffe://inmesh.local/ns/" + word(random) + "/sa/" + word(random)));
            case 5 -> new Condition.Principal(StringMatch.regex(".*/ns/" + word(random) + "/.*"));
            case 6 ->
                new Condition.Header(new HeaderMatch(
                        "x", StringMatch.exact(word(random)), random.nextInt(4) == 0, random.nextInt(4) == 0));
            case 7 -> new Condition.Not(condition(random, depth - 1));
            case 8 -> new Condition.All(List.of(condition(random, depth - 1), condition(random, depth - 1)));
            default -> new Condition.AnyOf(List.of(condition(random, depth - 1), condition(random, depth - 1)));
        };
    }

    private static String path(Random random) {
        return "/" + word(random) + (random.nextBoolean() ? "" : "/" + word(random));
    }

    private static String word(Random random) {
        return List.of("a", "ab", "abc", "b").get(random.nextInt(4));
    }

    private static Authorizer authorizer(List<Policy> policies) {
        return Authorizer.compile(
                List.of(new AuthorizationConfig(Action.DENY, policies)), (resource, field, message, remedy) -> {
                    throw new AssertionError(resource + " " + field + ": " + message);
                });
    }

    private static Condition principal(String account) {
        return new Condition.Principal(StringMatch.exact(
                SpiffeId.of("inmesh.local", "default", account).toString()));
    }
}
