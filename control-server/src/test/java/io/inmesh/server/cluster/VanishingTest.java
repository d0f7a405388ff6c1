package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.source.Damping;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a cluster does not name any more goes after a while. Time passes when a test says so. */
class VanishingTest {
    private static final ResourceKey A = key("a");
    private static final ResourceKey B = key("b");

    private final Vanishing vanishing =
            new Vanishing(new Damping(15, Duration.ofSeconds(10), 50, Duration.ofMinutes(5)));

    @Test
    void whatIsMissingGoesWhenItIsStillMissingAPassLater() {
        assertThat(vanishing.due(Set.of(A), known(10), seconds(0))).isEmpty();
        assertThat(vanishing.due(Set.of(A, B), known(10), seconds(9))).isEmpty();
        assertThat(vanishing.due(Set.of(A, B), known(10), seconds(10))).containsExactly(A);
        assertThat(vanishing.due(Set.of(B), known(9), seconds(19))).containsExactly(B);
    }

    @Test
    void allOfAKindStayForTheGracePeriodHoweverFewTheyAre() {
        ResourceKey policy = new ResourceKey("security.istio.io", "AuthorizationPolicy", "default", "deny");
        Set<ResourceKey> all = new HashSet<>(known(10));
        all.add(policy);
        assertThat(vanishing.due(Set.of(policy, A), all, seconds(0))).isEmpty();
        assertThat(vanishing.frozen()).isTrue();
        assertThat(vanishing.due(Set.of(policy, A), all, seconds(10))).containsExactly(A);
        assertThat(vanishing.due(Set.of(policy), all, seconds(299))).isEmpty();
        assertThat(vanishing.due(Set.of(policy), all, seconds(300))).containsExactly(policy);
    }

    @Test
    void whatComesBackHasNotBeenMissing() {
        assertThat(vanishing.due(Set.of(A), known(10), seconds(0))).isEmpty();
        assertThat(vanishing.due(Set.of(), known(10), seconds(5))).isEmpty();
        assertThat(vanishing.due(Set.of(A), known(10), seconds(12))).isEmpty();
        assertThat(vanishing.count()).isEqualTo(1);
    }

    @Test
    void moreThanHalfOfEverythingStaysForTheGracePeriod() {
        assertThat(vanishing.due(Set.of(A, B), known(3), seconds(0))).isEmpty();
        assertThat(vanishing.frozen()).isTrue();
        assertThat(vanishing.due(Set.of(A, B), known(3), seconds(299))).isEmpty();
        assertThat(vanishing.due(Set.of(A, B), known(3), seconds(300))).containsExactlyInAnyOrder(A, B);
    }

    private static long seconds(int seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    /** {@return so many, A and B among them} */
    private static Set<ResourceKey> known(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> key(Character.toString('a' + i)))
                .collect(Collectors.toSet());
    }

    private static ResourceKey key(String name) {
        return new ResourceKey("networking.istio.io", "VirtualService", "default", name);
    }
}
