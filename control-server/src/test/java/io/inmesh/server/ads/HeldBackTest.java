package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigView;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Finding the changes that do not work. */
class HeldBackTest {

    private static final ConfigView NOTHING = new ConfigView(-1, List.of());

    @Test
    void onlyWhatDoesNotWorkIsHeldBack() {
        ConfigView wanted = services(100);

        HeldBack held = Objects.requireNonNull(HeldBack.of(NOTHING, wanted, without("s17", "s80")));

        assertThat(held.resources()).extracting(ResourceKey::name).containsExactlyInAnyOrder("s17", "s80");
        assertThat(held.config().all()).hasSize(98);
        assertThat(held.config().revision()).isEqualTo(wanted.revision());
    }

    @Test
    void aDeletionThatDoesNotWorkIsHeldBackToo() {
        ConfigView good = services(3);

        HeldBack held = Objects.requireNonNull(HeldBack.of(
                good,
                services(1),
                view -> view.all().stream()
                        .anyMatch(resource -> resource.key().name().equals("s2"))));

        assertThat(held.config().all()).extracting(r -> r.key().name()).containsExactlyInAnyOrder("s0", "s2");
    }

    @Test
    void whereNothingWorksTheReasonIsNoChange() {
        assertThat(HeldBack.of(NOTHING, services(2), view -> false)).isNull();
    }

    @Test
    void whereMuchDoesNotWorkTheRestIsHeldBackAsAWhole() {
        int[] asked = {0};

        HeldBack held = Objects.requireNonNull(HeldBack.of(NOTHING, services(1000), view -> {
            asked[0]++;
            return view.all().isEmpty();
        }));

        assertThat(held.resources()).hasSize(1000);
        assertThat(asked[0]).isLessThanOrEqualTo(HeldBack.MOST_ATTEMPTS);
    }

    @Test
    void rulesAboutAccessAndThoseThatMayAskForTlsMayCloseWhatWouldBeOpen() {
        assertThat(held("security.istio.io/v1", "AuthorizationPolicy").opens()).isTrue();
        assertThat(held("networking.istio.io/v1", "DestinationRule").opens()).isTrue();
        assertThat(held("networking.istio.io/v1", "VirtualService").opens()).isFalse();
    }

    private static HeldBack held(String apiVersion, String kind) {
        ConfigView wanted =
                Config.view("{apiVersion: " + apiVersion + ", kind: " + kind + ", metadata: {name: bad}, spec: {}}");
        return Objects.requireNonNull(HeldBack.of(NOTHING, wanted, without("bad")));
    }

    private static Predicate<ConfigView> without(String... names) {
        return view -> view.all().stream()
                .noneMatch(resource -> Set.of(names).contains(resource.key().name()));
    }

    private static ConfigView services(int count) {
        return Config.view(IntStream.range(0, count)
                .mapToObj(i -> "{apiVersion: v1, kind: Service, metadata: {name: s" + i + "}, spec: {}}")
                .collect(Collectors.joining("\n---\n")));
    }
}
