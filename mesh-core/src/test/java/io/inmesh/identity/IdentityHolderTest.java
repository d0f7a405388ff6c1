package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.testkit.TestCa;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

class IdentityHolderTest {

    private final TestCa ca = TestCa.root("inmesh.local");
    private final IdentityHolder holder = new IdentityHolder();

    @Test
    void hasNoIdentityAtFirst() {
        assertThat(holder.current()).isNull();
        assertThat(ServerTls.keyManager(holder).chooseEngineServerAlias("EC", null, null))
                .isNull();
    }

    /** Trap 43: a reload that waits until key, certificate and roots have all changed never sees roots that change alone. */
    @Test
    void eachPartMayChangeAlone() {
        WorkloadIdentity first = ca.issue("default", "reviews");
        holder.update(first, ca.bundle());
        assertThat(holder.current().number()).isEqualTo(1);
        holder.update(ca.issue("default", "reviews"), ca.bundle());
        assertThat(holder.current().number()).isEqualTo(2);
        holder.update(holder.current().identity(), TestCa.root("inmesh.local").bundle());
        assertThat(holder.current().number()).isEqualTo(3);
    }

    /** Trap 43: nor does it see a certificate that is renewed with the same key. */
    @Test
    void theSameKeyWithARenewedCertificateIsANewEpoch() {
        WorkloadIdentity first = ca.issue("default", "reviews");
        WorkloadIdentity other = ca.issue("default", "reviews");
        holder.update(first, ca.bundle());
        List<X509Certificate> longer = new ArrayList<>(first.chain());
        longer.add(ca.rootCertificate());
        holder.update(new WorkloadIdentity(first.id(), first.key(), longer), ca.bundle());
        assertThat(holder.current().number()).isEqualTo(2);
        assertThat(other).isNotEqualTo(first);
    }

    @Test
    void nothingNewIsNoNewEpoch() {
        WorkloadIdentity identity = ca.issue("default", "reviews");
        holder.update(identity, ca.bundle());
        AtomicInteger changes = new AtomicInteger();
        holder.onChange(epoch -> changes.incrementAndGet());
        holder.update(identity, ca.bundle());
        assertThat(holder.current().number()).isEqualTo(1);
        assertThat(changes).hasValue(0);
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedAndTheLastGoodStays() {
        WorkloadIdentity good = ca.issue("default", "reviews");
        holder.update(good, ca.bundle());
        WorkloadIdentity mixed =
                new WorkloadIdentity(good.id(), ca.issue("default", "reviews").key(), good.chain());
        assertThatThrownBy(() -> holder.update(mixed, ca.bundle()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("private key is not that of the certificate");
        assertThat(holder.current().identity()).isEqualTo(good);
    }

    @Test
    void aCertificateForAnotherIdIsRefused() {
        WorkloadIdentity ratings = ca.issue("default", "ratings");
        WorkloadIdentity renamed =
                new WorkloadIdentity(SpiffeId.of("inmesh.local", "default", "reviews"), ratings.key(), ratings.chain());
        assertThatThrownBy(() -> holder.update(renamed, ca.bundle()))
                .hasMessageContaining("certificate is for spiffe://inmesh.local/ns/default/sa/ratings");
    }

    @Test
    void aListenerThatThrowsStopsNeitherTheOthersNorTheEpoch() throws Exception {
        List<Long> seen = new ArrayList<>();
        holder.onChange(epoch -> {
            throw new IllegalStateException("listener");
        });
        AutoCloseable subscription = holder.onChange(epoch -> seen.add(epoch.number()));
        holder.update(ca.issue("default", "reviews"), ca.bundle());
        subscription.close();
        holder.update(ca.issue("default", "reviews"), ca.bundle());
        assertThat(seen).containsExactly(1L);
        assertThat(holder.current().number()).isEqualTo(2);
    }

    /** Trap 47: a context made once from a store of roots that nobody watches trusts a removed root for ever. */
    @Test
    void whatWasMadeBeforeTheRootsChangedFollowsThem() throws Exception {
        TestCa other = TestCa.root("inmesh.local");
        PeerExpectation reviews =
                new PeerExpectation(Set.of(SpiffeId.of("inmesh.local", "default", "reviews")), "reviews");
        WorkloadIdentity identity = ca.issue("default", "ratings");
        holder.update(identity, ca.bundle());
        X509ExtendedTrustManager servers = ServerTls.clientTrustManager(holder);
        SSLContext context = holder.current().clientContext(reviews);
        X509Certificate[] ofBefore = {ca.issue("default", "reviews").leaf()};
        X509Certificate[] ofAfter = {other.issue("default", "reviews").leaf()};
        servers.checkClientTrusted(ofBefore, "EC");

        holder.update(identity, other.bundle());

        servers.checkClientTrusted(ofAfter, "EC");
        assertThatThrownBy(() -> servers.checkClientTrusted(ofBefore, "EC")).hasMessageContaining("no valid path");
        assertThat(holder.current().clientContext(reviews)).isNotSameAs(context);
    }

    /** Trap 46: under one name for all keys a TLS stack either keeps an old key or can keep none; a name is that of one epoch. */
    @Test
    void theNameOfAKeyStaysWithinAnEpochAndChangesWithIt() {
        holder.update(ca.issue("default", "reviews"), ca.bundle());
        X509ExtendedKeyManager keys = ServerTls.keyManager(holder);
        String alias = keys.chooseEngineServerAlias("EC", null, null);
        assertThat(keys.chooseEngineServerAlias("EC", null, null)).isEqualTo(alias);

        holder.update(ca.issue("default", "reviews"), ca.bundle());

        assertThat(keys.chooseEngineServerAlias("EC", null, null)).isNotNull().isNotEqualTo(alias);
    }

    @Test
    void aHandshakeThatBeganBeforeAnUpdateFinishesWithItsOwnKeyAndChain() {
        WorkloadIdentity before = ca.issue("default", "reviews");
        holder.update(before, ca.bundle());
        X509ExtendedKeyManager keys = ServerTls.keyManager(holder);
        String alias = keys.chooseEngineServerAlias("EC", null, null);
        WorkloadIdentity after = ca.issue("default", "reviews");
        holder.update(after, ca.bundle());
        assertThat(keys.getPrivateKey(alias)).isEqualTo(before.key());
        assertThat(keys.getCertificateChain(alias)).containsExactly(before.leaf());
        String next = keys.chooseEngineServerAlias("EC", null, null);
        assertThat(next).isNotEqualTo(alias);
        assertThat(keys.getPrivateKey(next)).isEqualTo(after.key());
    }

    @Test
    void keyTypesOfEveryProviderAreUnderstood() {
        holder.update(ca.issue("default", "reviews"), ca.bundle());
        X509ExtendedKeyManager keys = ServerTls.keyManager(holder);
        assertThat(keys.chooseEngineServerAlias("EC_EC", null, null)).isNotNull();
        assertThat(keys.chooseClientAlias(new String[] {"RSA", "EC"}, null, null))
                .isNotNull();
        assertThat(keys.chooseEngineServerAlias("RSA", null, null)).isNull();
    }

    /** Trap 51: key, certificate and roots that are read at different moments belong to different updates. */
    @Test
    void readersNeverSeePartsOfTwoUpdates() throws Exception {
        List<WorkloadIdentity> identities = new ArrayList<>();
        List<TrustBundle> bundles = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            TestCa each = TestCa.root("d" + i + ".example");
            identities.add(each.issue("default", "reviews"));
            bundles.add(each.bundle());
        }
        holder.update(identities.get(0), bundles.get(0));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger mixed = new AtomicInteger();
        CountDownLatch reading = new CountDownLatch(1);
        Thread reader = new Thread(() -> {
            while (!done.get()) {
                IdentityEpoch epoch = holder.current();
                if (epoch.trust().rootsOf(epoch.identity().id().trustDomain()).isEmpty()) {
                    mixed.incrementAndGet();
                }
                reading.countDown();
            }
        });
        reader.start();
        reading.await();
        for (int i = 0; i < 200; i++) {
            holder.update(identities.get(i % 8), bundles.get(i % 8));
        }
        done.set(true);
        reader.join();
        assertThat(mixed).hasValue(0);
        assertThat(holder.current().number()).isEqualTo(200);
    }

    @Test
    void secretsAppearInNoText() {
        holder.update(ca.issue("default", "reviews"), ca.bundle());
        assertThat(holder.current().toString())
                .contains("spiffe://inmesh.local/ns/default/sa/reviews")
                .doesNotContain("Key")
                .doesNotContain(holder.current().identity().key().toString());
    }
}
