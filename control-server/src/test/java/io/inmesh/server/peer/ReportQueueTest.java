package io.inmesh.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.peer.rpc.Batch;
import io.inmesh.server.peer.rpc.Report;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReportQueueTest {

    private final AtomicLong numbers = new AtomicLong();
    private final ReportQueue queue = new ReportQueue("one", numbers::incrementAndGet);

    @Test
    void oneBatchIsOnItsWayAndTheNextHasWhatCameMeanwhile() {
        assertThat(queue.next(0)).isEmpty();
        queue.add(report(1), 0);
        Batch first = queue.next(0).orElseThrow();
        queue.add(report(2), 0);
        queue.add(report(3), 0);
        assertThat(queue.next(0)).isEmpty();

        queue.taken(first.getNumber());

        assertThat(first.getSender()).isEqualTo("one");
        assertThat(first.getReportsList()).extracting(Report::getStream).containsExactly(1L);
        assertThat(queue.next(0).orElseThrow().getReportsList())
                .extracting(Report::getStream)
                .containsExactly(2L, 3L);
    }

    @Test
    void whatIsNotKnownToHaveBeenTakenIsSentAgainUnderItsNumberAndItsAgeGrows() {
        queue.add(report(1), 0);
        Batch first = queue.next(2_000_000_000L).orElseThrow();
        queue.add(report(2), 0);

        Batch again = queue.first(5_000_000_000L);

        assertThat(again.getNumber()).isEqualTo(first.getNumber());
        assertThat(again.getReportsList()).extracting(Report::getStream).containsExactly(1L);
        assertThat(first.getReports(0).getAge().getSeconds()).isEqualTo(2);
        assertThat(again.getReports(0).getAge().getSeconds()).isEqualTo(5);
        queue.taken(again.getNumber());
        assertThat(queue.next(0).orElseThrow().getNumber()).isGreaterThan(first.getNumber());
    }

    @Test
    void aNewStreamBeginsEvenIfThereIsNothingToTell() {
        Batch greeting = queue.first(0);

        assertThat(greeting.getNumber()).isPositive();
        assertThat(greeting.getReportsList()).isEmpty();
        assertThat(queue.next(0)).isEmpty();
    }

    @Test
    void whatCameFirstMakesRoomAndNothingWaitsBeyondTheBound() {
        Report large = report(1).toBuilder()
                .setWorkload("w".repeat((int) ReportQueue.MOST_BYTES / 4))
                .build();
        int dropped = 0;
        for (int i = 0; i < 10; i++) {
            dropped += queue.add(large.toBuilder().setStream(i).build(), 0);
        }

        assertThat(dropped).isEqualTo(7);
        // Each is larger than a batch should be, so each is one.
        Batch next = queue.next(0).orElseThrow();
        assertThat(next.getReportsList()).extracting(Report::getStream).containsExactly(7L);
    }

    @Test
    void aBatchThatCannotBeTakenIsGivenUp() {
        queue.add(report(1), 0);
        queue.next(0);
        queue.add(report(2), 0);

        assertThat(queue.giveUp()).isEqualTo(1);
        assertThat(queue.giveUp()).isZero();
        assertThat(queue.first(0).getReportsList())
                .extracting(Report::getStream)
                .containsExactly(2L);
    }

    private static Report report(long stream) {
        return Report.newBuilder().setStream(stream).build();
    }
}
