package io.inmesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.StringMatch;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeCall;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the index leaves out could not have matched, and the first policy that matches is still the one that is named. */
class PrincipalIndexTest {

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

    private static Condition principal(String account) {
        return new Condition.Principal(StringMatch.exact(
                SpiffeId.of("inmesh.local", "default", account).toString()));
    }
}
