package io.inmesh.server.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every source has to do, whatever registry it follows. Registries answer over real sockets and files; time for damping is fake. */
public abstract class ServiceSourceContract {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private final ScriptedSource neighbour = new ScriptedSource();
    private Registry registry;
    private ServiceSource source;
    private DiscoveredServices discovered;

    /** A registry under a test's control. Services are in namespace {@code default} and called on port 9080. */
    public interface Registry extends AutoCloseable {

        /** A source of name {@code tried} that follows this registry. */
        ServiceSource source() throws Exception;

        /** From now on there are exactly these services, with these endpoints ({@code 10.0.0.1:9080}), a list of which may name one twice. */
        void offer(Map<String, List<String>> endpointsByService) throws Exception;

        /** Is not there any more. */
        void down() throws Exception;

        /** Is there again. */
        void up() throws Exception;

        /** Takes questions and answers none; false if there is no such thing. */
        boolean hang() throws Exception;

        /** Whether what is taken out is told to be deleted, rather than only being absent. */
        boolean tellsDeletion();

        /** How many endpoints make an answer huge. */
        int huge();
    }

    /** A new registry that is there and knows no services yet. */
    protected abstract Registry registry() throws Exception;

    @BeforeEach
    void start() throws Exception {
        registry = registry();
        registry.offer(Map.of());
        source = registry.source();
    }

    @AfterEach
    void stop() throws Exception {
        if (discovered != null) {
            discovered.close();
        }
        registry.close();
    }

    @Test
    void listsWhatThereIsAndTellsWhatIsNew() throws Exception {
        offer(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9081"), "ratings", List.of("10.0.0.3:9080")));
        begin();
        awaitEndpoints(
                Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9081"), "ratings", List.of("10.0.0.3:9080")));

        offer(Map.of(
                "reviews",
                List.of("10.0.0.1:9080", "10.0.0.2:9081", "10.0.0.4:9080"),
                "ratings",
                List.of("10.0.0.3:9080")));
        awaitEndpoints(Map.of(
                "reviews",
                List.of("10.0.0.1:9080", "10.0.0.2:9081", "10.0.0.4:9080"),
                "ratings",
                List.of("10.0.0.3:9080")));
        assertThat(status().state()).isEqualTo(SourceStatus.State.ANSWERING);
    }

    @Test
    void aSourceThatReturnsNothingEmptiesNoServiceUnlessItSaysSo() throws Exception {
        offer(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));
        begin();
        awaitEndpoints(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));

        offer(Map.of("reviews", List.of()));
        if (registry.tellsDeletion()) {
            await(() -> endpoints().getOrDefault("reviews", List.of()).isEmpty());
            return;
        }
        await(() -> status().vanished() == 2);
        assertThat(endpoints()).isEqualTo(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));
        time.advance(Damping.DEFAULT.grace().plus(Damping.DEFAULT.every().multipliedBy(2)));
        assertThat(endpoints().getOrDefault("reviews", List.of())).isEmpty();
    }

    @Test
    void aSourceThatIsDownForTenMinutesChangesNothingAndIsFollowedAgainWhenItIsBack() throws Exception {
        offer(Map.of("reviews", List.of("10.0.0.1:9080")));
        begin();
        awaitEndpoints(Map.of("reviews", List.of("10.0.0.1:9080")));

        registry.down();
        await(() -> status().state() == SourceStatus.State.FAILING);
        assertThat(status().problem()).isNotEmpty();
        time.advance(Duration.ofMinutes(10));
        assertThat(endpoints()).isEqualTo(Map.of("reviews", List.of("10.0.0.1:9080")));

        offer(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));
        registry.up();
        awaitEndpoints(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));
        await(() -> status().state() == SourceStatus.State.ANSWERING);
    }

    @Test
    void aSourceThatIsDownWhenTheServerStartsIsFollowedAsSoonAsItIsThere() throws Exception {
        registry.down();
        begin();
        await(() -> status().state() == SourceStatus.State.FAILING);

        offer(Map.of("reviews", List.of("10.0.0.1:9080")));
        registry.up();
        awaitEndpoints(Map.of("reviews", List.of("10.0.0.1:9080")));
    }

    @Test
    void anEndpointThatIsNamedTwiceIsOne() throws Exception {
        offer(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.1:9080", "10.0.0.2:9080")));
        begin();
        awaitEndpoints(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));
    }

    @Test
    void anEndpointThatGoesAndComesBackIsThereInTheEnd() throws Exception {
        List<String> both = List.of("10.0.0.1:9080", "10.0.0.2:9080");
        offer(Map.of("reviews", both));
        begin();
        awaitEndpoints(Map.of("reviews", both));
        for (int i = 0; i < 3; i++) {
            offer(Map.of("reviews", List.of("10.0.0.1:9080")));
            offer(Map.of("reviews", both));
        }
        offer(Map.of("reviews", both, "ratings", List.of("10.0.0.3:9080")));

        awaitEndpoints(Map.of("reviews", both, "ratings", List.of("10.0.0.3:9080")));
        await(() -> status().vanished() == 0);
    }

    @Test
    void aHugeAnswerIsTakenWhole() throws Exception {
        List<String> many = IntStream.range(0, registry.huge())
                .mapToObj(i -> "10.0." + i / 250 + "." + (i % 250 + 1) + ":9080")
                .sorted()
                .toList();
        offer(Map.of("reviews", many));
        begin();
        await(() -> status().endpoints() == many.size());
    }

    @Test
    void aSourceThatDoesNotAnswerDelaysNobody() throws Exception {
        assumeTrue(registry.hang());
        begin();
        neighbour
                .says()
                .listed(List.of(Endpoints.service("details", Endpoints.at("10.9.9.9"))), SourceSink.Missing.VANISHED);

        assertThat(endpoints()).isEqualTo(Map.of("details", List.of("10.9.9.9:9080")));
    }

    @Test
    void startsOverWhenToldTo() throws Exception {
        offer(Map.of("reviews", List.of("10.0.0.1:9080")));
        begin();
        awaitEndpoints(Map.of("reviews", List.of("10.0.0.1:9080")));

        source.resync();
        offer(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));
        awaitEndpoints(Map.of("reviews", List.of("10.0.0.1:9080", "10.0.0.2:9080")));
    }

    @Test
    void isFollowedFurtherIfItCouldNotBeUsedOnce() throws Exception {
        offer(Map.of("reviews", List.of("10.0.0.1:9080")));
        FailingOnce sink = new FailingOnce();
        try (ServiceSource followed = source) {
            followed.start(sink);
            await(() -> sink.lists.get() >= 2);
        }
        assertThat(sink.problems).anyMatch(problem -> problem.contains("cannot take it"));
    }

    /** Throws at the first list. */
    private static final class FailingOnce implements SourceSink {
        private final AtomicInteger lists = new AtomicInteger();
        private final Queue<String> problems = new ConcurrentLinkedQueue<>();

        @Override
        public void listed(Collection<SourceService> services, Missing missing) {
            if (lists.incrementAndGet() == 1) {
                throw new IllegalStateException("cannot take it");
            }
        }

        @Override
        public void changed(SourceService service, Missing missing) {}

        @Override
        public void deleted(String namespace, String name) {}

        @Override
        public void answered() {}

        @Override
        public void failed(String why) {
            problems.add(why);
        }
    }

    private void begin() {
        discovered = new DiscoveredServices(
                List.of(new NamedSource("tried", "tried", source), new NamedSource("neighbour", "scripted", neighbour)),
                Damping.DEFAULT,
                "cluster.local",
                table,
                Runnable::run,
                time,
                time,
                new Random(7));
        discovered.start();
    }

    private void offer(Map<String, List<String>> endpointsByService) throws Exception {
        registry.offer(endpointsByService);
    }

    private SourceStatus status() {
        return discovered.statuses().get(0);
    }

    private void awaitEndpoints(Map<String, List<String>> expected) {
        await(() -> endpoints().equals(expected));
    }

    private Map<String, List<String>> endpoints() {
        Map<String, List<String>> all = new TreeMap<>();
        for (MeshService service : discovered.services()) {
            TreeSet<String> places = new TreeSet<>();
            for (Workload workload : service.workloads()) {
                for (ServicePort port : service.ports()) {
                    places.add(workload.address() + ":" + workload.portFor(port).orElseThrow());
                }
            }
            all.put(service.name(), new ArrayList<>(places));
        }
        all.values().removeIf(List::isEmpty);
        return all;
    }

    /** Returns when it is true; what never is ends with the test's own limit. */
    protected static void await(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
