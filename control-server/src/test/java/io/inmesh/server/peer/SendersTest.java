package io.inmesh.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.lrs.Reports;
import io.inmesh.server.peer.rpc.Batch;
import io.inmesh.server.peer.rpc.Report;
import io.inmesh.server.traffic.Flow;
import io.inmesh.xds.core.Address;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.UpstreamEndpointStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** What is counted of what other servers pass on. */
class SendersTest {

    private final FakeTime time = new FakeTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Reports reports = new Reports(time, time, meters);
    private final Senders senders = new Senders(reports, time);

    @Test
    void aBatchCountsOnceHoweverOftenItIsSent() {
        assertThat(senders.take(batch("one", 1))).isTrue();
        assertThat(senders.take(batch("one", 1))).isFalse();
        assertThat(senders.take(batch("one", 4))).isTrue();
        assertThat(senders.take(batch("one", 3))).isFalse();
        assertThat(senders.take(batch("two", 1))).as("another server").isTrue();

        assertThat(requests()).isEqualTo(3 * 5);
    }

    @Test
    void whatAProcessBelievesIsForgottenWhenItsStreamEnds() {
        senders.take(batch("one", 1));
        senders.take(batch("two", 1));
        assertThat(reports.unusable()).hasSize(2);

        senders.take(Batch.newBuilder()
                .setSender("one")
                .setNumber(2)
                .addReports(ReportMessages.ended(7))
                .build());

        assertThat(reports.unusable()).hasSize(1);
    }

    @Test
    void whatProcessesOfAServerBelieveIsForgottenWhenItHasGoneButNotWhenItComesBack() {
        senders.connected("one");
        senders.take(batch("one", 1));
        senders.disconnected("one");
        time.advance(Senders.PATIENCE.dividedBy(2));
        assertThat(reports.unusable()).hasSize(1);
        senders.connected("one");
        time.advance(Senders.PATIENCE.multipliedBy(2));
        assertThat(reports.unusable()).hasSize(1);

        senders.disconnected("one");
        time.advance(Senders.PATIENCE);

        assertThat(reports.unusable()).isEmpty();
        assertThat(requests()).as("what was counted stays").isEqualTo(5);
    }

    @Test
    void anOldStreamThatEndsLateTakesNothingFromANewOne() {
        senders.connected("one");
        senders.connected("one");
        senders.take(batch("one", 1));
        senders.disconnected("one");
        time.advance(Senders.PATIENCE.multipliedBy(2));

        assertThat(reports.unusable()).hasSize(1);
    }

    @Test
    void serversAreRememberedWithinABound() {
        for (int i = 0; i < 2 * Senders.MOST_SENDERS; i++) {
            senders.take(batch("server-" + i, 1));
        }

        assertThat(reports.unusable()).hasSize(Senders.MOST_SENDERS);
    }

    private long requests() {
        return reports.traffic().flows().stream()
                .map(Flow.Outbound.class::cast)
                .mapToLong(Flow.Outbound::requests)
                .sum();
    }

    /** A report of five calls to reviews, of which one endpoint is ejected. */
    private static Batch batch(String sender, long number) {
        UpstreamEndpointStats ejected = UpstreamEndpointStats.newBuilder()
                .setAddress(Address.newBuilder()
                        .setSocketAddress(SocketAddress.newBuilder()
                                .setAddress("10.0.0.1")
                                .setPortValue(9080)))
                .setMetadata(Struct.newBuilder()
                        .putFields("unusable", text("ejected"))
                        .putFields("why", text("5xx")))
                .build();
        return Batch.newBuilder()
                .setSender(sender)
                .setNumber(number)
                .addReports(Report.newBuilder()
                        .setStream(7)
                        .setNamespace("default")
                        .setServiceAccount("productpage")
                        .setWorkload("productpage-v1")
                        .addClusters(ClusterStats.newBuilder()
                                .setClusterName("outbound|9080||reviews.default.svc.cluster.local")
                                .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder()
                                        .setTotalIssuedRequests(5)
                                        .addUpstreamEndpointStats(ejected))))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
