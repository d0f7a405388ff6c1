package io.inmesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.StringMatch;
import io.inmesh.identity.SpiffeId;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyJudgeTest {

    private static final SpiffeId REVIEWS = SpiffeId.of("inmesh.local", "default", "reviews");

    @Test
    void judgesAsAServerWould() {
        PolicyJudge judge = judge(Mtls.STRICT, set(Action.DENY, false, "no-admin", "/admin"));

        PolicyJudge.Judgement refused = judge.judge(FakeCall.get("/x/../admin").peer(REVIEWS));
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.policy()).isEqualTo("no-admin");
        assertThat(refused.reason()).contains("no-admin");
        assertThat(judge.judge(FakeCall.get("/other").peer(REVIEWS)).allowed()).isTrue();
        assertThat(judge.judge(FakeCall.get("/other")).reason()).contains("STRICT");
        assertThat(judge.judge(FakeCall.get("/a/..;/admin").peer(REVIEWS)).reason())
                .contains("ambiguous");
    }

    @Test
    void tellsWhatPoliciesThatChangeNoAnswerSay() {
        PolicyJudge judge = judge(
                Mtls.PERMISSIVE,
                set(Action.AUDIT, false, "marks", "/a"),
                set(Action.ALLOW, false, "reads", "/a"),
                set(Action.ALLOW, true, "more", "/b"),
                set(Action.DENY, true, "less", "/a"));

        PolicyJudge.Judgement a = judge.judge(FakeCall.get("/a"));
        assertThat(a.policy()).isEqualTo("reads");
        assertThat(a.audited()).containsExactly("marks");
        assertThat(a.wouldDeny()).containsExactly("less");
        assertThat(judge.judge(FakeCall.get("/b")).wouldAllow()).containsExactly("more");
        assertThat(judge.judge(FakeCall.get("/b")).allowed()).isFalse();
    }

    @Test
    void namesAPolicyThatCannotBeEnforced() {
        AuthorizationConfig broken = new AuthorizationConfig(
                Action.DENY, List.of(new Policy("broken", new Condition.Path(StringMatch.regex("(")))));

        assertThatThrownBy(() -> judge(Mtls.PERMISSIVE, broken))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("broken");
    }

    private static PolicyJudge judge(Mtls mtls, AuthorizationConfig... sets) {
        return PolicyJudge.of(new InboundConfig(mtls, List.of(sets), ""));
    }

    private static AuthorizationConfig set(Action action, boolean shadow, String name, String path) {
        return new AuthorizationConfig(
                action, shadow, List.of(new Policy(name, new Condition.Path(StringMatch.prefix(path)))));
    }
}
