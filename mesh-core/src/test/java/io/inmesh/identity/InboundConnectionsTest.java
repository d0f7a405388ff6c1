package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.TestCa;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InboundConnectionsTest {

    private static final Duration GRACE = Duration.ofSeconds(InboundConnections.GRACE_SECONDS);
    private static final Duration SPREAD = Duration.ofSeconds(InboundConnections.SPREAD_SECONDS);

    private final FakeClock clock = new FakeClock(Instant.now());
    private final FakeScheduler time = new FakeScheduler(clock);
    private final TestCa ca = TestCa.root("inmesh.local", Instant.ofEpochMilli(clock.epochMillis()));
    private final IdentityHolder holder = new IdentityHolder(clock);
    private final InboundConnections connections = new InboundConnections(holder, time, bound -> bound - 1);

    private final class Peer implements InboundConnections.Connection {
        private final Certificate[] chain =
                ca.issue("default", "productpage").chain().toArray(new Certificate[0]);
        private String ended = "";

        @Override
        public Certificate[] peerChain() {
            return chain;
        }

        @Override
        public void endGracefully() {
            ended += "gracefully ";
        }

        @Override
        public void endNow() {
            ended += "now ";
        }
    }

    InboundConnectionsTest() {
        holder.update(ca.issue("default", "reviews"), ca.bundle());
    }

    @Test
    void connectionOfARenewedEpochEndsGracefullyAndOnce() {
        Peer peer = new Peer();
        connections.opened(peer);
        renew();
        renew();
        time.advance(GRACE.plus(SPREAD).minusNanos(1));
        assertThat(peer.ended).isEmpty();
        time.advance(Duration.ofNanos(1));
        assertThat(peer.ended).isEqualTo("gracefully ");
        renew();
        time.advance(GRACE.plus(SPREAD));
        assertThat(peer.ended).isEqualTo("gracefully ");
    }

    @Test
    void connectionOfThisEpochGoesOn() {
        renew();
        Peer peer = new Peer();
        connections.opened(peer);
        time.advance(GRACE.plus(SPREAD));
        assertThat(peer.ended).isEmpty();
    }

    @Test
    void streamsOfAPeerWhoseRootIsGoneEndAfterTheGrace() {
        Peer peer = new Peer();
        connections.opened(peer);
        holder.update(holder.current().identity(), TestCa.root("inmesh.local").bundle());
        time.advance(GRACE.minusNanos(1));
        assertThat(peer.ended).isEmpty();
        time.advance(Duration.ofNanos(1));
        assertThat(peer.ended).isEqualTo("now ");
    }

    @Test
    void oneThatIsEndingGracefullyEndsNowWhenItsRootGoes() {
        Peer peer = new Peer();
        connections.opened(peer);
        renew();
        time.advance(GRACE.plus(SPREAD));
        holder.update(holder.current().identity(), TestCa.root("inmesh.local").bundle());
        time.advance(GRACE);
        assertThat(peer.ended).isEqualTo("gracefully now ");
    }

    @Test
    void whatHasClosedIsLeftAlone() {
        Peer peer = new Peer();
        connections.opened(peer).run();
        renew();
        time.advance(GRACE.plus(SPREAD));
        assertThat(peer.ended).isEmpty();
    }

    @Test
    void nothingIsWatchedAfterClose() {
        Peer peer = new Peer();
        connections.opened(peer);
        connections.close();
        renew();
        time.advance(GRACE.plus(SPREAD));
        assertThat(peer.ended).isEmpty();
    }

    private void renew() {
        holder.update(ca.issue("default", "reviews"), ca.bundle());
    }
}
