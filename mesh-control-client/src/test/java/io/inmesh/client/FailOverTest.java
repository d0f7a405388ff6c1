package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.TypeUrls;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that knows two control servers of one mesh. It begins with the first, since it draws that. */
final class FailOverTest {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void serverThatEndsTheStreamIsFollowedByTheOtherWhichIsToldWhatIsThereAlready(boolean stateOfTheWorld)
            throws Exception {
        try (Pair pair = new Pair(stateOfTheWorld)) {
            Script begun = pair.first.nextStream();
            pair.first.reviews(begun);
            begun.end();
            pair.pass(SHORTEST_WAIT);

            Script second = stateOfTheWorld ? pair.other.nextSotw() : pair.other.nextDelta();
            assertThat(second.next(TypeUrls.CLUSTER).versions()).containsValue("c1");
            assertThat(second.next(TypeUrls.ENDPOINT).versions()).containsValue("e1");
            assertThat(pair.first.mesh.applied).as("calls are not disturbed").isEmpty();
            assertThat(pair.first.client.status().server()).isEqualTo(pair.other.address());
        }
    }

    @Test
    void serverThatTakesTheConnectionAndSaysNothingIsLeftForTheOther() throws Exception {
        try (Pair pair = new Pair(false)) {
            pair.first.nextStream().next(TypeUrls.CLUSTER);
            pair.pass(PATIENCE);
            pair.pass(SHORTEST_WAIT);

            assertThat(pair.other.nextDelta().next(TypeUrls.CLUSTER).nonce()).isEmpty();
        }
    }

    @Test
    void slowServerIsWaitedForLongerEachTime() throws Exception {
        try (Pair pair = new Pair(false)) {
            pair.first.nextStream().next(TypeUrls.CLUSTER);
            pair.pass(PATIENCE);
            pair.pass(SHORTEST_WAIT);
            pair.other.nextDelta().next(TypeUrls.CLUSTER);

            pair.first.mesh.nextDelay(PATIENCE.multipliedBy(2), PATIENCE.multipliedBy(2));
        }
    }

    @Test
    void serverThatHasAnsweredMaySayNothingForHours() throws Exception {
        try (Pair pair = new Pair(false)) {
            pair.first.reviews(pair.first.nextStream());
            pair.first.mesh.time.advance(Duration.ofHours(5));

            assertThat(pair.first.client.status().connected()).isTrue();
            assertThat(pair.other.noStreamWaits()).isTrue();
        }
    }

    @Test
    void connectionsAreCountedSoThatServersKnowTheLatest() throws Exception {
        try (Pair pair = new Pair(false)) {
            Script begun = pair.first.nextStream();
            double first = connection(begun);
            begun.end();
            pair.pass(SHORTEST_WAIT);

            assertThat(first).isPositive();
            assertThat(connection(pair.other.nextDelta())).isGreaterThan(first);
        }
    }

    private static double connection(Script stream) throws Exception {
        return stream.next(TypeUrls.CLUSTER)
                .node()
                .getMetadata()
                .getFieldsOrThrow("INMESH_CONNECTION")
                .getNumberValue();
    }

    private final class Pair implements AutoCloseable {
        final Joined first;
        final FakeControlPlane other;

        Pair(boolean stateOfTheWorld) throws Exception {
            FakeControlPlane[] made = new FakeControlPlane[1];
            first = Joined.among(folder, stateOfTheWorld, (builder, own) -> {
                made[0] = own.another();
                return builder.server(made[0].address()).randomness(bound -> 0);
            });
            other = made[0];
        }

        /** Lets the time pass that something has been put off by. */
        void pass(Duration time) throws Exception {
            first.mesh.time.advance(first.mesh.nextDelay(time, time));
        }

        @Override
        public void close() throws Exception {
            first.close();
            other.close();
        }
    }
}
