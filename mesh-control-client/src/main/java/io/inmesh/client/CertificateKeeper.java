package io.inmesh.client;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.inmesh.client.identity.Certificates;
import io.inmesh.client.identity.SigningRequest;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.TrustBundle;
import io.inmesh.identity.WorkloadIdentity;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateResponse;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the certificate and renews it: at half of its life, give or take a tenth, with a new key each time; on failure again with
 * growing waits until it ends.
 */
final class CertificateKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final long LEAF_SECONDS = TimeUnit.HOURS.toSeconds(24);

    private final Link link;
    private final IdentityHolder holder;
    private final @Nullable JoinToken token;
    private final ControlThread thread;
    private final Clock clock;
    private final Randomness randomness;
    private final Backoff backoff;
    private final Consumer<Certificates.Issued> whenIssued;
    private boolean asking;

    CertificateKeeper(
            Link link,
            IdentityHolder holder,
            @Nullable JoinToken token,
            ControlThread thread,
            Clock clock,
            Randomness randomness,
            Consumer<Certificates.Issued> whenIssued) {
        this.link = link;
        this.holder = holder;
        this.token = token;
        this.thread = thread;
        this.clock = clock;
        this.randomness = randomness;
        this.backoff = new Backoff(randomness);
        this.whenIssued = whenIssued;
    }

    /** Asks for a certificate now, unless that is under way. */
    void request() {
        if (asking) {
            return;
        }
        asking = true;
        SigningRequest request = SigningRequest.create();
        var stub = IstioCertificateServiceGrpc.newStub(link.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
        if (holder.current() == null && token != null) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + token.bearer());
            stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        stub.createCertificate(
                IstioCertificateRequest.newBuilder()
                        .setCsr(request.pem())
                        .setValidityDuration(LEAF_SECONDS)
                        .build(),
                new StreamObserver<>() {
                    @Override
                    public void onNext(IstioCertificateResponse response) {
                        thread.execute(() -> issued(request, response));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        thread.execute(() -> failed(String.valueOf(failure.getMessage()), failure));
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    private void issued(SigningRequest request, IstioCertificateResponse response) {
        try {
            Certificates.Issued issued = Certificates.read(request.keys().getPrivate(), response.getCertChainList());
            asking = false;
            backoff.reset();
            TrustBundle trust = trustFor(issued);
            holder.update(issued.identity(), trust);
            scheduleRenewal(issued.identity());
            whenIssued.accept(new Certificates.Issued(issued.identity(), trust));
        } catch (CertificateException | IllegalArgumentException e) {
            failed("the answer cannot be used: " + e.getMessage(), e);
        }
    }

    /** A bundle that was pushed knows more roots than the answer's own. */
    private TrustBundle trustFor(Certificates.Issued issued) {
        IdentityEpoch epoch = holder.current();
        if (epoch == null) {
            return issued.trust();
        }
        boolean samePlace = epoch.identity()
                .id()
                .trustDomain()
                .equals(issued.identity().id().trustDomain());
        return samePlace ? epoch.trust() : issued.trust();
    }

    private void failed(String message, Throwable cause) {
        asking = false;
        IdentityEpoch epoch = holder.current();
        long waitNanos = backoff.nextNanos();
        if (epoch == null) {
            LOG.warn(
                    "no certificate from {} yet, next try in {} ms: {}", link.server(), waitNanos / 1_000_000, message);
            LOG.debug("the failure in full", cause);
            link.next();
        } else {
            LOG.warn(
                    "the certificate could not be renewed, next try in {} ms, it ends at {}: {}",
                    waitNanos / 1_000_000,
                    epoch.identity().leaf().getNotAfter(),
                    message);
        }
        thread.schedule(this::request, waitNanos);
    }

    /** Renews an identity in time, however it was come by. */
    void scheduleRenewal(WorkloadIdentity identity) {
        long begins = identity.leaf().getNotBefore().getTime();
        long life = identity.leaf().getNotAfter().getTime() - begins;
        double share = 0.4 + 0.2 * randomness.below(10_001) / 10_000.0;
        long waitMillis = Math.max(0, begins + (long) (life * share) - clock.epochMillis());
        thread.schedule(this::request, TimeUnit.MILLISECONDS.toNanos(waitMillis));
    }
}
