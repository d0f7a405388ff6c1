package io.inmesh.server.ca;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateResponse;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc.IstioCertificateServiceImplBase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Signs certificates over gRPC (Istio's {@code IstioCertificateService}). Callers prove themselves by the certificate they have or by a
 * join token; the new certificate carries that identity whatever the request asks for.
 */
public final class CertificateService extends IstioCertificateServiceImplBase {
    private final CertificateAuthority authority;
    private final JoinTokens tokens;
    private final AuditLog audit;
    private final Counter issued;
    private final Counter refused;

    /** Signs with {@code authority}; counts {@code inmesh.ca.requests} by {@code result} in {@code meters}. */
    public CertificateService(CertificateAuthority authority, JoinTokens tokens, AuditLog audit, MeterRegistry meters) {
        this.authority = authority;
        this.tokens = tokens;
        this.audit = audit;
        this.issued = counter(meters, "issued");
        this.refused = counter(meters, "refused");
    }

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
        Caller caller = Caller.current();
        try {
            IssuedCertificate certificate =
                    caller.identity().isPresent() ? renew(request, caller) : join(request, caller);
            issued.increment();
            IstioCertificateResponse.Builder response = IstioCertificateResponse.newBuilder();
            certificate.chain().forEach(c -> response.addCertChain(Pem.encode(c)));
            answer.onNext(response.build());
            answer.onCompleted();
        } catch (StatusException e) {
            refused.increment();
            answer.onError(e);
        }
    }

    /**
     * Signs for an operator, who may have a certificate for any identity (a stock gRPC application, a test).
     *
     * @param csr PKCS #10, PEM; the key stays with whoever made it
     * @param createdBy who asked, for the audit log
     * @return the chain, leaf first, root last
     * @throws IllegalArgumentException if the request cannot be signed or a name is not allowed; the message says why
     */
    public IssuedCertificate issueFor(
            String namespace, String serviceAccount, String csr, Duration validity, String createdBy) {
        WorkloadIdentity identity = new WorkloadIdentity(authority.trustDomain(), namespace, serviceAccount);
        try {
            IssuedCertificate certificate =
                    authority.issue(SigningRequest.parse(csr).publicKey(), identity, List.of(), validity);
            log(createdBy, identity, certificate, Map.of("by", "operator"));
            issued.increment();
            return certificate;
        } catch (SigningRequest.Unacceptable e) {
            refused.increment();
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private IssuedCertificate renew(IstioCertificateRequest request, Caller caller) throws StatusException {
        SigningRequest signing = parse(request, caller);
        return issue(signing, request, caller, caller.identity().orElseThrow(), Map.of("by", "certificate"));
    }

    private IssuedCertificate join(IstioCertificateRequest request, Caller caller) throws StatusException {
        try {
            String bearer =
                    caller.bearer().orElseThrow(() -> new JoinTokens.Rejected("", "neither certificate nor token"));
            JoinTokens.Verified verified = tokens.verify(bearer);
            // Read before the token is used: a request that cannot be signed must not use it up.
            SigningRequest signing = parse(request, caller);
            tokens.use(verified);
            return issue(
                    signing, request, caller, verified.identity(), Map.of("by", "token", "token", verified.tokenId()));
        } catch (JoinTokens.Rejected e) {
            audit.append(
                    "token-refused",
                    caller.address(),
                    Map.of("token", e.tokenId(), "reason", String.valueOf(e.getMessage())));
            throw Status.UNAUTHENTICATED.withDescription("token not accepted").asException();
        }
    }

    private SigningRequest parse(IstioCertificateRequest request, Caller caller) throws StatusException {
        try {
            return SigningRequest.parse(request.getCsr());
        } catch (SigningRequest.Unacceptable e) {
            audit.append("request-refused", caller.toString(), Map.of("reason", String.valueOf(e.getMessage())));
            throw Status.INVALID_ARGUMENT
                    .withDescription("certificate request not accepted: " + e.getMessage())
                    .asException();
        }
    }

    private IssuedCertificate issue(
            SigningRequest signing,
            IstioCertificateRequest request,
            Caller caller,
            WorkloadIdentity identity,
            Map<String, String> how) {
        Duration wanted = Duration.ofSeconds(Math.max(0, request.getValidityDuration()));
        IssuedCertificate certificate = authority.issue(signing.publicKey(), identity, List.of(), wanted);
        log(caller.toString(), identity, certificate, how);
        return certificate;
    }

    private void log(
            String actor, WorkloadIdentity identity, IssuedCertificate certificate, Map<String, String> facts) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("identity", identity.uri());
        all.put("serial", certificate.serial());
        all.put("notAfter", certificate.notAfter().toString());
        all.putAll(facts);
        audit.append("certificate-issued", actor, all);
    }

    private static Counter counter(MeterRegistry meters, String result) {
        return Counter.builder("inmesh.ca.requests")
                .description("Certificate requests answered")
                .tag("result", result)
                .register(meters);
    }
}
