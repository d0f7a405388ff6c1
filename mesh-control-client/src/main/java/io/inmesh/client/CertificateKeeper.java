package io.inmesh.client;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.inmesh.client.identity.Certificates;
import io.inmesh.client.identity.Chains;
import io.inmesh.client.identity.SigningRequest;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.identity.WorkloadIdentity;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateResponse;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc;
import java.security.cert.CertificateException;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the certificate and renews it: at half of its life, give or take a tenth of that, with a new key each time; on failure again
 * with growing waits. The first one, and one that has ended, is asked for with the join token, the others with the one before.
 */
final class CertificateKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final long LEAF_SECONDS = TimeUnit.HOURS.toSeconds(24);
    private static final int DEADLINE_SECONDS = 20;

    private final Link link;
    private final IdentityHolder holder;
    private final @Nullable JoinToken token;
    private final String namespace;
    private final ControlThread thread;
    private final Clock clock;
    private final Randomness randomness;
    private final Backoff backoff;
    private final Runnable whenIssued;
    private boolean asking;

    /**
     * Makes a keeper that does nothing yet.
     *
     * @param namespace namespace that certificates must be for
     * @param whenIssued called after the holder has another identity
     */
    CertificateKeeper(
            Link link,
            IdentityHolder holder,
            @Nullable JoinToken token,
            String namespace,
            ControlThread thread,
            Clock clock,
            Randomness randomness,
            Runnable whenIssued) {
        this.link = link;
        this.holder = holder;
        this.token = token;
        this.namespace = namespace;
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
        var stub = IstioCertificateServiceGrpc.newStub(link.channel())
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (!link.identified() && token != null) {
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
                        thread.execute(() -> failed(Failures.text(failure), failure));
                    }

                    @Override
                    public void onCompleted() {
                        thread.execute(() -> completed());
                    }
                });
    }

    private void issued(SigningRequest request, IstioCertificateResponse response) {
        try {
            Certificates.Issued issued = Certificates.read(request.keys().getPrivate(), response.getCertChainList());
            Chains.check(Chains.withRoot(issued.identity(), issued.trust()), new Date(clock.epochMillis()));
            checkNamespace(issued.identity().id(), namespace);
            holder.update(issued.identity(), trustFor(issued));
            asking = false;
            backoff.reset();
            scheduleRenewal(issued.identity());
            LOG.info(
                    "this process is {} until {}",
                    issued.identity().id(),
                    issued.identity().leaf().getNotAfter().toInstant());
            whenIssued.run();
        } catch (CertificateException | IllegalArgumentException e) {
            failed("the answer cannot be used: " + e.getMessage(), e);
        }
    }

    private void completed() {
        if (asking) {
            failed("the control server has answered nothing", new CertificateException("no answer"));
        }
    }

    /** The control server would refuse the discovery stream; here it can be said what to do about it. */
    static void checkNamespace(SpiffeId id, String namespace) {
        if (id.path().startsWith("/ns/") && !id.path().startsWith("/ns/" + namespace + "/")) {
            throw new IllegalArgumentException("it is for " + id + ", but INMESH_NAMESPACE is " + namespace
                    + "; set that to the join token's namespace, or make a token for this one");
        }
    }

    /** A bundle that was pushed knows more roots than the answer's own; both count until the next push. */
    private TrustBundle trustFor(Certificates.Issued issued) {
        IdentityEpoch epoch = holder.current();
        String trustDomain = issued.identity().id().trustDomain();
        if (epoch == null || epoch.trust().rootsOf(trustDomain).isEmpty()) {
            return issued.trust();
        }
        return epoch.trust();
    }

    private void failed(String message, Throwable cause) {
        if (!asking) {
            return;
        }
        asking = false;
        IdentityEpoch epoch = holder.current();
        long waitNanos = backoff.nextNanos();
        if (epoch == null || !link.identified()) {
            LOG.warn("no certificate from {}, next try in {} ms: {}", link.server(), waitNanos / 1_000_000, message);
            LOG.debug("the failure in full", cause);
            link.next();
        } else {
            LOG.warn(
                    "the certificate could not be renewed, next try in {} ms, it ends at {}: {}",
                    waitNanos / 1_000_000,
                    epoch.identity().leaf().getNotAfter().toInstant(),
                    message);
        }
        thread.schedule(this::request, waitNanos);
    }

    /** Renews an identity in time, however it was come by. */
    void scheduleRenewal(WorkloadIdentity identity) {
        long begins = identity.leaf().getNotBefore().getTime();
        long life = identity.leaf().getNotAfter().getTime() - begins;
        double share = 0.45 + 0.1 * randomness.below(10_001) / 10_000.0;
        long waitMillis = Math.max(0, begins + (long) (life * share) - clock.epochMillis());
        thread.schedule(this::request, TimeUnit.MILLISECONDS.toNanos(waitMillis));
    }
}
