package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Personality;
import io.inmesh.xds.core.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who does not tell in time is known not to have told. */
class ToldTest {

    @Test
    void whoIsTooBusyIsNamedAndWhoHasGoneIsNot() {
        ConnectedProcess ready = process("ready");
        ConnectedProcess busy = process("busy");
        ProcessConfig config = new ProcessConfig(ready, Node.getDefaultInstance(), Set.of(), List.of());
        Told told = Told.within(
                Duration.ZERO,
                List.of(
                        new Told.Asked(ready, CompletableFuture.completedFuture(config)),
                        new Told.Asked(busy, new CompletableFuture<>()),
                        new Told.Asked(
                                process("gone"), CompletableFuture.failedFuture(new IllegalStateException("ended")))));
        assertThat(told.configs()).containsExactly(config);
        assertThat(told.silent()).containsExactly(busy);
    }

    private static ConnectedProcess process(String name) {
        return new ConnectedProcess(
                "sidecar~10.0.0.1~" + name + ".default~default.svc.cluster.local",
                name,
                "default",
                "reviews",
                Map.of(),
                "10.0.0.1",
                "test",
                true,
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                new ClientContext("default", Map.of(), "default.svc.cluster.local", Personality.FULL),
                List.of());
    }
}
