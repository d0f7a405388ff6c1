package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class DenyListTest {

    private static final SpiffeId REVIEWS = SpiffeId.of("inmesh.local", "default", "reviews");
    private static final PeerExpectation EXPECT_REVIEWS = new PeerExpectation(Set.of(REVIEWS), "reviews");

    private final TestCa ca = TestCa.root("inmesh.local");
    private final IdentityHolder server = ca.holder("default", "reviews");
    private final IdentityHolder client = ca.holder("default", "productpage");

    @Test
    void aDeniedSerialIsRefusedAndItsHolderMayComeBackWithAnotherCertificate() throws Exception {
        WorkloadIdentity stolen = ca.issue("default", "reviews");
        TrustBundle trust = ca.bundle().withDenied(serial(stolen.leaf()));

        assertThatThrownBy(() -> validate(stolen, trust))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(
                        "serial " + stolen.leaf().getSerialNumber().toString(16) + " is on the deny list");
        assertThat(validate(ca.issue("default", "reviews"), trust)).isEqualTo(REVIEWS);
    }

    @Test
    void aSerialOfAnotherIssuerIsAnotherCertificate() throws Exception {
        WorkloadIdentity identity = ca.issue("default", "reviews");
        DenyList elsewhere = new DenyList(
                Map.of(
                        new X500Principal("CN=Another issuer"),
                        Set.of(identity.leaf().getSerialNumber())),
                Set.of());

        assertThat(validate(identity, ca.bundle().withDenied(elsewhere))).isEqualTo(REVIEWS);
    }

    @Test
    void aDeniedIdentityIsRefusedWhateverItsCertificate() {
        TrustBundle trust = ca.bundle().withDenied(new DenyList(Map.of(), Set.of(REVIEWS)));

        assertThatThrownBy(() -> validate(ca.issue("default", "reviews"), trust))
                .hasMessageContaining(REVIEWS + " is on the deny list");
        assertThatCode(() -> validate(ca.issue("default", "ratings"), trust)).doesNotThrowAnyException();
    }

    @Test
    void aDeniedIntermediateTakesAllThatItSignedWithIt() {
        WorkloadIdentity identity = ca.intermediate("one").issue("default", "reviews");
        TrustBundle trust = ca.bundle().withDenied(serial(identity.chain().get(1)));

        assertThatThrownBy(() -> validate(identity, trust)).hasMessageContaining("is on the deny list");
    }

    @Test
    void whoeverCannotProveAnythingLearnsNothingOfTheList() {
        TrustBundle trust = ca.bundle().withDenied(new DenyList(Map.of(), Set.of(REVIEWS)));
        WorkloadIdentity forged = TestCa.root("inmesh.local").issue("default", "reviews");

        assertThatThrownBy(() -> validate(forged, trust)).hasMessageNotContaining("deny list");
    }

    @Test
    void aCallerRefusesADeniedServerAtTheNextHandshake() throws Exception {
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            pair.connect(client.current().clientContext(EXPECT_REVIEWS));

            deny(client, serial(server.current().identity().leaf()));

            assertThatThrownBy(() -> pair.connect(client.current().clientContext(EXPECT_REVIEWS)))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("is on the deny list");
        }
    }

    @Test
    void aServerRefusesADeniedCallerEvenOneThatCouldResumeItsSession() throws Exception {
        SSLContext context = client.current().clientContext(EXPECT_REVIEWS);
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            pair.connect(context);

            deny(server, serial(client.current().identity().leaf()));

            assertThatThrownBy(() -> pair.connect(context)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aChangeOfTheListBeginsAnEpochThatTellsOldConnectionsApart() {
        X509Certificate[] caller = {client.current().identity().leaf()};
        X509Certificate[] other = {ca.issue("default", "ratings").leaf()};
        IdentityEpoch before = server.current();

        deny(server, serial(caller[0]));

        assertThat(server.current().number()).isEqualTo(before.number() + 1);
        assertThat(before.accepts(caller)).isTrue();
        assertThat(server.current().accepts(caller)).isFalse();
        assertThat(server.current().accepts(other)).isTrue();
    }

    @Test
    void anEqualListBeginsNoEpoch() {
        DenyList list = new DenyList(Map.of(), Set.of(REVIEWS));
        deny(server, list);
        IdentityEpoch epoch = server.current();

        deny(server, new DenyList(Map.of(new X500Principal("CN=x"), Set.<BigInteger>of()), Set.of(REVIEWS)));

        assertThat(server.current()).isSameAs(epoch);
    }

    private static void deny(IdentityHolder holder, DenyList list) {
        IdentityEpoch epoch = holder.current();
        holder.update(epoch.identity(), epoch.trust().withDenied(list));
    }

    private static DenyList serial(X509Certificate certificate) {
        return new DenyList(
                Map.of(certificate.getIssuerX500Principal(), Set.of(certificate.getSerialNumber())), Set.of());
    }

    private static SpiffeId validate(WorkloadIdentity identity, TrustBundle trust) throws CertificateException {
        X509Certificate[] chain = identity.chain().toArray(new X509Certificate[0]);
        return PeerValidator.validate(chain, trust, System.currentTimeMillis());
    }
}
