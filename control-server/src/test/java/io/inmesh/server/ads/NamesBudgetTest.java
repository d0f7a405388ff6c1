package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.limit.Limits;
import io.inmesh.server.registry.RegistrationRules;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.xds.TypeUrls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How what is there is shared out. */
class NamesBudgetTest {
    private final NamesBudget budget = new NamesBudget(1_000);

    @Test
    void aCallerHasHalfOfWhatTheOthersLeave() {
        assertThat(budget.grant("greedy", 0, 501)).isFalse();
        assertThat(budget.grant("greedy", 0, 300)).isTrue();
        assertThat(budget.grant("greedy", 0, 201)).isFalse();
        assertThat(budget.grant("greedy", 0, 200)).isTrue();

        assertThat(budget.grant("other", 0, 251)).isFalse();
        assertThat(budget.grant("other", 0, 250)).isTrue();
        assertThat(budget.grant("third", 0, 125)).isTrue();
    }

    @Test
    void whatIsGivenBackCanBeHadAgainAndLessIsAlwaysGranted() {
        assertThat(budget.grant("one", 0, 500)).isTrue();
        assertThat(budget.grant("other", 0, 250)).isTrue();
        // It has more than half of what the other leaves now, and may have less of it all the same.
        assertThat(budget.grant("one", 500, 450)).isTrue();
        assertThat(budget.grant("one", 450, 0)).isTrue();

        assertThat(budget.grant("other", 250, 500)).isTrue();
    }

    @Test
    void aStreamThatWantsMoreThanItsClientMayHaveEndsAndOneThatEndsGivesBack() {
        FakeTime time = new FakeTime();
        TestResources resources = new TestResources();
        StreamHub hub = new StreamHub(resources, time, new SimpleMeterRegistry(), new NamesBudget(10_000));
        AdsParts parts = new AdsParts(
                resources,
                new WorkloadRegistry(new MemoryTable(), "test", Runnable::run, time, new Random(1)),
                hub,
                time,
                time,
                Limits.DEFAULT,
                RegistrationRules.DEFAULT);
        IncrementalClient first = new IncrementalClient(parts);
        first.want(TypeUrls.ENDPOINT, Set.of("a".repeat(4_000)));
        IncrementalClient second = new IncrementalClient(parts);
        second.want(TypeUrls.ENDPOINT, Set.of("b".repeat(500)));
        assertThat(hub.connected()).isEqualTo(2);

        assertThatThrownBy(() -> second.want(TypeUrls.ENDPOINT, Set.of("b".repeat(500), "c".repeat(500))))
                .hasMessage("the server ended the stream")
                .hasStackTraceContaining("by all streams of this client");
        assertThat(hub.connected()).isEqualTo(1);

        first.connect();
        assertThatThrownBy(second::connect).hasMessage("the server ended the stream");
        assertThat(hub.connected()).isEqualTo(1);
        first.want(TypeUrls.ENDPOINT, Set.of());
        second.connect();
        assertThat(hub.connected()).isEqualTo(2);
    }
}
