package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.authz.Forwarders;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.Condition.Cidr;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.config.RateLimitConfig.Bucket;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Policies about clients, and what clients behind forwarders, and those that go past them, can do about it. */
class ClientAddressTest {

    private static final Cidr BANNED = new Cidr("203.0.113.0", 24);
    private static final Cidr OFFICE = new Cidr("198.51.100.0", 24);
    private static final ForwardersConfig GATEWAYS = ForwardersConfig.at(new Cidr("10.0.0.0", 8));
    private static final String GATEWAY = "10.0.0.5";

    private final InboundGate gate = new InboundGate(new FakeClock(), new MeshObserver() {});

    @Test
    void aBannedClientIsDeniedBehindTheGatewayToo() {
        InboundPolicy policy = policy(GATEWAYS, Action.DENY, new Condition.RemoteIp(BANNED));
        assertThat(refusal(forwarded(GATEWAY, "203.0.113.7"), policy))
                .isEqualTo("denied by DENY policy \"clients\"; client address 203.0.113.7 by X-Forwarded-For");
        assertThat(admitted(forwarded(GATEWAY, "198.51.100.1"), policy)).isTrue();
    }

    @Test
    void aBannedClientCannotNameAnotherAddress() {
        InboundPolicy policy = policy(GATEWAYS, Action.DENY, new Condition.RemoteIp(BANNED));
        assertThat(admitted(forwarded(GATEWAY, "198.51.100.1, 203.0.113.7"), policy))
                .as("what the client wrote stands before what the gateway wrote")
                .isFalse();
        assertThat(admitted(forwarded("203.0.113.7", "198.51.100.1"), policy))
                .as("past the gateway")
                .isFalse();
    }

    @Test
    void nobodyIsAllowedByAnAddressThatHeOnlyClaims() {
        InboundPolicy policy = policy(GATEWAYS, Action.ALLOW, new Condition.RemoteIp(OFFICE));
        assertThat(admitted(forwarded("203.0.113.7", "198.51.100.1"), policy)).isFalse();
        assertThat(admitted(forwarded(GATEWAY, "198.51.100.1, 203.0.113.7"), policy))
                .isFalse();
        assertThat(admitted(forwarded(GATEWAY, "203.0.113.7, 198.51.100.1"), policy))
                .isTrue();
    }

    @Test
    void anAddressThatCannotBeReadIsRefusedWhateverPoliciesSay() {
        for (Action action : List.of(Action.DENY, Action.ALLOW)) {
            for (Condition condition : List.of(
                    new Condition.RemoteIp(BANNED), (Condition) new Condition.Not(new Condition.RemoteIp(BANNED)))) {
                Outcome.Rejection rejection =
                        rejection(forwarded(GATEWAY, "unknown"), policy(GATEWAYS, action, condition));
                assertThat(rejection.reason()).isEqualTo(Reason.BAD_REQUEST);
                assertThat(rejection.httpStatus()).isEqualTo(400);
                assertThat(rejection.grpcStatus()).isEqualTo(3);
            }
        }
    }

    @Test
    void theSourceIsThePeerOfTheConnectionWhoeverForwards() {
        InboundPolicy policy = policy(GATEWAYS, Action.DENY, new Condition.SourceIp(BANNED));
        assertThat(admitted(forwarded(GATEWAY, "203.0.113.7"), policy)).isTrue();
        assertThat(admitted(forwarded("203.0.113.7", "198.51.100.1"), policy)).isFalse();
    }

    @Test
    void withoutForwardersTheClientIsThePeer() {
        InboundPolicy policy = policy(ForwardersConfig.NONE, Action.DENY, new Condition.RemoteIp(BANNED));
        assertThat(admitted(forwarded(GATEWAY, "203.0.113.7"), policy)).isTrue();
        assertThat(refusal(forwarded("203.0.113.7", "198.51.100.1"), policy))
                .isEqualTo("denied by DENY policy \"clients\"");
    }

    @Test
    void wherePoliciesAskForNoClientTheHeaderIsNotRead() {
        InboundPolicy policy = policy(GATEWAYS, Action.DENY, new Condition.SourceIp(BANNED));
        assertThat(policy.forwarders()).isSameAs(Forwarders.NONE);
        assertThat(admitted(forwarded(GATEWAY, "garbage"), policy)).isTrue();
    }

    @Test
    void rateLimitsKnowClientsToo() {
        RateLimitConfig once = new RateLimitConfig(
                "banned",
                new Condition.All(List.of(new Condition.RemoteIp(BANNED))),
                1,
                1,
                Duration.ofHours(1),
                new Bucket.Shared());
        InboundPolicy policy = compile(new InboundConfig(Mtls.PERMISSIVE, List.of(), "")
                .withTraffic(InboundTrafficConfig.limiting("", once))
                .withForwarders(GATEWAYS));
        assertThat(admitted(forwarded(GATEWAY, "203.0.113.7"), policy)).isTrue();
        assertThat(admitted(forwarded(GATEWAY, "203.0.113.7"), policy)).isFalse();
        assertThat(admitted(forwarded(GATEWAY, "198.51.100.1"), policy)).isTrue();
    }

    private static InboundPolicy policy(ForwardersConfig forwarders, Action action, Condition condition) {
        AuthorizationConfig set = new AuthorizationConfig(
                action, List.of(new Policy("clients", new Condition.AnyOf(List.of(condition)))));
        return compile(new InboundConfig(Mtls.PERMISSIVE, List.of(set), "").withForwarders(forwarders));
    }

    private static InboundPolicy compile(InboundConfig config) {
        return InboundPolicy.compile(config, null, new FakeClock(), (resource, field, message, remedy) -> {
            throw new AssertionError(resource + " " + field + ": " + message);
        });
    }

    private static FakeCall forwarded(String peer, String header) {
        return FakeCall.get("/").from(peer).header("X-Forwarded-For", header);
    }

    private boolean admitted(InboundCall call, InboundPolicy policy) {
        return gate.admit(call, policy).admitted();
    }

    private String refusal(InboundCall call, InboundPolicy policy) {
        return rejection(call, policy).message();
    }

    private Outcome.Rejection rejection(InboundCall call, InboundPolicy policy) {
        return (Outcome.Rejection) gate.admit(call, policy).rejection();
    }
}
