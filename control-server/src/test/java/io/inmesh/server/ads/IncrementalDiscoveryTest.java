package io.inmesh.server.ads;

import static io.inmesh.server.ads.TestStream.accept;
import static io.inmesh.server.ads.TestStream.names;
import static io.inmesh.server.ads.TestStream.reject;
import static io.inmesh.server.ads.TestStream.resume;
import static io.inmesh.server.ads.TestStream.subscribe;
import static io.inmesh.server.ads.TestStream.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.discovery.DeltaDiscoveryRequest;
import io.inmesh.xds.discovery.DeltaDiscoveryResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The incremental protocol over real sockets, with a client that only does what the test says. */
class IncrementalDiscoveryTest {
    private static final VersionedResource A = TestResources.cluster("a", "1");
    private static final VersionedResource A2 = TestResources.cluster("a", "2");
    private static final VersionedResource B = TestResources.cluster("b", "1");

    @TempDir
    Path directory;

    private final TestResources resources = new TestResources();
    private TestServer server;
    private TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stream;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(directory, resources);
        stream = connect();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aWildcardGetsEverythingAndThenOnlyChanges() throws Exception {
        resources.put(A, B);
        stream.send(subscribe(TypeUrls.CLUSTER));
        DeltaDiscoveryResponse first = stream.next();
        assertThat(names(first)).containsExactly("a", "b");
        assertThat(first.getResources(0).getVersion()).isEqualTo(A.version());
        stream.send(accept(first));

        resources.put(A2);

        assertThat(names(stream.next())).containsExactly("a");
    }

    @Test
    void anEmptyMeshIsAnAnswerToo() throws Exception {
        stream.send(subscribe(TypeUrls.CLUSTER));

        assertThat(names(stream.next())).isEmpty();
    }

    /** gRPC clients take 4 MiB unless told otherwise. */
    @Test
    void veryManyNamesThatDoNotExistAreToldInParts() throws Exception {
        String[] wanted = new String[40_000];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = i + "x".repeat(120);
        }
        stream.send(subscribe(TypeUrls.ENDPOINT, wanted));
        DeltaDiscoveryResponse first = stream.next();
        stream.send(accept(first));
        DeltaDiscoveryResponse second = stream.next();
        List<String> told = new ArrayList<>(first.getRemovedResourcesList());
        told.addAll(second.getRemovedResourcesList());

        assertThat(told).containsExactlyInAnyOrder(wanted);
        assertThat(first.getSerializedSize()).isLessThan(4 << 20);
    }

    @Test
    void howLongResponsesAreIsCounted() throws Exception {
        resources.put(A, B);
        stream.send(subscribe(TypeUrls.CLUSTER));
        DeltaDiscoveryResponse first = stream.next();
        // It is counted once it has been sent; what comes next comes after that.
        stream.send(accept(first));
        stream.send(subscribe(TypeUrls.ENDPOINT, "a"));
        stream.next();

        assertThat(server.meters
                        .get("inmesh.ads.push.size")
                        .tag("type", "Cluster")
                        .summary()
                        .totalAmount())
                .isEqualTo(first.getSerializedSize());
    }

    @Test
    void aNameThatDoesNotExistIsToldAtOnceAndSentWhenItDoes() throws Exception {
        stream.send(subscribe(TypeUrls.ENDPOINT, "a"));
        DeltaDiscoveryResponse absent = stream.next();
        assertThat(absent.getRemovedResourcesList()).containsExactly("a");
        stream.send(accept(absent));

        resources.put(TestResources.endpoints("a", "10.0.0.1"));

        assertThat(names(stream.next())).containsExactly("a");
    }

    @Test
    void namedClustersGetOnlyWhatTheyNamed() throws Exception {
        resources.put(A);
        stream.send(subscribe(TypeUrls.CLUSTER, "a"));
        stream.send(accept(stream.next()));

        resources.put(B);
        resources.put(A2);

        assertThat(names(stream.next())).containsExactly("a");
    }

    @Test
    void reconnectingWithKnownVersionsMovesOnlyWhatChanged() throws Exception {
        resources.put(A2, B);
        stream.send(resume(TypeUrls.CLUSTER, Map.of("a", A.version(), "b", B.version(), "gone", "0")));

        DeltaDiscoveryResponse changed = stream.next();
        assertThat(names(changed)).containsExactly("a");
        assertThat(changed.getRemovedResourcesList()).isEmpty();
        stream.send(accept(changed));
        assertThat(stream.next().getRemovedResourcesList()).containsExactly("gone");
    }

    @Test
    void versionsAreTheSameOnEveryServer(@TempDir Path other) throws Exception {
        resources.put(A);
        stream.send(subscribe(TypeUrls.CLUSTER));
        DeltaDiscoveryResponse here = stream.next();
        try (TestServer replica = new TestServer(other, resources)) {
            var there = TestStream.incremental(replica.channelOf("default", "default"));
            there.send(resume(TypeUrls.CLUSTER, Map.of("a", here.getResources(0).getVersion())));

            DeltaDiscoveryResponse nothing = there.next();

            assertThat(names(nothing)).isEmpty();
            assertThat(nothing.getSystemVersionInfo()).isEqualTo(here.getSystemVersionInfo());
        }
    }

    @Test
    void whatIsAskedForAgainIsSentAgain() throws Exception {
        resources.put(A);
        stream.send(subscribe(TypeUrls.CLUSTER, "a"));
        stream.send(accept(stream.next()));

        stream.send(subscribe(TypeUrls.CLUSTER, "a"));

        assertThat(names(stream.next())).containsExactly("a");
    }

    @Test
    void unsubscribingTheLastNameAndSubscribingAgainGoesOn() throws Exception {
        VersionedResource endpoints = TestResources.endpoints("a", "10.0.0.1");
        resources.put(endpoints);
        stream.send(subscribe(TypeUrls.ENDPOINT, "a"));
        stream.send(accept(stream.next()));
        stream.send(unsubscribe(TypeUrls.ENDPOINT, "a"));
        // Requests are taken in order: when this one is answered, the one before has been dealt with.
        stream.send(subscribe(TypeUrls.CLUSTER));
        stream.send(accept(stream.next()));

        // Nothing changes meanwhile: a push is gathered for a while, so the answer could be from before it or after.
        stream.send(subscribe(TypeUrls.ENDPOINT, "a"));
        stream.send(accept(stream.next()));
        resources.put(TestResources.endpoints("a", "10.0.0.2"));

        assertThat(stream.next().getResources(0).getResource())
                .isEqualTo(TestResources.endpoints("a", "10.0.0.2").any());
    }

    @Test
    void atMostOneResponseOfATypeIsOnItsWayAndTheLatestStateWins() throws Exception {
        resources.put(A);
        stream.send(subscribe(TypeUrls.CLUSTER));
        DeltaDiscoveryResponse first = stream.next();
        for (int version = 2; version < 50; version++) {
            resources.put(TestResources.cluster("a", Integer.toString(version)));
        }

        // Changes are gathered for a while, so what is sent next may be older than the last one, but never the last
        // that is sent.
        DeltaDiscoveryResponse next = first;
        int responses = 0;
        do {
            stream.send(accept(next));
            next = stream.next();
            responses++;
        } while (!next.getResources(0)
                .getResource()
                .equals(TestResources.cluster("a", "49").any()));
        assertThat(responses).isLessThan(48);
    }

    @Test
    void aRejectedUpdateIsShownAndNotSentAgainUntilItChanges() throws Exception {
        resources.put(A);
        stream.send(subscribe(TypeUrls.CLUSTER));
        stream.send(accept(stream.next()));
        resources.put(A2);
        stream.send(reject(stream.next(), "cluster a: no such balancer"));
        resources.put(B);

        assertThat(names(stream.next())).containsExactly("b");
        // What is shown follows what is sent; the answer to another request comes after both.
        stream.send(subscribe(TypeUrls.ENDPOINT, "absent"));
        stream.next();
        TypeStatus status = server.hub.processes().get(0).types().get(0);
        assertThat(status.state()).isEqualTo(TypeStatus.State.STALE);
        assertThat(status.rejection()).isEqualTo("cluster a: no such balancer");
        assertThat(status.rejectedNames()).containsExactly("a");
    }

    @Test
    void anAnswerToAnEarlierResponseIsNoAnswerToTheLatest() throws Exception {
        resources.put(A);
        stream.send(subscribe(TypeUrls.CLUSTER));
        DeltaDiscoveryResponse first = stream.next();
        stream.send(accept(first));
        resources.put(A2);
        DeltaDiscoveryResponse second = stream.next();
        resources.put(B);

        stream.send(reject(first, "too late"));
        stream.send(accept(second));

        assertThat(names(stream.next())).containsExactly("b");
        assertThat(server.hub.processes().get(0).types().get(0).rejection()).isEmpty();
    }

    @Test
    void newClustersComeBeforeEndpointsListenersAndRoutes() throws Exception {
        for (String type : List.of(TypeUrls.ROUTE, TypeUrls.LISTENER, TypeUrls.ENDPOINT, TypeUrls.CLUSTER)) {
            stream.send(subscribe(type, "*"));
            stream.send(accept(stream.next()));
        }

        resources.put(
                TestResources.routes("r", "1"),
                TestResources.listener("l", "1"),
                TestResources.endpoints("a", "10.0.0.1"),
                A);

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            order.add(stream.next().getTypeUrl());
        }
        assertThat(order).containsExactly(TypeUrls.CLUSTER, TypeUrls.ENDPOINT, TypeUrls.LISTENER, TypeUrls.ROUTE);
    }

    @Test
    void aClusterIsTakenAwayOnlyWhenTheRoutesThatLeaveItAreAcknowledged() throws Exception {
        VersionedResource toA = TestResources.routes("r", "to a");
        VersionedResource toB = TestResources.routes("r", "to b");
        resources.put(A, toA);
        DeltaDiscoveryResponse routes = subscribedToClustersAndRoutes();

        resources.replace(List.of(A), List.of(B, toB));

        DeltaDiscoveryResponse clusters = stream.next();
        assertThat(names(clusters)).containsExactly("b");
        assertThat(clusters.getRemovedResourcesList()).isEmpty();
        routes = stream.next();
        assertThat(routes.getTypeUrl()).isEqualTo(TypeUrls.ROUTE);
        stream.send(accept(clusters));
        stream.send(accept(routes));
        assertThat(stream.next().getRemovedResourcesList()).containsExactly("a");
    }

    @Test
    void aClientThatRejectsTheNewRoutesKeepsTheClustersOfTheOldOnes() throws Exception {
        resources.put(A, TestResources.routes("r", "to a"));
        subscribedToClustersAndRoutes();
        resources.replace(List.of(A), List.of(B, TestResources.routes("r", "to b")));
        stream.send(accept(stream.next()));
        stream.send(reject(stream.next(), "routes r: bad"));

        resources.put(TestResources.cluster("c", "1"));
        DeltaDiscoveryResponse third = stream.next();
        assertThat(names(third)).containsExactly("c");
        assertThat(third.getRemovedResourcesList()).isEmpty();
        stream.send(accept(third));
        resources.put(TestResources.routes("r", "to b, better"));
        stream.send(accept(stream.next()));

        assertThat(stream.next().getRemovedResourcesList()).containsExactly("a");
    }

    @Test
    void anUnknownTypeIsAnsweredAndHarmsNothing() throws Exception {
        resources.put(A);
        stream.send(subscribe("type.googleapis.com/example.Unknown", "x"));
        DeltaDiscoveryResponse answer = stream.next();
        assertThat(answer.getTypeUrl()).isEqualTo("type.googleapis.com/example.Unknown");
        assertThat(answer.getRemovedResourcesList()).containsExactly("x");

        stream.send(subscribe(TypeUrls.CLUSTER));
        assertThat(names(stream.next())).containsExactly("a");
    }

    @Test
    void anEmptySubscriptionToATypeThatIsNotServedDoesNotEndTheStream() throws Exception {
        stream.send(subscribe("type.googleapis.com/example.Unknown"));
        stream.send(subscribe(TypeUrls.ENDPOINT));
        stream.send(subscribe(TypeUrls.CLUSTER));

        assertThat(stream.next().getTypeUrl()).isEqualTo(TypeUrls.CLUSTER);
    }

    @Test
    void aFailureToMakeResourcesDoesNotEndTheStreamAndChangesNothing() throws Exception {
        resources.put(A);
        stream.send(subscribe(TypeUrls.CLUSTER));
        stream.send(accept(stream.next()));

        resources.fail(true);
        resources.fail(false);
        resources.put(A2);

        assertThat(names(stream.next())).containsExactly("a");
    }

    @Test
    void twentyThousandSubscriptionsFitIntoOneRequestAndComeInSeveralResponses() throws Exception {
        int count = 20_000;
        VersionedResource[] many = new VersionedResource[count];
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = "outbound|9080|v1|service-" + i + ".a-namespace-of-some-length.svc.cluster.local";
            many[i] = TestResources.endpoints(names[i], "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
        }
        resources.put(many);
        stream.send(subscribe(TypeUrls.ENDPOINT, names));

        int received = 0;
        while (received < count) {
            DeltaDiscoveryResponse part = stream.next();
            assertThat(part.getSerializedSize()).isLessThan(4 << 20);
            received += part.getResourcesCount();
            stream.send(accept(part));
        }
        assertThat(received).isEqualTo(count);
    }

    @Test
    void aClientThatDoesNotAnswerDelaysNobodyElse() throws Exception {
        resources.put(A);
        stream.send(subscribe(TypeUrls.CLUSTER));
        stream.next();
        TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> other = connect();
        other.send(subscribe(TypeUrls.CLUSTER));
        other.send(accept(other.next()));

        resources.put(A2);

        assertThat(names(other.next())).containsExactly("a");
    }

    private DeltaDiscoveryResponse subscribedToClustersAndRoutes() throws InterruptedException {
        stream.send(subscribe(TypeUrls.CLUSTER));
        stream.send(accept(stream.next()));
        stream.send(subscribe(TypeUrls.ROUTE, "r"));
        DeltaDiscoveryResponse routes = stream.next();
        stream.send(accept(routes));
        return routes;
    }

    private TestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> connect() throws Exception {
        return TestStream.incremental(server.channelOf("default", "default"));
    }
}
