package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is known of a cluster, and what only seems to be. */
class MirrorTest {
    private static final Kind POLICY =
            Kinds.of("security.istio.io/v1", "AuthorizationPolicy").orElseThrow();

    private final Mirror mirror = new Mirror(Set.of());

    @Test
    void aKindThatIsThereAgainIsNotKnownBeforeItIsListed() {
        mirror.listed(POLICY, "v1", List.of());
        mirror.without(POLICY);
        assertThat(mirror.seen().known()).containsExactly(POLICY);
        long version = mirror.version();
        mirror.with(POLICY);
        assertThat(mirror.seen().known()).isEmpty();
        assertThat(mirror.version()).isGreaterThan(version);
        mirror.listed(POLICY, "v1", List.of());
        assertThat(mirror.seen().known()).containsExactly(POLICY);
    }
}
