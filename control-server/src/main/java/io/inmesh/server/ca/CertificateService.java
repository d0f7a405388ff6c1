package io.inmesh.server.ca;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateResponse;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc.IstioCertificateServiceImplBase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs certificates over gRPC (Istio's {@code IstioCertificateService}). Callers prove themselves by the certificate they have or by a
 * token that an {@link Attestor} knows; the new certificate carries that identity whatever the request asks for. Whoever is refused
 * learns that he is, and nothing else; the audit log has the reason.
 */
public final class CertificateService extends IstioCertificateServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateService.class);
    private static final Status NOT_NOW =
            Status.UNAVAILABLE.withDescription("no certificate can be issued at the moment; try again later");

    private final CertificateAuthority authority;
    private final List<? extends Attestor> attestors;
    private final Supplier<DenyList.Denied> denied;
    private final AuditLog audit;
    private final Counter issued;
    private final Counter refused;

    /**
     * Signs with {@code authority}; counts {@code inmesh.ca.requests} by {@code result} in {@code meters}.
     *
     * @param attestors asked in order about callers without certificate
     * @param denied for whom nothing is signed
     */
    public CertificateService(
            CertificateAuthority authority,
            List<? extends Attestor> attestors,
            Supplier<DenyList.Denied> denied,
            AuditLog audit,
            MeterRegistry meters) {
        this.authority = authority;
        this.attestors = List.copyOf(attestors);
        this.denied = denied;
        this.audit = audit;
        this.issued = counter(meters, "issued");
        this.refused = counter(meters, "refused");
    }

    /** A certificate, to be handed over once its entry in the audit log is on disk. */
    private record Issuance(IssuedCertificate certificate, CompletableFuture<AuditEntry> written) {}

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
        Caller caller = Caller.current();
        try {
            Issuance issuance = caller.identity().isPresent() ? renew(request, caller) : join(request, caller);
            IstioCertificateResponse.Builder response = IstioCertificateResponse.newBuilder();
            issuance.certificate().chain().forEach(c -> response.addCertChain(Pem.encode(c)));
            // Nobody has a certificate that the audit log does not know, not even after a crash.
            CompletableFuture<?> unused = issuance.written().whenComplete((entry, failure) -> {
                if (failure == null) {
                    issued.increment();
                    answer.onNext(response.build());
                    answer.onCompleted();
                } else {
                    LOG.error("a certificate is withheld, since the audit log cannot be written", failure);
                    answer.onError(NOT_NOW.asException());
                }
            });
        } catch (StatusException e) {
            refused.increment();
            answer.onError(e);
        } catch (StoreUnavailableException e) {
            LOG.warn("no certificate can be issued: {}", e.getMessage());
            answer.onError(NOT_NOW.asException());
        } catch (IllegalStateException e) {
            LOG.error("no certificate can be issued", e);
            answer.onError(NOT_NOW.asException());
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
        if (ServerCertificate.isOf(identity)) {
            refused.increment();
            throw new IllegalArgumentException(identity + " is the control server; nobody else can be it");
        }
        if (denied.get().identities().contains(identity.uri())) {
            refused.increment();
            throw new IllegalArgumentException(
                    identity + " is on the deny list; take it off first: meshctl ca allow " + identity);
        }
        try {
            IssuedCertificate certificate =
                    authority.issue(SigningRequest.parse(csr).publicKey(), identity, validity);
            log(createdBy, identity, certificate, Map.of("by", "operator")).join();
            issued.increment();
            return certificate;
        } catch (SigningRequest.Unacceptable e) {
            refused.increment();
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private Issuance renew(IstioCertificateRequest request, Caller caller) throws StatusException {
        SigningRequest signing = parse(request, caller);
        return issue(signing, request, caller, caller.identity().orElseThrow(), Map.of("by", "certificate"));
    }

    private Issuance join(IstioCertificateRequest request, Caller caller) throws StatusException {
        try {
            Attestor.Evidence evidence = examine(caller);
            if (ServerCertificate.isOf(evidence.identity())) {
                throw new Attestor.Refused("nobody becomes the control server by a token", evidence.facts());
            }
            if (denied.get().identities().contains(evidence.identity().uri())) {
                throw new Attestor.Refused(evidence.identity() + " is on the deny list", evidence.facts());
            }
            // Read before the token is used: a request that cannot be signed must not use it up.
            SigningRequest signing = parse(request, caller);
            evidence.use().count();
            return issue(signing, request, caller, evidence.identity(), evidence.facts());
        } catch (Attestor.Refused e) {
            Map<String, String> facts = new LinkedHashMap<>(e.facts());
            facts.put("reason", String.valueOf(e.getMessage()));
            audit.append("token-refused", caller.address(), facts);
            throw Status.UNAUTHENTICATED.withDescription("not accepted").asException();
        } catch (Attestor.Undecided e) {
            audit.append("token-undecided", caller.address(), Map.of("reason", String.valueOf(e.getMessage())));
            throw Status.UNAVAILABLE
                    .withDescription("cannot be decided at present")
                    .asException();
        }
    }

    private Attestor.Evidence examine(Caller caller) throws Attestor.Refused, Attestor.Undecided {
        String bearer = caller.bearer()
                .orElseThrow(() -> new Attestor.Refused("there is neither certificate nor token", Map.of()));
        for (Attestor attestor : attestors) {
            Optional<Attestor.Evidence> evidence = attestor.examine(bearer);
            if (evidence.isPresent()) {
                return evidence.get();
            }
        }
        throw new Attestor.Refused("the token is of no kind that is known here", Map.of());
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

    private Issuance issue(
            SigningRequest signing,
            IstioCertificateRequest request,
            Caller caller,
            WorkloadIdentity identity,
            Map<String, String> how) {
        Duration wanted = Duration.ofSeconds(Math.max(0, request.getValidityDuration()));
        IssuedCertificate certificate = authority.issue(signing.publicKey(), identity, wanted);
        return new Issuance(certificate, log(caller.toString(), identity, certificate, how));
    }

    private CompletableFuture<AuditEntry> log(
            String actor, WorkloadIdentity identity, IssuedCertificate certificate, Map<String, String> facts) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("identity", identity.uri());
        all.put("serial", certificate.serial());
        all.put("notAfter", certificate.notAfter().toString());
        all.putAll(facts);
        return audit.submit("certificate-issued", actor, all);
    }

    private static Counter counter(MeterRegistry meters, String result) {
        return Counter.builder("inmesh.ca.requests")
                .description("Certificate requests answered")
                .tag("result", result)
                .register(meters);
    }
}
