package io.inmesh.client;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.inmesh.client.identity.Certificates;
import io.inmesh.client.identity.Chains;
import io.inmesh.client.identity.SigningRequest;
import io.inmesh.identity.CertificateLife;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.identity.WorkloadIdentity;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import io.inmesh.time.Scheduler;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateResponse;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the certificate and renews it: at half of its life, give or take a tenth of that, with a new key each time; on failure again
 * with growing waits. The first one, and one that has ended, is asked for with the token, the others with the one before.
 *
 * <p>A control server of ours puts the root that signs first into the trust bundle. If the certificate is below another one, that root
 * is about to go, and the certificate is renewed soon.
 *
 * <p>The life is measured twice: by a timer, and by the wall clock that others judge the certificate by, which may be set while the timer
 * runs or run on while the machine sleeps. Whichever says so first has it renewed.
 */
final class CertificateKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    /** Processes that hear at the same moment of another root renew within that time, or a twentieth of what is left if that is less. */
    private static final long SOON_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private static final int SOON_SHARE = 20;
    private static final int DEADLINE_SECONDS = 20;

    private final Link link;
    private final IdentityHolder holder;
    private final CertificateReport report;
    private final @Nullable Credential token;
    private final String namespace;
    private final ControlThread thread;
    private final Clock clock;
    private final Randomness randomness;
    private final Backoff backoff;
    private final Runnable leaveConnection;
    private final Runnable whenIssued;
    private final CertificateWatch watch;
    private boolean asking;
    private Scheduler.Cancellable waiting = () -> {};
    /** The root that signs, as far as is known. */
    private @Nullable X509Certificate signing;
    /** The root that was known to sign when the last certificate was asked for. */
    private @Nullable X509Certificate signingWhenAsked;

    private long dueMillis = Long.MAX_VALUE;
    /** Whether the next try waits its turn after a failure. */
    private boolean backingOff;

    /** Whether the next try proves anew who this process is, since its certificate is not accepted. */
    private boolean anew;
    /** Whether the try under way does so. */
    private boolean proving;
    /** The connection of the try under way, null if that is the one of everything else. */
    private @Nullable ManagedChannel connection;
    /** Whether the last try over the connection of everything else had no answer in time: there it may wait behind streams that last. */
    private boolean unanswered;

    /**
     * Makes a keeper that does nothing yet.
     *
     * @param report told how it goes
     * @param namespace namespace that certificates must be for
     * @param leaveConnection gives up the connection to the control server, and the streams on it until there is another identity
     * @param whenIssued called after the holder has another identity
     */
    CertificateKeeper(
            Link link,
            IdentityHolder holder,
            CertificateReport report,
            @Nullable Credential token,
            String namespace,
            ControlThread thread,
            Clock clock,
            Randomness randomness,
            Runnable leaveConnection,
            Runnable whenIssued) {
        this.link = link;
        this.holder = holder;
        this.report = report;
        this.token = token;
        this.namespace = namespace;
        this.thread = thread;
        this.clock = clock;
        this.randomness = randomness;
        this.backoff = new Backoff(randomness);
        this.leaveConnection = leaveConnection;
        this.whenIssued = whenIssued;
        this.watch = new CertificateWatch(holder, thread, clock, report, token != null, this::lookedAt);
    }

    /** Asks for a certificate now, unless that is under way. */
    void request() {
        if (asking) {
            return;
        }
        asking = true;
        signingWhenAsked = signing;
        backingOff = false;
        waiting.cancel();
        if (link.presentsEnded() && token != null) {
            // On a connection that began with the certificate that has ended, the token would not be what counts.
            leaveConnection.run();
        }
        SigningRequest request = SigningRequest.create();
        proving = anew;
        connection = proving ? link.anonymous() : unanswered ? link.separate() : null;
        ManagedChannel channel = connection == null ? link.channel() : connection;
        var stub = IstioCertificateServiceGrpc.newStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (token != null && (proving || !link.identified())) {
            Metadata headers = new Metadata();
            try {
                headers.put(AUTHORIZATION, "Bearer " + token.bearer().read());
            } catch (IOException e) {
                failed("the token cannot be read: " + e, e);
                return;
            }
            stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        stub.createCertificate(
                IstioCertificateRequest.newBuilder().setCsr(request.pem()).build(), new StreamObserver<>() {
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

    /**
     * The control server does not accept the certificate of this process, as after its serial number was put on the deny list. Another one is
     * asked for with the token, on a connection that shows none. A denied identity has no business asking.
     */
    void refused() {
        IdentityEpoch epoch = holder.current();
        if (epoch == null || anew) {
            return;
        }
        if (epoch.trust().denied().identities().contains(epoch.identity().id())) {
            LOG.error(
                    "{} is on the deny list; this process stays out until it is taken off",
                    epoch.identity().id());
            return;
        }
        if (token == null) {
            LOG.error("the control server does not accept the certificate of this process, and there is no token to get"
                    + " another one with; set INMESH_TOKEN_FILE and make one with: meshctl token create");
            return;
        }
        LOG.warn(
                "the control server does not accept the certificate of this process; it asks for another with its token");
        anew = true;
        if (!asking && !backingOff) {
            request();
        }
    }

    /** Ends what is under way. */
    void close() {
        endTry();
    }

    private void endTry() {
        ManagedChannel before = connection;
        connection = null;
        if (proving) {
            proving = false;
            anew = false;
        }
        if (before != null) {
            before.shutdownNow();
        }
    }

    private void issued(SigningRequest request, IstioCertificateResponse response) {
        try {
            Certificates.Issued issued = Certificates.read(request.keys().getPrivate(), response.getCertChainList());
            Chains.check(Chains.withRoot(issued.identity(), issued.trust()), new Date(clock.epochMillis()));
            checkNamespace(issued.identity().id(), namespace);
            holder.update(issued.identity(), trustFor(issued));
            asking = false;
            endTry();
            anew = false;
            unanswered = false;
            backoff.reset();
            report.renewed();
            scheduleRenewal();
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

    /** A bundle that was pushed may know more roots than the answer's own, or not know that one yet; all count until the next push. */
    private TrustBundle trustFor(Certificates.Issued issued) {
        IdentityEpoch epoch = holder.current();
        if (epoch == null) {
            return issued.trust();
        }
        String trustDomain = issued.identity().id().trustDomain();
        Set<X509Certificate> roots = new HashSet<>(epoch.trust().rootsOf(trustDomain));
        roots.addAll(issued.trust().rootsOf(trustDomain));
        Map<String, Set<X509Certificate>> all = new HashMap<>(epoch.trust().roots());
        all.put(trustDomain, roots);
        return new TrustBundle(all, epoch.trust().denied());
    }

    private void failed(String message, Throwable cause) {
        if (!asking) {
            return;
        }
        asking = false;
        boolean presented = connection == null ? link.presents() : !proving && link.identified();
        unanswered = connection == null && Status.fromThrowable(cause).getCode() == Status.Code.DEADLINE_EXCEEDED;
        boolean unaccepted = presented && Failures.refusesCertificate(cause);
        endTry();
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
        backingOff = true;
        requestIn(waitNanos);
        if (unaccepted) {
            refused();
        }
        report.failed(message, clock.epochMillis());
    }

    /** Renews the identity of now in time, however it was come by. */
    void scheduleRenewal() {
        IdentityEpoch epoch = holder.current();
        if (epoch == null) {
            return;
        }
        CertificateLife life = epoch.life();
        double share = 0.45 + 0.1 * randomness.below(10_001) / 10_000.0;
        renewAt(epoch, Math.max(clock.epochMillis(), life.millisAt(share)));
        watch.begin(life);
    }

    private void renewAt(IdentityEpoch epoch, long at) {
        long now = clock.epochMillis();
        dueMillis = at;
        if (shouldMove(epoch.identity())) {
            long spread = Math.min(SOON_MILLIS, Math.max(0, epoch.life().endsMillis() - now) / SOON_SHARE);
            dueMillis = Math.min(dueMillis, now + randomness.below((int) spread + 1));
        }
        backingOff = false;
        requestIn(TimeUnit.MILLISECONDS.toNanos(dueMillis - now));
    }

    /**
     * Renews soon if another root signs now than that of the certificate in use. Asked for once for each such root: another control plane
     * may list its roots in any order.
     *
     * @param first the root that the trust bundle lists first
     */
    void bundleChanged(X509Certificate first) {
        signing = first;
        IdentityEpoch epoch = holder.current();
        if (epoch != null && !asking && shouldMove(epoch.identity())) {
            LOG.info("another root signs certificates now, so this process renews its own");
            renewAt(epoch, dueMillis);
        }
    }

    private boolean shouldMove(WorkloadIdentity identity) {
        X509Certificate root = signing;
        if (root == null || root.equals(signingWhenAsked)) {
            return false;
        }
        try {
            Chains.withRoot(identity, TrustBundle.of(identity.id().trustDomain(), Set.of(root)));
            return false;
        } catch (CertificateException below) {
            return true;
        }
    }

    private void requestIn(long nanos) {
        waiting.cancel();
        waiting = thread.schedule(this::request, Math.max(0, nanos));
    }

    /** The timer may have slept. */
    private void lookedAt(long nowMillis) {
        if (!asking && !backingOff && nowMillis >= dueMillis) {
            request();
        }
    }
}
