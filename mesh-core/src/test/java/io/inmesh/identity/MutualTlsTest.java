package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.testkit.TestCa;
import io.inmesh.time.Clock;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real handshakes over loopback. */
class MutualTlsTest {

    private static final String DOMAIN = "inmesh.local";
    private static final SpiffeId REVIEWS = SpiffeId.of(DOMAIN, "default", "reviews");
    private static final String PRODUCTPAGE = "spiffe://inmesh.local/ns/default/sa/productpage";
    private static final PeerExpectation EXPECT_REVIEWS =
            new PeerExpectation(Set.of(REVIEWS), "reviews.default.svc.cluster.local");

    private final TestCa ca = TestCa.root(DOMAIN);
    private final IdentityHolder client = ca.holder("default", "productpage");
    private final IdentityHolder server = ca.holder("default", "reviews");

    @Test
    void bothSidesProveTheirIdentityOverTls13() throws Exception {
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            TlsPair.Seen seen = pair.connect(context(client));
            assertThat(seen.peer()).isEqualTo(PRODUCTPAGE);
            assertThat(seen.protocol()).isEqualTo("TLSv1.3");
            assertThat(seen.serverName()).isEqualTo("reviews.default.svc.cluster.local");
        }
    }

    @Test
    void chainsThroughIntermediatesAreAccepted() throws Exception {
        TestCa issuing = ca.intermediate("one").intermediate("two");
        client.update(issuing.issue("default", "productpage"), ca.bundle());
        server.update(issuing.issue("default", "reviews"), ca.bundle());
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            assertThat(pair.connect(context(client)).peer()).isEqualTo(PRODUCTPAGE);
        }
    }

    @Test
    void aServerWithAnotherIdentityIsRefusedByName() throws Exception {
        server.update(ca.issue("default", "ratings"), ca.bundle());
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            assertThatThrownBy(() -> pair.connect(context(client)))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("the peer is spiffe://inmesh.local/ns/default/sa/ratings")
                    .hasMessageContaining("must be one of [" + REVIEWS + "]");
        }
    }

    @Test
    void anEmptyExpectationTrustsNobody() throws Exception {
        PeerExpectation nobody = new PeerExpectation(Set.of(), "reviews");
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            assertThatThrownBy(() -> pair.connect(client.current().clientContext(nobody)))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("must be nobody");
        }
    }

    @Test
    void aClientOfAForeignAuthorityIsRefused() throws Exception {
        TestCa foreign = TestCa.root(DOMAIN);
        client.update(foreign.issue("default", "productpage"), ca.bundle());
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            assertThatThrownBy(() -> pair.connect(context(client))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aClientWithoutCertificateIsRefused() throws Exception {
        SSLContext anonymous = SSLContext.getInstance("TLSv1.3");
        anonymous.init(null, new TrustManager[] {ServerTls.serverTrustManager(client, EXPECT_REVIEWS)}, null);
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            assertThatThrownBy(() -> pair.connect(anonymous)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void olderProtocolsAreRefusedByBothSides() throws Exception {
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            SSLContext old = SSLContext.getInstance("TLSv1.2");
            old.init(
                    new KeyManager[] {client.current().keyManager()},
                    new TrustManager[] {ServerTls.serverTrustManager(client, EXPECT_REVIEWS)},
                    null);
            assertThatThrownBy(() -> pair.connect(old)).isInstanceOf(IOException.class);
        }
        assertThat(context(client).getSupportedSSLParameters().getProtocols()).containsExactly("TLSv1.3");
        assertThat(context(client).createSSLEngine().getEnabledProtocols()).containsExactly("TLSv1.3");
    }

    @Test
    void nobodyCanConnectToAServerThatHasNoIdentityYet() throws Exception {
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(new IdentityHolder()))) {
            assertThatThrownBy(() -> pair.connect(context(client))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aCallerThatAsksForHostNameChecksGetsTheSpiffeCheckInstead() throws Exception {
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            TlsPair.Seen seen =
                    pair.connect(context(client), parameters -> parameters.setEndpointIdentificationAlgorithm("HTTPS"));
            assertThat(seen.peer()).isEqualTo(PRODUCTPAGE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "reviews.default.svc.cluster.local, reviews.default.svc.cluster.local",
        "reviews, reviews",
        "outbound_.9080_.v1_.reviews.default.svc.cluster.local, reviews.default.svc.cluster.local",
        "outbound_.9080_._.reviews.default.svc.cluster.local, reviews.default.svc.cluster.local",
        "10.0.0.7, ''",
        "fd00::1, ''",
        "under_score, ''",
        "'', ''",
    })
    void serverNamesThatCannotBeSentAreShortenedOrLeftOut(String configured, String sent) throws Exception {
        PeerExpectation expectation = new PeerExpectation(Set.of(REVIEWS), configured);
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            assertThat(pair.connect(client.current().clientContext(expectation)).serverName())
                    .isEqualTo(sent);
        }
    }

    @Test
    void aRenewedClientCertificateIsSeenOnTheNextConnectionDespiteResumption() throws Exception {
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            assertThat(pair.connect(context(client)).peer()).isEqualTo(PRODUCTPAGE);
            assertThat(pair.connect(context(client)).peer()).isEqualTo(PRODUCTPAGE);
            client.update(ca.issue("default", "details"), ca.bundle());
            assertThat(pair.connect(context(client)).peer()).isEqualTo("spiffe://inmesh.local/ns/default/sa/details");
        }
    }

    @Test
    void aRemovedRootEndsResumptionOfSessionsItVouchedFor() throws Exception {
        AtomicInteger checks = new AtomicInteger();
        IdentityHolder resuming = new IdentityHolder(new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public long epochMillis() {
                checks.incrementAndGet();
                return System.currentTimeMillis();
            }
        });
        TestCa next = TestCa.root(DOMAIN);
        TrustBundle both = TrustBundle.of(DOMAIN, Set.of(ca.rootCertificate(), next.rootCertificate()));
        resuming.update(next.issue("default", "reviews"), both);
        client.update(ca.issue("default", "productpage"), both);
        // One client context throughout, so that it holds a ticket and resumes where it can.
        SSLContext context = context(client);
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(resuming))) {
            checks.set(0);
            pair.connect(context);
            assertThat(checks).hasValue(1);
            pair.connect(context);
            // The second connection was resumed: its certificate was not looked at.
            assertThat(checks).hasValue(1);
            resuming.update(resuming.current().identity(), next.bundle());
            assertThatThrownBy(() -> pair.connect(context)).isInstanceOf(IOException.class);
            assertThat(checks).hasValue(2);
        }
    }

    @Test
    void aClientThatRemovedARootRefusesServersItVouchedFor() throws Exception {
        TestCa next = TestCa.root(DOMAIN);
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            pair.connect(context(client));
            client.update(client.current().identity(), next.bundle());
            assertThatThrownBy(() -> pair.connect(context(client)))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("no valid path to a root of trust domain \"inmesh.local\"");
        }
    }

    @Test
    void aServerPresentsItsNewCertificateWithoutBeingRebuilt() throws Exception {
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            pair.connect(context(client));
            server.update(ca.issue("default", "details"), ca.bundle());
            assertThatThrownBy(() -> pair.connect(context(client)))
                    .hasMessageContaining("the peer is spiffe://inmesh.local/ns/default/sa/details");
        }
    }

    @Test
    void eachTrustDomainIsCheckedAgainstItsOwnRootsOnly() throws Exception {
        TestCa partner = TestCa.root("partner.example");
        TrustBundle federated = new TrustBundle(
                Map.of(DOMAIN, Set.of(ca.rootCertificate()), "partner.example", Set.of(partner.rootCertificate())));
        server.update(server.current().identity(), federated);
        IdentityHolder visitor = new IdentityHolder();
        visitor.update(partner.issue("default", "visitor"), federated);
        try (TlsPair pair = new TlsPair(ServerTls.serverContext(server))) {
            assertThat(pair.connect(context(visitor)).peer())
                    .isEqualTo("spiffe://partner.example/ns/default/sa/visitor");
            // The partner's authority signs a name of ours.
            visitor.update(partner.issue(SpiffeId.of(DOMAIN, "default", "admin"), spec -> {}), federated);
            assertThatThrownBy(() -> pair.connect(context(visitor))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void contextsAreSharedByEqualExpectationsWithinAnEpochAndNeverAcross() {
        IdentityEpoch first = client.current();
        SSLContext context = first.clientContext(EXPECT_REVIEWS);
        assertThat(first.clientContext(new PeerExpectation(Set.of(REVIEWS), EXPECT_REVIEWS.serverName())))
                .isSameAs(context);
        assertThat(context.getSocketFactory()).isSameAs(context.getSocketFactory());
        client.update(ca.issue("default", "productpage"), ca.bundle());
        assertThat(client.current().clientContext(EXPECT_REVIEWS)).isNotSameAs(context);
    }

    @Test
    void managersForStacksThatTakeNoContextFollowTheHolder() throws Exception {
        SSLContext plain = SSLContext.getInstance("TLSv1.3");
        plain.init(
                new KeyManager[] {ServerTls.keyManager(server)},
                new TrustManager[] {ServerTls.clientTrustManager(server)},
                null);
        try (TlsPair pair = new TlsPair(plain)) {
            assertThatThrownBy(() -> pair.connect(context(client)))
                    .as("this context was not told to ask for certificates")
                    .hasMessageContaining("SSLPeerUnverifiedException");
            server.update(ca.issue("default", "details"), ca.bundle());
            // Without a ticket: such a stack resumes old sessions unless it is told not to.
            IdentityHolder newcomer = ca.holder("default", "productpage");
            assertThatThrownBy(() -> pair.connect(context(newcomer)))
                    .hasMessageContaining("the peer is spiffe://inmesh.local/ns/default/sa/details");
        }
    }

    @Test
    void authenticationTypesOfOtherProvidersMakeNoDifference() throws Exception {
        X509Certificate[] reviews = {server.current().identity().leaf()};
        X509ExtendedTrustManager trust = ServerTls.serverTrustManager(client, EXPECT_REVIEWS);
        trust.checkServerTrusted(reviews, "GENERIC");
        trust.checkServerTrusted(reviews, "UNKNOWN", (SSLEngine) null);
        X509Certificate[] other = {client.current().identity().leaf()};
        assertThatThrownBy(() -> trust.checkServerTrusted(other, "GENERIC")).isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> ServerTls.clientTrustManager(client).checkServerTrusted(reviews, "GENERIC"))
                .as("a server's trust manager has no expectation, so it must not be used to connect")
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void theHostNameVerifierComparesTheSpiffeIdAndIgnoresDnsNames() throws Exception {
        server.update(
                ca.issue(SpiffeId.of(DOMAIN, "default", "ratings"), spec -> {
                    spec.dnsNames.add("reviews");
                }),
                ca.bundle());
        FakeSession session = new FakeSession(server.current().identity().leaf());
        assertThat(IdentityEpoch.hostnameVerifier(EXPECT_REVIEWS).verify("reviews", session.asSession()))
                .isFalse();
        PeerExpectation ratings = new PeerExpectation(Set.of(SpiffeId.of(DOMAIN, "default", "ratings")), "reviews");
        assertThat(IdentityEpoch.hostnameVerifier(ratings).verify("anything", session.asSession()))
                .isTrue();
        assertThat(IdentityEpoch.hostnameVerifier(ratings)).isEqualTo(IdentityEpoch.hostnameVerifier(ratings));
    }

    private static SSLContext context(IdentityHolder holder) {
        return holder.current().clientContext(EXPECT_REVIEWS);
    }
}
