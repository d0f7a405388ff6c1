package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.limit.Limits;
import io.inmesh.server.registry.RegistrationRules;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.discovery.DiscoveryRequest;
import io.inmesh.xds.discovery.DiscoveryResponse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * After any history of changes, subscriptions, late answers, clogged connections and reconnects, clients of both protocols have the same:
 * what there is. Those that make changed clusters anew have got the endpoints for them.
 */
class ProtocolsAgreeTest {
    private static final int STEPS = 400;
    private static final int NAMES = 4;

    private final FakeTime time = new FakeTime();
    private final TestResources resources = new TestResources();
    private final StreamHub hub = new StreamHub(resources, time, new SimpleMeterRegistry());
    private final AdsParts parts = new AdsParts(
            resources,
            new WorkloadRegistry(new MemoryTable(), "test", Runnable::run, time, new Random(1)),
            hub,
            time,
            time,
            Limits.DEFAULT,
            RegistrationRules.DEFAULT);

    /** What there is, by type and name. */
    private final Map<String, Map<String, VersionedResource>> truth = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void clientsOfBothProtocolsHaveWhatThereIs(long seed) {
        Random random = new Random(seed);
        ProtocolClient.TYPES.forEach(type -> truth.put(type, new TreeMap<>()));
        RebuildingClient rebuilding = new RebuildingClient(parts);
        List<ProtocolClient<?, ?>> clients = List.of(
                new IncrementalClient(parts), new IncrementalClient(parts), rebuilding, new Complete(), new Complete());
        clients.forEach(ProtocolClient::subscribeAll);
        for (int step = 0; step < STEPS; step++) {
            ProtocolClient<?, ?> client = clients.get(random.nextInt(clients.size()));
            switch (random.nextInt(8)) {
                case 0, 1 -> change(random);
                case 2 -> time.advance(Duration.ofMillis(random.nextInt(60)));
                case 3 -> client.want(random.nextBoolean() ? TypeUrls.ENDPOINT : TypeUrls.ROUTE, names(random));
                case 4 -> client.ready(random.nextBoolean());
                case 5 -> reconnectSometimes(client, random);
                default -> client.answerOne();
            }
        }
        settle(clients);

        assertThat(rebuilding.warming())
                .as("clusters made anew that are still without endpoints")
                .isEmpty();
        for (ProtocolClient<?, ?> client : clients) {
            for (String type : ProtocolClient.TYPES) {
                Map<String, String> there = there(type, client);
                Map<String, String> held = new TreeMap<>(client.held.get(type));
                if (client instanceof Complete && !ProtocolClient.COMPLETE.contains(type)) {
                    // The older protocol cannot say that such a name is gone; what refers to it is.
                    held.keySet().retainAll(there.keySet());
                }
                assertThat(held).as("%s of %s", type, client.getClass()).isEqualTo(there);
            }
        }
    }

    private Map<String, String> there(String type, ProtocolClient<?, ?> client) {
        Map<String, String> there = new TreeMap<>();
        truth.get(type).forEach((name, resource) -> {
            if (ProtocolClient.COMPLETE.contains(type) || client.names.get(type).contains(name)) {
                there.put(name, resource.version());
            }
        });
        return there;
    }

    private void settle(List<ProtocolClient<?, ?>> clients) {
        clients.forEach(client -> client.ready(true));
        time.advance(Duration.ofSeconds(1));
        boolean more = true;
        while (more) {
            more = false;
            for (ProtocolClient<?, ?> client : clients) {
                more |= client.answerOne();
            }
        }
    }

    private static void reconnectSometimes(ProtocolClient<?, ?> client, Random random) {
        if (random.nextInt(5) == 0) {
            client.connect();
        }
    }

    private static Set<String> names(Random random) {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < NAMES; i++) {
            if (random.nextInt(3) > 0) {
                names.add("name-" + i);
            }
        }
        // A subscription that has begun and names nothing means different things in the two protocols.
        names.add("name-0");
        return names;
    }

    private void change(Random random) {
        List<VersionedResource> gone = new ArrayList<>();
        List<VersionedResource> come = new ArrayList<>();
        Set<String> touched = new HashSet<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            String type = ProtocolClient.TYPES.get(random.nextInt(ProtocolClient.TYPES.size()));
            String name = "name-" + random.nextInt(NAMES);
            if (!touched.add(type + name)) {
                continue;
            }
            VersionedResource before = truth.get(type).get(name);
            if (before != null && random.nextInt(3) == 0) {
                gone.add(before);
                truth.get(type).remove(name);
            } else {
                VersionedResource now = resource(type, name, "v" + random.nextInt(5));
                come.add(now);
                truth.get(type).put(name, now);
            }
        }
        resources.replace(gone, come);
    }

    private static VersionedResource resource(String type, String name, String version) {
        return switch (type) {
            case TypeUrls.CLUSTER -> TestResources.cluster(name, version);
            case TypeUrls.LISTENER -> TestResources.listener(name, version);
            case TypeUrls.ROUTE -> TestResources.routes(name, version);
            default -> TestResources.endpoints(name, "10.0.0." + version.substring(1));
        };
    }

    /** A client of state-of-the-world xDS. */
    private final class Complete extends ProtocolClient<DiscoveryRequest, DiscoveryResponse> {
        private final Map<String, String> nonces = new TreeMap<>();

        Complete() {
            super(parts, false, StateOfTheWorldOutbound::new, ClientRequest::of);
        }

        @Override
        void connect() {
            nonces.clear();
            super.connect();
        }

        @Override
        DiscoveryRequest first(String type) {
            return TestStream.ask(type, names.get(type).toArray(String[]::new));
        }

        @Override
        DiscoveryRequest changed(String type, Set<String> added, Set<String> dropped) {
            return first(type).toBuilder()
                    .setResponseNonce(nonces.getOrDefault(type, ""))
                    .build();
        }

        @Override
        DiscoveryRequest answer(DiscoveryResponse response) {
            String type = response.getTypeUrl();
            nonces.put(type, response.getNonce());
            Map<String, String> sent = new TreeMap<>();
            response.getResourcesList().forEach(any -> truthOf(type, any).forEach(sent::put));
            if (COMPLETE.contains(type)) {
                held.get(type).clear();
            }
            sent.forEach((name, version) -> {
                if (COMPLETE.contains(type) || names.get(type).contains(name)) {
                    held.get(type).put(name, version);
                }
            });
            return TestStream.accept(response, names.get(type).toArray(String[]::new));
        }
    }

    /** State of the world has no version for each resource: found by the bytes. */
    private static Map<String, String> truthOf(String type, Any any) {
        for (int name = 0; name < NAMES; name++) {
            for (int version = 0; version < 5; version++) {
                VersionedResource one = resource(type, "name-" + name, "v" + version);
                if (one.any().equals(any)) {
                    return Map.of(one.name(), one.version());
                }
            }
        }
        throw new AssertionError("a resource that there never was");
    }
}
