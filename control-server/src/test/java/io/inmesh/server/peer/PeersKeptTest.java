package io.inmesh.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.lrs.ProcessReport;
import io.inmesh.server.replica.Replica;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a server is kept that is not in the store any more, and what becomes of what it has not been told. It never says anything here. */
class PeersKeptTest {

    private final FakeTime time = new FakeTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private List<Replica> replicas = List.of();
    private ServerSocket mute;
    private Peers peers;

    @BeforeEach
    void start() throws Exception {
        mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        peers = new Peers(
                "self",
                () -> replicas,
                new AdvancedTlsX509KeyManager(),
                AdvancedTlsX509TrustManager.newBuilder().build(),
                time,
                () -> 1,
                meters);
        replicas = List.of(replica("one", 1));
        peers.refresh();
        peers.reported(1, new ProcessReport("default", "reviews", "reviews-1", Map.of(), List.of()));
    }

    @AfterEach
    void stop() throws Exception {
        peers.close();
        mute.close();
    }

    @Test
    void aServerThatIsNotInTheStoreForAWhileIsStillToldThen() {
        replicas = List.of();
        peers.refresh();
        time.advance(Peers.ABSENCE.minusSeconds(1));
        peers.refresh();
        replicas = List.of(replica("one", 1));
        peers.refresh();
        replicas = List.of();
        peers.refresh();
        time.advance(Peers.ABSENCE.minusSeconds(1));
        peers.refresh();
        assertThat(dropped()).isZero();

        time.advance(Duration.ofSeconds(1));
        peers.refresh();

        assertThat(dropped()).as("what it has not been told").isEqualTo(1);
    }

    @Test
    void aServerThatIsStartedWhereAnotherWasStandsForIt() {
        replicas = List.of(replica("one", 1), replica("two", 2));
        peers.refresh();

        assertThat(dropped()).isEqualTo(1);
        assertThat(peers.problems()).containsOnlyKeys("one", "two");
    }

    @Test
    void aServerThatWasWhereThisOneIsNowIsNotToldAnything() {
        replicas = List.of(replica("one", 1), replica("self", 2));
        peers.refresh();

        assertThat(dropped()).isEqualTo(1);
    }

    private double dropped() {
        return meters.get("inmesh.peer.reports.dropped").counter().count();
    }

    private Replica replica(String id, long since) {
        return new Replica(id, id, "127.0.0.1:" + mute.getLocalPort(), "", "", since, "", 0, null);
    }
}
