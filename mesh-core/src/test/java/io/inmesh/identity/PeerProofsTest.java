package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestCa;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What connections that are there already are worth after the trust has changed. */
class PeerProofsTest {

    private static final SpiffeId PRODUCTPAGE = SpiffeId.of("inmesh.local", "default", "productpage");

    private final FakeClock clock = new FakeClock(Instant.now());
    private final TestCa ca = TestCa.root("inmesh.local", Instant.ofEpochMilli(clock.epochMillis()));
    private final TestCa next = TestCa.root("inmesh.local", Instant.ofEpochMilli(clock.epochMillis()));
    private final IdentityHolder holder = new IdentityHolder(clock);
    private final X509Certificate[] caller = chain(ca);

    PeerProofsTest() {
        holder.update(ca.issue("default", "reviews"), ca.bundle());
    }

    @Test
    void whoeverPresentedNothingHasProvedNothing() {
        assertThat(holder.peer(null)).isSameAs(PeerProof.NONE);
        assertThat(holder.peer(new X509Certificate[0])).isSameAs(PeerProof.NONE);
    }

    @Test
    void oneJudgementServesAllRequestsOfAConnectionInOneEpoch() {
        PeerProof proof = holder.peer(caller);
        assertThat(proof.id()).isEqualTo(PRODUCTPAGE);
        assertThat(proof.refusal()).isNull();
        assertThat(holder.peer(caller)).isSameAs(proof);
    }

    /** Trap 45: JSSE would not ask again for as long as the connection lives. */
    @Test
    void removedRootEndsConnectionsThatWereProvedUnderIt() {
        holder.peer(caller);
        trust(next.bundle());
        assertThat(holder.peer(caller).refusal()).contains("no valid path to a root");
        assertThat(holder.peer(caller).ends(clock.nanos())).isTrue();
        assertThat(holder.peer(chain(next)).refusal()).isNull();
    }

    @Test
    void addedRootEndsNothing() {
        holder.peer(caller);
        trust(both());
        assertThat(holder.peer(caller).refusal()).isNull();
    }

    @Test
    void deniedPeerIsRefusedOnTheConnectionItHas() {
        holder.peer(caller);
        trust(ca.bundle().withDenied(new DenyList(Map.of(), Set.of(PRODUCTPAGE))));
        assertThat(holder.peer(caller).refusal()).contains("on the deny list");
        trust(ca.bundle());
        assertThat(holder.peer(caller).refusal()).as("taken off the list").isNull();
    }

    @Test
    void connectionOutlivesTheLeafItBeganWith() {
        holder.peer(caller);
        clock.advance(Duration.ofHours(25));
        holder.update(holder.current().identity(), both());
        assertThat(holder.peer(caller).refusal()).isNull();
    }

    @Test
    void certificateThatOthersLetInAndThatNamesNobodyIsLeftToThem() {
        X509Certificate[] foreign = {ca.rootCertificate()};
        assertThat(holder.peer(foreign).id()).isNull();
        assertThat(holder.peer(foreign).refusal()).isNull();
    }

    /** Trap 44: a connection that is never idle would otherwise keep what it began with for ever. */
    @Test
    void connectionOfAReplacedEpochIsRecalledInBoundedTime() {
        holder.peer(caller);
        holder.update(ca.issue("default", "reviews"), ca.bundle());
        assertThat(holder.peer(caller).ends(clock.nanos())).isFalse();
        clock.advance(Duration.ofSeconds(InboundConnections.GRACE_SECONDS).minusNanos(1));
        assertThat(holder.peer(caller).ends(clock.nanos())).isFalse();
        clock.advance(Duration.ofSeconds(InboundConnections.SPREAD_SECONDS).plusNanos(1));
        assertThat(holder.peer(caller).ends(clock.nanos())).isTrue();
        assertThat(holder.peer(chain(ca)).ends(clock.nanos()))
                .as("one that began in this epoch")
                .isFalse();
    }

    @Test
    void furtherEpochsDoNotPutTheRecallOff() {
        holder.peer(caller);
        for (int i = 0; i < 7; i++) {
            holder.update(ca.issue("default", "reviews"), ca.bundle());
            holder.peer(caller);
            clock.advance(Duration.ofSeconds(5));
        }
        assertThat(holder.peer(caller).ends(clock.nanos())).isTrue();
    }

    private void trust(TrustBundle trust) {
        holder.update(holder.current().identity(), trust);
    }

    private TrustBundle both() {
        Set<X509Certificate> roots = new HashSet<>();
        roots.add(ca.rootCertificate());
        roots.add(next.rootCertificate());
        return TrustBundle.of("inmesh.local", roots);
    }

    private static X509Certificate[] chain(TestCa authority) {
        return authority.issue("default", "productpage").chain().toArray(new X509Certificate[0]);
    }
}
