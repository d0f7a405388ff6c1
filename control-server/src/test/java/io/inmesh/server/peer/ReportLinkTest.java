package io.inmesh.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.peer.rpc.Batch;
import io.inmesh.server.peer.rpc.Report;
import io.inmesh.server.peer.rpc.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A link to a server that the test plays, in time that passes when the test says so. */
class ReportLinkTest {

    private final FakeTime time = new FakeTime();
    private final List<Batch> heard = new ArrayList<>();
    private final List<StreamObserver<Taken>> streams = new ArrayList<>();
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicLong numbers = new AtomicLong();
    private final ReportLink link = new ReportLink(
            "two", this::opened, new ReportQueue("one", numbers::incrementAndGet), time, () -> 1, dropped::addAndGet);

    @Test
    void reportsAreToldAsTheyComeOneBatchAtATime() {
        link.open();
        assertThat(link.problem()).isPresent();
        take();
        assertThat(link.problem()).isEmpty();

        link.pass(report(1));
        link.pass(report(2));
        link.pass(report(3));
        take();
        take();

        assertThat(told()).containsExactly(1L, 2L, 3L);
        assertThat(heard).hasSize(3);
    }

    @Test
    void aStreamThatBreaksIsOpenedAgainAndWhatWasOnItsWayIsSentAgain() {
        link.open();
        take();
        link.pass(report(1));
        link.pass(report(2));

        breakWith(Status.UNAVAILABLE.withDescription("gone"));
        assertThat(link.problem()).hasValueSatisfying(why -> assertThat(why).contains("UNAVAILABLE", "gone"));
        time.advance(ReportLink.SHORTEST_WAIT);

        assertThat(streams).hasSize(2);
        assertThat(last().getNumber()).isEqualTo(heard.get(1).getNumber());
        take();
        take();
        assertThat(told()).containsExactly(1L, 1L, 2L);
        assertThat(link.problem()).isEmpty();
        assertThat(dropped).hasValue(0);
    }

    @Test
    void aServerThatStaysAwayIsTriedLessAndLessOftenAndAtOnceAgainWhenItWasThere() {
        link.open();
        int tries = 0;
        for (Duration wait = ReportLink.SHORTEST_WAIT; tries < 8; tries++) {
            breakWith(Status.UNAVAILABLE);
            time.advance(wait.minusNanos(1));
            assertThat(streams).hasSize(tries + 1);
            time.advance(Duration.ofNanos(1));
            assertThat(streams).hasSize(tries + 2);
            Duration doubled = wait.multipliedBy(2);
            wait = doubled.compareTo(ReportLink.LONGEST_WAIT) < 0 ? doubled : ReportLink.LONGEST_WAIT;
        }
        take();
        breakWith(Status.UNAVAILABLE);
        time.advance(ReportLink.SHORTEST_WAIT);

        assertThat(streams).hasSize(tries + 2);
    }

    @Test
    void whatTheOtherCannotTakeIsDroppedAndCountedAndTheRestGoesOn() {
        link.open();
        take();
        link.pass(report(1));
        link.pass(report(2));

        breakWith(Status.RESOURCE_EXHAUSTED.withDescription("too large"));
        time.advance(ReportLink.SHORTEST_WAIT);

        assertThat(dropped).hasValue(1);
        assertThat(last().getReportsList()).extracting(Report::getStream).containsExactly(2L);
    }

    @Test
    void afterItsEndItNeitherSendsNorConnects() {
        link.open();
        take();
        link.close();
        link.pass(report(1));
        breakWith(Status.CANCELLED);
        time.advance(Duration.ofMinutes(1));

        assertThat(streams).hasSize(1);
        assertThat(told()).isEmpty();
    }

    private StreamObserver<Batch> opened(StreamObserver<Taken> answers) {
        streams.add(answers);
        return new StreamObserver<>() {
            @Override
            public void onNext(Batch batch) {
                heard.add(batch);
            }

            @Override
            public void onError(Throwable cause) {}

            @Override
            public void onCompleted() {}
        };
    }

    private Batch last() {
        return heard.get(heard.size() - 1);
    }

    private void take() {
        streams.get(streams.size() - 1)
                .onNext(Taken.newBuilder().setNumber(last().getNumber()).build());
    }

    private void breakWith(Status status) {
        streams.get(streams.size() - 1).onError(status.asRuntimeException());
    }

    private List<Long> told() {
        return heard.stream()
                .flatMap(batch -> batch.getReportsList().stream())
                .map(Report::getStream)
                .toList();
    }

    private static Report report(long stream) {
        return Report.newBuilder().setStream(stream).build();
    }
}
