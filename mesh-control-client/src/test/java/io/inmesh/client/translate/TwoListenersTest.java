package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** External authorization where a process has two inbound listeners. */
class TwoListenersTest {

    private static final InboundConfig PLAIN = new InboundConfig(Mtls.PERMISSIVE, List.of(), "");
    private static final ExternalAuthorizerConfig OPA =
            new ExternalAuthorizerConfig("opa", "opa", 9191, Duration.ofSeconds(1), false, 403);
    private static final Policy FIRST = new Policy("first", new Condition.Always());
    private static final Policy SECOND = new Policy("second", new Condition.Always());

    @Test
    void whatEitherAsksAboutIsAskedAbout() {
        assertThat(ConfigAssembler.both(asking(OPA, FIRST), PLAIN).external())
                .isEqualTo(new ExternalAuthorizationConfig(OPA, List.of(FIRST)));
        assertThat(ConfigAssembler.both(PLAIN, asking(OPA, FIRST)).external())
                .isEqualTo(new ExternalAuthorizationConfig(OPA, List.of(FIRST)));
        InboundConfig both = ConfigAssembler.both(asking(OPA, FIRST), asking(OPA, SECOND));
        assertThat(both.external()).isEqualTo(new ExternalAuthorizationConfig(OPA, List.of(FIRST, SECOND)));
        assertThat(both.authorization()).isEmpty();
    }

    @Test
    void authorizersThatDifferRefuseEverythingSinceOnlyOneIsAsked() {
        for (ExternalAuthorizerConfig other : List.of(
                new ExternalAuthorizerConfig("opa", "elsewhere", 9191, Duration.ofSeconds(1), false, 403),
                OPA.withProtocol(ExternalProtocol.Http.PLAIN))) {
            assertThat(ConfigAssembler.both(asking(OPA, FIRST), asking(other, SECOND))
                            .authorization())
                    .containsExactly(new AuthorizationConfig(Action.ALLOW, List.of()));
        }
    }

    private static InboundConfig asking(ExternalAuthorizerConfig authorizer, Policy policy) {
        return PLAIN.withExternal(new ExternalAuthorizationConfig(authorizer, List.of(policy)));
    }
}
