package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.ads.TypeStatus.State;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Personality;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConnectedProcessTest {

    @Test
    void aProcessIsAsGoodAsTheWorstOfItsTypes() {
        assertThat(state(State.SYNCED, State.SYNCED)).isEqualTo(State.SYNCED);
        assertThat(state(State.SYNCED, State.STALE)).isEqualTo(State.STALE);
        assertThat(state(State.REJECTED, State.STALE)).isEqualTo(State.REJECTED);
    }

    @Test
    void aProcessThatHasNotBeenSentAnythingYetIsNotSynced() {
        assertThat(state()).isEqualTo(State.STALE);
    }

    private static State state(State... types) {
        return new ConnectedProcess(
                        "sidecar~10.0.0.1~reviews-1.default~default.svc.cluster.local",
                        "reviews-1",
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
                        Stream.of(types)
                                .map(type -> new TypeStatus("type", type, "", "", "", List.of(), Instant.EPOCH))
                                .toList())
                .state();
    }
}
