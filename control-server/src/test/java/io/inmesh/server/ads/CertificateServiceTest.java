package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.ca.CertificateService;
import io.inmesh.server.ca.ClientTrust;
import io.inmesh.server.ca.DenyList;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.Keys;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateResponse;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates over gRPC and TLS, from the first one to its renewal. */
class CertificateServiceTest {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @TempDir
    Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(directory, new TestResources());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aTokenGetsACertificateForItsIdentityWhateverTheRequestAsksFor() throws Exception {
        KeyPair key = Keys.p256();
        String greedy = Keys.csr(key, key, "spiffe://inmesh.local/ns/inmesh-system/sa/control-server");

        List<X509Certificate> chain = chain(ask(server.anonymousChannel(), token(1), greedy));

        assertThat(chain).hasSize(3);
        assertThat(WorkloadIdentity.of(chain.get(0)).uri()).isEqualTo("spiffe://inmesh.local/ns/default/sa/reviews");
        assertThat(chain.get(0).getPublicKey()).isEqualTo(key.getPublic());
        assertThat(chain.get(2)).isEqualTo(server.authority.roots().get(0));
        assertThat(server.audit.entries())
                .last()
                .asString()
                .contains(
                        "certificate-issued",
                        "ns/default/sa/reviews",
                        chain.get(0).getSerialNumber().toString(16));
    }

    @Test
    void theNewCertificateOpensTheOtherServicesAndItsOwnRenewal() throws Exception {
        ManagedChannel channel = server.channelOf("default", "reviews");
        var stream = TestStream.incremental(channel);
        stream.send(TestStream.subscribe(TypeUrls.CLUSTER));
        stream.next();

        List<X509Certificate> renewed = chain(ask(channel, null, Keys.csr(Keys.p256())));

        assertThat(WorkloadIdentity.of(renewed.get(0)).serviceAccount()).isEqualTo("reviews");
    }

    @Test
    void theCallerLearnsOnlyThatATokenIsNotAcceptedTheAuditLogWhy() throws Exception {
        String wrong = token(1).replaceAll("\\.[^.]*\\.[^.]*$", ".AAAA");

        StatusRuntimeException refusal = refusal(server.anonymousChannel(), wrong, Keys.csr(Keys.p256()));

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(refusal.getStatus().getDescription()).isEqualTo("not accepted");
        assertThat(server.audit.entries()).last().asString().contains("token-refused", "wrong secret");
    }

    @Test
    void withoutTokenAndCertificateNothingIsSigned() throws Exception {
        StatusRuntimeException refusal = refusal(server.anonymousChannel(), null, Keys.csr(Keys.p256()));

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void aRequestThatCannotBeSignedDoesNotUseUpTheToken() throws Exception {
        String token = token(1);
        Channel channel = server.anonymousChannel();
        String stolen = Keys.csr(Keys.p256(), Keys.p256(), "spiffe://inmesh.local/ns/default/sa/reviews");

        StatusRuntimeException refusal = refusal(channel, token, stolen);

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refusal.getStatus().getDescription()).contains("not signed by the key it presents");
        assertThat(chain(ask(channel, token, Keys.csr(Keys.p256())))).hasSize(3);
        assertThat(refusal(channel, token, Keys.csr(Keys.p256())).getStatus().getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefusedByTls(@TempDir Path elsewhere) throws Exception {
        try (TestServer other = new TestServer(elsewhere, new TestResources())) {
            KeyPair key = Keys.p256();
            var foreign = other.certificates.issueFor("default", "reviews", Keys.csr(key), Duration.ZERO, "test");
            ManagedChannel channel = server.channel(TlsChannelCredentials.newBuilder()
                    .trustManager(TestServer.stream(Pem.encode(server.authority.roots())))
                    .keyManager(TestServer.stream(Pem.encode(foreign.chain())), TestServer.stream(TestServer.pem(key)))
                    .build());

            assertThat(refusal(channel, null, Keys.csr(Keys.p256())).getStatus().getCode())
                    .isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void anExpiredCertificateIsRefusedByTls() throws Exception {
        FakeTime future = new FakeTime();
        CertificateAuthority authority =
                CertificateAuthority.open(directory.resolve("other"), "inmesh.local", future, new SecureRandom());
        var trust = new ClientTrust(authority, () -> DenyList.Denied.NOBODY, future);
        X509Certificate[] chain = new CertificateService(
                        authority, List.of(server.tokens), () -> DenyList.Denied.NOBODY, server.audit, server.meters)
                .issueFor("default", "reviews", Keys.csr(Keys.p256()), Duration.ofHours(1), "test")
                .chain()
                .toArray(X509Certificate[]::new);
        trust.checkClientTrusted(chain, "UNKNOWN");

        future.advance(Duration.ofMinutes(61));

        assertThatThrownBy(() -> trust.checkClientTrusted(chain, "UNKNOWN")).isInstanceOf(CertificateException.class);
    }

    @Test
    void aSigningCertificateDoesNotAuthenticate() throws Exception {
        var chain = server.certificates
                .issueFor("default", "reviews", Keys.csr(Keys.p256()), Duration.ZERO, "test")
                .chain();
        var trust = new ClientTrust(server.authority, server.denied::current, server.clock);

        assertThatThrownBy(() -> trust.checkClientTrusted(new X509Certificate[] {chain.get(1)}, "UNKNOWN"))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> trust.checkClientTrusted(new X509Certificate[] {chain.get(2)}, "UNKNOWN"))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void whileTheStoreIsAwayACallerLearnsThatItIsToTryAgain() throws Exception {
        String token = token(1);
        server.table.close();

        Status told =
                refusal(server.anonymousChannel(), token, Keys.csr(Keys.p256())).getStatus();

        assertThat(told.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(told.getDescription()).contains("try again later");
    }

    private String token(int uses) {
        return server.tokens
                .issue("default", "reviews", Duration.ofHours(1), uses, "test")
                .token();
    }

    private static StatusRuntimeException refusal(Channel channel, @Nullable String token, String csr) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> ask(channel, token, csr));
    }

    private static IstioCertificateResponse ask(Channel channel, @Nullable String token, String csr) {
        Metadata headers = new Metadata();
        if (token != null) {
            headers.put(AUTHORIZATION, "Bearer " + token);
        }
        return IstioCertificateServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .createCertificate(
                        IstioCertificateRequest.newBuilder().setCsr(csr).build());
    }

    private static List<X509Certificate> chain(IstioCertificateResponse response) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>();
        for (String pem : response.getCertChainList()) {
            chain.add((X509Certificate) factory.generateCertificate(TestServer.stream(pem)));
        }
        return chain;
    }
}
