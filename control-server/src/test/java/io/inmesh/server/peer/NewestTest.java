package io.inmesh.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.service.Locality;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Personality;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NewestTest {

    @Test
    void aProcessIsWhereItConnectedLastAndOnlyThere() {
        ConnectedProcess before = process("default", "reviews", 1, Personality.FULL);
        ConnectedProcess other = process("default", "ratings", 1, Personality.FULL);
        ConnectedProcess now = process("default", "reviews", 2, Personality.FULL);
        ConnectedProcess oldest = process("default", "reviews", 0, Personality.FULL);

        assertThat(Newest.of(List.of(before, other, now, oldest), process -> process))
                .containsExactly(now, other);
    }

    @Test
    void whoClaimsTheSameIdInAnotherNamespaceIsAnother() {
        ConnectedProcess one = process("default", "reviews", 1, Personality.FULL);
        ConnectedProcess two = process("other", "reviews", 2, Personality.FULL);

        assertThat(Newest.of(List.of(one, two), process -> process)).containsExactly(one, two);
    }

    @Test
    void everyConnectionOfStockGrpcCounts() {
        ConnectedProcess one = process("default", "reviews", 1, Personality.GRPC_SAFE);
        ConnectedProcess two = process("default", "reviews", 2, Personality.GRPC_SAFE);

        assertThat(Newest.of(List.of(one, two), process -> process)).containsExactly(one, two);
    }

    private static ConnectedProcess process(String namespace, String node, long since, Personality personality) {
        return new ConnectedProcess(
                node,
                node,
                namespace,
                node,
                Map.of(),
                "10.0.0.1:1",
                "test",
                true,
                Instant.EPOCH.plusSeconds(since),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                new ClientContext(namespace, Map.of(), "x", personality, Locality.UNKNOWN),
                List.of());
    }
}
