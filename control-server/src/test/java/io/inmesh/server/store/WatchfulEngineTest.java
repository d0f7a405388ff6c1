package io.inmesh.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Refusal;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.testkit.FakeClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatchfulEngineTest {

    private static final List<Write> WRITES = List.of(new Write("table", "key", new byte[] {1}));

    private final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T00:00:00Z"));
    private @Nullable String full;
    private boolean holds = true;
    private final Engine engine = new WatchfulEngine(
            (Engine) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Engine.class}, (proxy, method, arguments) -> {
                        if (full != null) {
                            throw StoreUnavailableException.nothingChanged(full, null);
                        }
                        return holds;
                    }),
            () -> Instant.ofEpochMilli(clock.epochMillis()));

    @Test
    void nothingIsToldWhileChangesAreTaken() {
        engine.change(List.of(), WRITES);

        assertThat(engine.refusal()).isEmpty();
    }

    @Test
    void refusalsAreToldSinceTheFirstUntilAChangeIsTaken() {
        full = "its quota is used up";
        refused();
        clock.advance(Duration.ofMinutes(3));
        refused();

        assertThat(engine.refusal())
                .contains(new Refusal(
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Instant.parse("2026-01-01T00:03:00Z"),
                        "its quota is used up"));

        full = null;
        engine.change(List.of(), WRITES);

        assertThat(engine.refusal()).isEmpty();
    }

    @Test
    void guardThatDoesNotHoldDoesNotShowThatChangesAreTaken() {
        full = "its quota is used up";
        refused();
        full = null;
        holds = false;

        engine.change(List.of(new Guard("table", "key", null)), WRITES);

        assertThat(engine.refusal()).isPresent();
    }

    private void refused() {
        assertThatThrownBy(() -> engine.change(List.of(), WRITES)).isInstanceOf(StoreUnavailableException.class);
    }
}
