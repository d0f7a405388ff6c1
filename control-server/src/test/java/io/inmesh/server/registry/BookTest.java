package io.inmesh.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Workloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server makes of what processes and other servers say. Another server, "b", writes by itself. */
class BookTest {
    private static final RegisteredWorkload REVIEWS = Workloads.running("reviews", "v1", "10.0.0.1");
    private static final RegisteredWorkload OTHER = Workloads.running("reviews", "v2", "10.0.0.2");
    private static final String ID = REVIEWS.nodeId();

    private final Object stream = new Object();
    private final Book book = new Book("a", 0);
    private long now = Book.WARM_UP.toNanos();

    @BeforeEach
    void another() {
        book.owners().came("b");
        // So that it is not the last of its service.
        stored(OTHER, "b", 1);
    }

    @Test
    void whatAProcessSaysIsWrittenOnceWithItsOwner() {
        book.report(stream, REVIEWS, 1);

        assertThat(carryOut()).containsExactly(new Intent(ID, null, new Claim(REVIEWS, "a", 1)));
        assertThat(book.takeIntents()).isEmpty();
    }

    @Test
    void reconnectsToTheSameServerWriteNothing() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        for (int connection = 2; connection < 10; connection++) {
            book.report(new Object(), REVIEWS, connection);
        }

        assertThat(book.takeIntents()).isEmpty();
    }

    @Test
    void processThatComesFromAnotherServerIsTakenOver() {
        stored(REVIEWS, "b", 1);
        long before = book.version();
        book.report(stream, REVIEWS, 2);

        assertThat(carryOut())
                .containsExactly(new Intent(ID, new Claim(REVIEWS, "b", 1).bytes(), new Claim(REVIEWS, "a", 2)));
        assertThat(book.version()).as("callers see no change").isEqualTo(before);
    }

    @Test
    void endOfAStreamRemovesNothingOnceTheProcessIsWithAnotherServer() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        stored(REVIEWS, "b", 2);
        book.lost(stream, ID, now);
        pass(Duration.ofMinutes(10));

        assertThat(book.workloads()).contains(REVIEWS);
        assertThat(book.takeIntents()).isEmpty();
    }

    @Test
    void takeoverThatIsHeardOfAfterTheStreamHasEndedCounts() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.lost(stream, ID, now);
        stored(REVIEWS, "b", 2);

        assertThat(pass(Duration.ofMinutes(10))).isEmpty();
        assertThat(book.workloads()).contains(REVIEWS);
    }

    @Test
    void writeThatAnotherServerDelayedDoesNotTakeTheProcessBack() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.report(new Object(), REVIEWS, 3);
        // It was at b in between, whose write comes only now.
        stored(REVIEWS, "b", 2);

        assertThat(carryOut()).extracting(Intent::claim).containsExactly(new Claim(REVIEWS, "a", 3));
    }

    @Test
    void reportOfAnOlderConnectionDoesNotMatterAnyMore() {
        stored(REVIEWS, "b", 2);
        book.report(stream, REVIEWS.withHealth(WorkloadHealth.UNHEALTHY), 1);

        assertThat(book.workloads()).contains(REVIEWS);
        assertThat(book.takeIntents()).isEmpty();
    }

    @Test
    void processThatDoesNotCountItsConnectionsIsTakenOverAsWell() {
        stored(REVIEWS, "b", 7);
        book.report(stream, REVIEWS, 0);

        assertThat(carryOut()).extracting(Intent::claim).containsExactly(new Claim(REVIEWS, "a", 8));
    }

    @Test
    void processThatDoesNotCountItsConnectionsIsNotTakenBackFromTheServerItMovesTo() {
        book.report(stream, REVIEWS, 0);
        carryOut();
        for (int reconnects = 0; reconnects < 5; reconnects++) {
            book.report(new Object(), REVIEWS, 0);
        }
        assertThat(book.takeIntents()).isEmpty();
        // What b makes of the one that is written down.
        stored(REVIEWS, "b", 2);

        assertThat(book.takeIntents()).isEmpty();
        assertThat(pass(Duration.ofMinutes(10))).isEmpty();
        assertThat(book.workloads()).contains(REVIEWS);
    }

    @Test
    void changesOfHealthAreWritten() {
        RegisteredWorkload ill = REVIEWS.withHealth(WorkloadHealth.UNHEALTHY);
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.report(stream, ill, 1);

        assertThat(book.workloads()).contains(ill);
        assertThat(carryOut()).extracting(Intent::claim).containsExactly(new Claim(ill, "a", 1));
    }

    @Test
    void explicitDeregistrationIsAtOnceWhateverTheGrace() {
        book.report(stream, REVIEWS, 1);
        carryOut();

        assertThat(book.leave(stream, ID, now)).isTrue();
        assertThat(book.workloads()).containsExactly(OTHER);
        assertThat(carryOut()).containsExactly(new Intent(ID, new Claim(REVIEWS, "a", 1).bytes(), null));
    }

    @Test
    void explicitDeregistrationIsNotUndoneByAnEarlierConnectionsDelayedWrite() {
        book.report(stream, REVIEWS, 3);
        carryOut();
        book.leave(stream, ID, now);
        carryOut();
        stored(REVIEWS, "b", 2);

        assertThat(book.workloads()).containsExactly(OTHER);
        assertThat(carryOut()).containsExactly(new Intent(ID, new Claim(REVIEWS, "b", 2).bytes(), null));
    }

    @Test
    void processThatComesBackAfterLeavingIsThereAgain() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.leave(stream, ID, now);
        book.report(new Object(), REVIEWS, 2);

        assertThat(book.workloads()).contains(REVIEWS);
    }

    @Test
    void deregistrationAtAnotherServerEndsWhatIsLeftHere() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.lost(stream, ID, now);
        book.removed(ID);

        assertThat(book.workloads()).containsExactly(OTHER);
        assertThat(book.takeIntents()).isEmpty();
    }

    @Test
    void zombieEndpointIsSuspectAfterTwoSecondsAndGoneAfterItsLease() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.lost(stream, ID, now);

        assertThat(pass(Duration.ofMillis(1999))).isEmpty();
        assertThat(book.suspects(now)).isZero();
        assertThat(pass(Duration.ofMillis(1))).isEmpty();
        assertThat(book.suspects(now)).isOne();
        assertThat(pass(Book.GRACE.minusSeconds(2).minusMillis(1))).isEmpty();
        assertThat(pass(Duration.ofMillis(1)))
                .containsExactly(new Intent(ID, new Claim(REVIEWS, "a", 1).bytes(), null));
    }

    @Test
    void processThatComesBackInTimeStays() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.lost(stream, ID, now);
        pass(Book.GRACE.minusMillis(1));
        book.report(new Object(), REVIEWS, 2);

        assertThat(pass(Duration.ofMinutes(10))).isEmpty();
        assertThat(book.suspects(now)).isZero();
    }

    @Test
    void serverThatStartsTakesNothingFromOthersThatAreThere() {
        stored(REVIEWS, "b", 1);

        assertThat(pass(Duration.ofHours(1))).isEmpty();
        assertThat(book.workloads()).hasSize(2);
    }

    @Test
    void serverThatDiesTakesNothingWithItAtOnce() {
        stored(REVIEWS, "b", 1);
        book.owners().left("b", now);

        assertThat(pass(Book.GRACE.minusMillis(1))).isEmpty();
        assertThat(pass(Duration.ofMillis(1))).as("one of the two at a time").hasSize(1);
    }

    @Test
    void processThatADeadServerLeftBehindIsTakenOverByAnyConnection() {
        stored(REVIEWS, "b", 5);
        book.owners().left("b", now);
        book.report(stream, REVIEWS, 6);

        assertThat(carryOut()).extracting(Intent::claim).containsExactly(new Claim(REVIEWS, "a", 6));
    }

    @Test
    void serverWhoseLeaseWasLostForAMomentLosesNothing() {
        stored(REVIEWS, "b", 1);
        book.owners().left("b", now);
        pass(Book.GRACE.minusMillis(1));
        book.owners().came("b");

        assertThat(pass(Duration.ofHours(1))).isEmpty();
    }

    @Test
    void processesThatAreConnectedToAServerThatIsCutOffFromTheStoreStay() {
        Set<String> connected = new HashSet<>(Set.of(ID, OTHER.nodeId()));
        book.owners().sparing(connected::contains);
        stored(REVIEWS, "b", 1);
        book.owners().left("b", now);

        assertThat(pass(Duration.ofHours(1))).isEmpty();
        assertThat(book.suspects(now)).isZero();
        connected.remove(ID);
        assertThat(pass(Duration.ZERO)).isEmpty();
        assertThat(pass(Book.GRACE)).extracting(Intent::nodeId).containsExactly(ID);
    }

    @Test
    void oneServerClearsUpAfterThoseThatAreGone() {
        Book second = new Book("b", 0);
        second.owners().came("a");
        second.owners().came("c");
        second.stored(ID, new Claim(REVIEWS, "c", 1), new Claim(REVIEWS, "c", 1).bytes());
        second.owners().left("c", now);

        assertThat(second.evict(now + Duration.ofHours(1).toNanos(), new Random(1)))
                .as("a does it")
                .isEmpty();
        second.owners().left("a", now);
        assertThat(second.evict(now + Duration.ofHours(1).toNanos(), new Random(1)))
                .hasSize(1);
    }

    @Test
    void nothingGoesForAMinuteAfterAStart() {
        Book restarted = new Book("a", now);
        restarted.stored(ID, new Claim(REVIEWS, "before", 1), new Claim(REVIEWS, "before", 1).bytes());

        assertThat(restarted.evict(now, new Random(1))).isEmpty();
        assertThat(restarted.evict(now + Book.WARM_UP.toNanos() - 1, new Random(1)))
                .isEmpty();
        assertThat(restarted.evict(now + Book.WARM_UP.toNanos(), new Random(1))).hasSize(1);
    }

    @Test
    void splitBrainRemovesNothingWhileTheStoreIsNotHeardAndLeasesBeginAnewAfterwards() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.lost(stream, ID, now);
        book.hearing(false, now);
        assertThat(pass(Duration.ofHours(1))).isEmpty();

        book.hearing(true, now);
        assertThat(pass(Book.GRACE.minusMillis(1))).isEmpty();
        assertThat(pass(Duration.ofMillis(1))).hasSize(1);
    }

    @Test
    void emptyListOfAStoreThatForgotEverythingIsNotObeyed() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.listed(Map.of(), Map.of(), now);

        assertThat(book.workloads()).containsExactlyInAnyOrder(REVIEWS, OTHER);
        assertThat(carryOut()).as("what is connected here is written again").hasSize(1);
        pass(Book.GRACE);
        assertThat(book.workloads()).containsExactly(REVIEWS);
    }

    @Test
    void listShowsWhatHappenedMeanwhile() {
        Claim claim = new Claim(REVIEWS, "b", 4);
        book.listed(Map.of(ID, claim), Map.of(ID, claim.bytes()), now);

        assertThat(book.workloads()).contains(REVIEWS);
    }

    @Test
    void whatCouldNotBeWrittenIsTriedAgainAsItIsThen() {
        book.report(stream, REVIEWS, 1);
        List<Intent> failed = book.takeIntents();
        failed.forEach(book::undone);
        book.leave(stream, ID, now);

        assertThat(book.takeIntents())
                .as("nothing is there that would have to go")
                .isEmpty();
    }

    @Test
    void ownRemovalThatIsReportedAfterLaterNewsRemovesNothing() {
        book.report(stream, REVIEWS, 1);
        carryOut();
        book.lost(stream, ID, now);
        List<Intent> going = pass(Book.GRACE);
        going.forEach(this::heard);
        stored(REVIEWS, "b", 2);
        going.forEach(book::done);

        assertThat(book.workloads()).contains(REVIEWS);
    }

    @Test
    void ownClaimThatIsReportedAfterLaterNewsIsNotBelieved() {
        RegisteredWorkload ill = REVIEWS.withHealth(WorkloadHealth.UNHEALTHY);
        book.report(stream, REVIEWS, 1);
        List<Intent> claims = book.takeIntents();
        claims.forEach(this::heard);
        stored(ill, "b", 2);
        claims.forEach(book::done);

        assertThat(book.workloads()).contains(ill).doesNotContain(REVIEWS);
    }

    @Test
    void ownClaimThatIsReportedAfterItsRemovalByAnotherIsNotBelieved() {
        book.report(stream, REVIEWS, 1);
        List<Intent> claims = book.takeIntents();
        claims.forEach(this::heard);
        stored(REVIEWS, "b", 2);
        book.removed(ID);
        claims.forEach(book::done);

        assertThat(book.workloads()).containsExactly(OTHER);
    }

    @Test
    void ownWritesThatAreHeardOfLateChangeNothing() {
        book.report(stream, REVIEWS, 1);
        List<Intent> writes = new ArrayList<>(book.takeIntents());
        writes.forEach(book::done);
        book.leave(stream, ID, now);
        List<Intent> removals = book.takeIntents();
        removals.forEach(book::done);
        book.report(new Object(), REVIEWS, 2);
        List<Intent> again = book.takeIntents();
        again.forEach(book::done);
        writes.addAll(removals);
        writes.addAll(again);
        long before = book.version();

        for (Intent write : writes) {
            heard(write);
            assertThat(book.version()).isEqualTo(before);
        }
        stored(REVIEWS, "b", 3);
        assertThat(book.takeIntents()).as("later news count").isEmpty();
    }

    @Test
    void evictedProcessDoesNotComeBackWhenItsClaimIsHeardOfLate() {
        book.report(stream, REVIEWS, 1);
        List<Intent> claims = book.takeIntents();
        claims.forEach(book::done);
        book.lost(stream, ID, now);
        pass(Book.GRACE).forEach(book::done);
        claims.forEach(this::heard);

        assertThat(book.workloads()).containsExactly(OTHER);
    }

    @Test
    void manyProcessesKeepTheirOrderAndNumber() {
        IntStream.range(0, 100)
                .forEach(i -> book.report(new Object(), Workloads.running("app" + i, "v1", "10.1.0." + i), 1));

        assertThat(carryOut()).hasSize(100);
        assertThat(book.workloads()).hasSize(101);
    }

    private void stored(RegisteredWorkload workload, String owner, long connection) {
        Claim claim = new Claim(workload, owner, connection);
        book.stored(workload.nodeId(), claim, claim.bytes());
        book.takeIntents().forEach(book::undone);
    }

    private List<Intent> carryOut() {
        List<Intent> intents = book.takeIntents();
        intents.forEach(book::done);
        intents.forEach(this::heard);
        assertThat(book.takeIntents()).as("done is done").isEmpty();
        return intents;
    }

    private void heard(Intent intent) {
        Claim claim = intent.claim();
        if (claim == null) {
            book.removed(intent.nodeId());
        } else {
            book.stored(intent.nodeId(), claim, claim.bytes());
        }
    }

    private List<Intent> pass(Duration time) {
        now += time.toNanos();
        return book.evict(now, new Random(1));
    }
}
