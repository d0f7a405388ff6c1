package io.inmesh.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HashKeyConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.testkit.FakeCall;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of one user go to one endpoint, until that is gone. */
final class HashingDispatchTest {

    private static final RouteConfig BY_USER =
            RouteConfig.to("reviews").withHashOn(List.of(new HashKeyConfig.Header("user", false)));

    private static ClusterConfig cluster(LoadBalancer kind) {
        return Scene.endpoints(4).withLoadBalancer(kind);
    }

    private static Attempt first(Scene scene, String user) {
        return (Attempt) call(scene, user).start();
    }

    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void aUserStaysWithAnEndpointAndMovesOnceItIsGone(LoadBalancer kind) {
        Scene scene = new Scene(BY_USER, cluster(kind));
        Set<Endpoint> all = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            Endpoint own = first(scene, "user-" + i).endpoint();
            assertThat(first(scene, "user-" + i).endpoint()).isSameAs(own);
            all.add(own);
        }
        assertThat(all).hasSize(4);
        Endpoint own = first(scene, "jason").endpoint();
        own.ejection().set(true);
        assertThat(first(scene, "jason").endpoint()).isNotSameAs(own);
        own.ejection().set(false);
        assertThat(first(scene, "jason").endpoint()).isSameAs(own);
    }

    /** Trap 16. */
    @Test
    void aRetryGoesToTheNextEndpointOfTheRing() {
        Scene scene = new Scene(BY_USER.withRetry(RetryConfig.DEFAULT), cluster(LoadBalancer.RING_HASH));
        Dispatch dispatch = call(scene, "jason");
        Attempt first = (Attempt) dispatch.start();
        Attempt second = Scene.attempt(scene.resume(dispatch, dispatch.settle(first, Scene.connectFailure())));
        assertThat(second.endpoint()).isNotSameAs(first.endpoint());
    }

    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void aHedgeGoesToWhoeverOwnsTheKeyAfterTheOwner(LoadBalancer kind) {
        ClusterConfig hedged = cluster(kind)
                .withRetryBudget(RetryBudgetConfig.inFlight(100, 1_000))
                .withClientPolicy(ClientPolicyConfig.DEFAULT.withHedging(
                        HedgingConfig.after(Duration.ofMillis(5)).withMaxExtraPercent(100)));
        Scene scene = new Scene(BY_USER, hedged);
        Scene ownerGone = new Scene(BY_USER, hedged);
        Set<String> all = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            String user = "user-" + i;
            Dispatch dispatch = call(scene, user);
            Attempt slow = (Attempt) dispatch.start();
            Attempt beside = (Attempt) dispatch.hedge(slow);
            dispatch.settle(beside, Outcome.Response.http(200));

            Endpoint owner = first(ownerGone, user).endpoint();
            owner.ejection().set(true);
            Endpoint next = first(ownerGone, user).endpoint();
            owner.ejection().set(false);

            assertThat(beside.hedge()).isTrue();
            assertThat(slow.endpoint().address()).isEqualTo(owner.address());
            assertThat(beside.endpoint().address()).isEqualTo(next.address());
            all.add(beside.endpoint().address());
        }
        assertThat(all).hasSize(4);
    }

    private static Dispatch call(Scene scene, String user) {
        return scene.dispatch(FakeCall.get("/").to("reviews", 9080).header("user", user));
    }
}
