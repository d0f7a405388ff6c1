package io.inmesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.testkit.FakeCall;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two lines of a header and one line with a comma are the same to some readers (RFC 9110 5.3) and not to others. */
class HeaderListTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // one line of the header | allowed by ALLOW of "user" | denied by DENY of "admin"
                "user|true|false",
                "admin|false|true",
                "user,admin|false|true",
                "admin,user|false|true",
                "user , admin|false|true",
                "user,,admin,|false|true",
                "user,user|false|false",
                "useradmin|false|false",
            })
    void aListCannotHideABadValueBehindAGoodOne(String line, boolean allowed, boolean denied) {
        assertThat(decide(Action.ALLOW, "x-role", StringMatch.exact("user"), line))
                .isEqualTo(allowed);
        assertThat(decide(Action.DENY, "x-role", StringMatch.exact("admin"), line))
                .isEqualTo(!denied);
    }

    @Test
    void everyElementMustPassToBeAllowed() {
        assertThat(decide(Action.ALLOW, "x-role", StringMatch.prefix("user"), "user-1,user-2"))
                .isTrue();
        assertThat(decide(Action.ALLOW, "x-role", StringMatch.prefix("user"), "user-1,admin"))
                .isFalse();
        assertThat(decide(Action.ALLOW, "x-role", StringMatch.suffix("user"), "admin,user"))
                .isFalse();
    }

    @Test
    void spaceAroundAValueHidesNothing() {
        assertThat(decide(Action.DENY, "x-role", StringMatch.exact("admin"), " admin\t"))
                .isFalse();
        assertThat(decide(Action.ALLOW, "x-role", StringMatch.exact("admin"), "admin "))
                .isFalse();
    }

    @Test
    void aPolicyMayNameAWholeLine() {
        assertThat(decide(Action.ALLOW, "x-role", StringMatch.exact("a,b"), "a,b"))
                .isTrue();
        assertThat(decide(Action.DENY, "x-role", StringMatch.exact("a,b"), "a,b"))
                .isFalse();
    }

    @Test
    void negationsAssumeTheWorstAsWell() {
        Condition notAdmin = new Condition.Not(header("x-role", StringMatch.exact("admin")));
        assertThat(decide(Action.ALLOW, notAdmin, "x-role", "user,admin")).isFalse();
        Condition notUser = new Condition.Not(header("x-role", StringMatch.prefix("user")));
        assertThat(decide(Action.DENY, notUser, "x-role", "user,admin")).isFalse();
        assertThat(decide(Action.DENY, notUser, "x-role", "user,user2")).isTrue();
    }

    @Test
    void aCommaIsACommaWhereAHeaderHasOneValue() {
        String browser = "Mozilla/5.0 (KHTML, like Gecko)";
        assertThat(decide(Action.ALLOW, "user-agent", StringMatch.prefix("Mozilla/"), browser))
                .isTrue();
        assertThat(decide(Action.ALLOW, "cookie", StringMatch.prefix("id="), "id=1,2"))
                .isTrue();
    }

    private static boolean decide(Action action, String name, StringMatch match, String line) {
        return decide(action, header(name, match), name, line);
    }

    private static boolean decide(Action action, Condition condition, String name, String line) {
        Authorizer authorizer = Authorizer.compile(
                List.of(new AuthorizationConfig(action, List.of(new Policy("test", condition)))),
                (policy, field, message, remedy) -> {
                    throw new AssertionError(message);
                });
        FakeCall call = FakeCall.get("/").header(name, line);
        return authorizer.decide(new RequestFacts(call, "/")).allowed();
    }

    private static Condition header(String name, StringMatch match) {
        return new Condition.Header(HeaderMatch.of(name, match));
    }
}
