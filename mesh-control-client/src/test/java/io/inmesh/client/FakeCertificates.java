package io.inmesh.client;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestCa;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateResponse;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc.IstioCertificateServiceImplBase;
import java.io.StringReader;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/** Signs what it is asked to: for the identity of the caller's certificate, or with the right token for {@link #tokenId}. */
final class FakeCertificates extends IstioCertificateServiceImplBase {

    static final String SECRET = "open-sesame";
    static final Metadata.Key<String> HEADER = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    static final Context.Key<@Nullable String> AUTHORIZATION = Context.key("authorization");

    /** How somebody asked, and over which connection: the address that it came from. */
    record Asked(
            PublicKey key,
            @Nullable String authorization,
            @Nullable X509Certificate caller,
            String connection) {}

    final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    volatile SpiffeId tokenId = SpiffeId.of(FakeControlPlane.TRUST_DOMAIN, "default", "reviews");
    volatile boolean failing;
    volatile Status failure = Status.UNAVAILABLE.withDescription("out of order");
    volatile Duration life = Duration.ofHours(24);
    volatile Duration backDating = Duration.ZERO;

    private final TestCa ca;
    private final FakeClock clock;

    FakeCertificates(TestCa ca, FakeClock clock) {
        this.ca = ca;
        this.clock = clock;
    }

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> responses) {
        try {
            PublicKey key = publicKey(request.getCsr());
            X509Certificate caller = FakeControlPlane.caller();
            String authorization = AUTHORIZATION.get();
            asked.add(new Asked(key, authorization, caller, FakeControlPlane.connection()));
            if (failing) {
                throw failure.asRuntimeException();
            }
            SpiffeId id;
            if (authorization != null && authorization.contains("." + SECRET + ".")) {
                id = tokenId;
            } else if (caller != null) {
                id = ServerTls.peerOf(new Certificate[] {caller}).orElseThrow();
            } else {
                throw Status.UNAUTHENTICATED.asRuntimeException();
            }
            IstioCertificateResponse.Builder answer = IstioCertificateResponse.newBuilder();
            for (X509Certificate certificate : ca.certify(key, id, spec -> {
                Instant now = Instant.ofEpochMilli(clock.epochMillis());
                spec.notBefore = now.minus(backDating);
                spec.notAfter = now.plus(life);
            })) {
                answer.addCertChain(pem(certificate));
            }
            responses.onNext(answer.build());
            responses.onCompleted();
        } catch (Exception e) {
            responses.onError(e);
        }
    }

    static PublicKey publicKey(String csr) throws Exception {
        try (PEMParser parser = new PEMParser(new StringReader(csr))) {
            PKCS10CertificationRequest request = (PKCS10CertificationRequest) parser.readObject();
            return new JcaPEMKeyConverter().getPublicKey(request.getSubjectPublicKeyInfo());
        }
    }

    static String pem(X509Certificate certificate) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }
}
