package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DenyListTest {

    private static final String REVIEWS = "spiffe://inmesh.local/ns/default/sa/reviews";
    private static final BigInteger OWN = new BigInteger("80aa", 16);

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private final AuditLog audit = new AuditLog(table, time);
    private final DenyList list = open();

    @Test
    void keepsWhatIsDeniedOverARestart() {
        list.deny("0x8F:01:02", "stolen laptop", null, "ann");
        list.deny(REVIEWS, "", null, "ann");

        DenyList.Denied denied = open().current();

        assertThat(denied.serials()).containsExactly(new BigInteger("8f0102", 16));
        assertThat(denied.identities()).containsExactly(REVIEWS);
    }

    @Test
    void anEntryThatCannotBeReadKeepsNoOtherFromBeingObeyed() {
        table.put("denied", "damaged", "{".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        list.deny(REVIEWS, "", null, "ann");

        assertThat(list.current().identities()).containsExactly(REVIEWS);
        assertThat(open().current().identities()).containsExactly(REVIEWS);
        assertThat(list.entries()).hasSize(1);
    }

    @Test
    void allowsAgainWhatWasDeniedHoweverItIsWritten() {
        list.deny("8F0102", "", null, "ann");

        assertThat(list.allow("8f:01:02", "bob")).isTrue();

        assertThat(list.current().isEmpty()).isTrue();
        assertThat(list.allow("8f0102", "bob")).isFalse();
    }

    @Test
    void everyChangeIsInTheAuditLog() {
        list.deny("8f", "stolen", null, "ann");
        list.allow("8f", "bob");

        assertThat(audit.entries())
                .extracting(AuditEntry::toString)
                .satisfiesExactly(
                        denied -> assertThat(denied).contains("denied", "ann", "8f", "stolen"),
                        allowed -> assertThat(allowed).contains("allowed", "bob", "8f"));
    }

    @Test
    void anEntryEndsAtItsTimeWithoutAnybodyAsking() {
        AtomicInteger changes = new AtomicInteger();
        list.onChange(changes::incrementAndGet);
        list.deny(REVIEWS, "", time.instant().plus(Duration.ofHours(3)), "ann");
        time.advance(Duration.ofMinutes(179));
        assertThat(list.current().identities()).containsExactly(REVIEWS);

        time.advance(Duration.ofMinutes(1));

        assertThat(list.current().isEmpty()).isTrue();
        assertThat(list.entries()).isEmpty();
        assertThat(changes).hasValue(2);
    }

    @Test
    void denyingTheSameAgainIsNoChange() {
        list.deny(REVIEWS, "", null, "ann");
        AtomicInteger changes = new AtomicInteger();
        list.onChange(changes::incrementAndGet);

        list.deny(REVIEWS, "another reason", null, "bob");

        assertThat(changes).hasValue(0);
        assertThat(list.entries()).singleElement().extracting(Denial::reason).isEqualTo("another reason");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "reviews",
                "12g4",
                "-1",
                "spiffe://inmesh.local",
                "spiffe://inmesh.local/",
                "spiffe://Inmesh.local/ns/default/sa/reviews",
                "spiffe://inmesh.local/ns/default/sa/..",
                "spiffe://inmesh.local/ns/*/sa/reviews",
                "spiffe://inmesh.local:443/ns/default/sa/reviews",
                "11223344556677889900112233445566778899001"
            })
    void whatIsNeitherSerialNorIdentityIsRefused(String subject) {
        assertThatThrownBy(() -> list.deny(subject, "", null, "ann")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theControlServerCannotBeDenied() {
        assertThatThrownBy(() -> list.deny("spiffe://inmesh.local/ns/inmesh-system/sa/control-server", "", null, "ann"))
                .hasMessageContaining("is this control server itself");
        assertThatThrownBy(() -> list.deny("80:AA", "", null, "ann"))
                .hasMessageContaining("is this control server itself");
    }

    @Test
    void anEndThatHasPassedIsRefused() {
        assertThatThrownBy(() -> list.deny(REVIEWS, "", time.instant(), "ann")).hasMessageContaining("has passed");
    }

    @Test
    void whatAnotherServerDeniesCountsHereAndListenersHearOfItOnce() throws Exception {
        DenyList other = open();
        BlockingQueue<DenyList.Denied> heard = new LinkedBlockingQueue<>();
        other.onChange(() -> heard.add(other.current()));

        list.deny(REVIEWS, "", null, "ann");
        assertThat(heard.take().identities()).containsExactly(REVIEWS);
        list.deny("8f", "", null, "ann");
        assertThat(heard.take().serials()).containsExactly(new BigInteger("8f", 16));
        list.allow(REVIEWS, "bob");
        assertThat(heard.take().identities()).isEmpty();
    }

    @Test
    void entriesThatAreOverAreRemovedFromTheStoreWithTheNextDenial() {
        list.deny(REVIEWS, "", time.instant().plusSeconds(1), "ann");
        time.advance(Duration.ofSeconds(1));

        list.deny("8f", "", null, "ann");

        assertThat(table.scan(DenyList.TABLE)).hasSize(1);
    }

    private DenyList open() {
        return new DenyList(table.followed(DenyList.TABLE), "inmesh.local", () -> OWN, audit, time, time);
    }
}
