package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.MeshRejectedException;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.dispatch.MirroredCall;
import io.inmesh.drive.BlockingDriver;
import io.inmesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One meshed call on its caller's thread: sends each attempt, keeps the last response, and returns or throws as the engine says.
 *
 * <p>An attempt ends when the headers of its answer are there: by then its fate is known, and the application may read the body
 * whenever it likes, or never.
 */
final class Exchange implements BlockingDriver.Sender {

    private static final int MISDIRECTED = 421;

    private final Mesh mesh;
    private final Targets targets;
    private final Mirrors mirrors;
    private final Interceptor.Chain chain;
    private final OkHttpCall call;
    private final Wire wire;
    private final Dispatch dispatch;
    private @Nullable Response response;
    private @Nullable Attempt answered;
    private boolean sentAgain;
    private final @Nullable Hedges hedges;
    /** What received the answer of a call that was hedged; null if this did. */
    private @Nullable Exchange answer;

    /**
     * Makes an exchange.
     *
     * @param hedges what sends attempts beside slow ones; null for one attempt at a time
     */
    Exchange(
            Mesh mesh,
            Targets targets,
            Mirrors mirrors,
            @Nullable Hedges hedges,
            Interceptor.Chain chain,
            OkHttpCall call,
            Dispatch dispatch) {
        this.hedges = hedges;
        this.mesh = mesh;
        this.targets = targets;
        this.mirrors = mirrors;
        this.chain = chain;
        this.call = call;
        this.wire = Wire.of(chain.call());
        this.dispatch = dispatch;
    }

    Response run() throws IOException {
        BlockingDriver driver = new BlockingDriver();
        wire.cancelBy(driver::cancel);
        if (chain.call().isCanceled()) {
            driver.cancel();
        }
        Outcome outcome;
        try {
            outcome = driver.run(dispatch, this);
        } catch (InterruptedException interrupted) {
            discard();
            Thread.currentThread().interrupt();
            throw (IOException)
                    new InterruptedIOException("interrupted while waiting between attempts").initCause(interrupted);
        } catch (RuntimeException | Error failure) {
            discard();
            throw failure;
        }
        return switch (kindOf(outcome)) {
            case RESPONSE -> answer == null ? finish() : answer.finish();
            case FAILURE -> throw nativeCause((Outcome.Failure) outcome);
            case LOCAL_REPLY -> {
                discard();
                yield LocalReplies.of(
                        call.request(),
                        (Outcome.LocalReply) outcome,
                        dispatch,
                        mesh.clock().epochMillis());
            }
            case REJECTION -> {
                discard();
                throw new MeshRejectedException((Outcome.Rejection) outcome, dispatch.explain());
            }
            case CANCELLED -> {
                discard();
                throw new IOException("Canceled");
            }
        };
    }

    @Override
    public @Nullable Outcome hedge(Dispatch started, Attempt first) throws InterruptedException {
        if (hedges == null) {
            return null;
        }
        HedgedExchange both = new HedgedExchange(
                mesh,
                hedges,
                chain,
                call,
                started,
                inner -> new Exchange(mesh, targets, mirrors, null, inner, call, started));
        wire.cancelBy(both::cancel);
        if (chain.call().isCanceled()) {
            both.cancel();
        }
        boolean ended = false;
        try {
            Outcome outcome = both.run(first);
            answer = both.answer();
            ended = true;
            return outcome;
        } finally {
            if (!ended) {
                both.cancel();
            }
        }
    }

    /** {@return the answer that is here, null if there is none} */
    @Nullable
    Response received() {
        return response;
    }

    @Override
    public Outcome send(Attempt attempt) {
        discard();
        Cancellable watchdog = null;
        try {
            Target target = targets.of(attempt, call.url().isHttps());
            wire.leaveConnection(chain, target);
            Request request = request(attempt);
            List<MirroredCall> copies = dispatch.mirrors(attempt);
            if (!copies.isEmpty()) {
                mirrors.send(copies, call.request());
            }
            if (attempt.deadlineNanos() != Long.MAX_VALUE) {
                watchdog = wire.abortAt(attempt.deadlineNanos(), mesh);
            }
            Response received = proceed(target, request, attempt);
            if (received.code() == MISDIRECTED && target.left() && mayGoAgain(attempt)) {
                received = again(received, request, attempt);
            }
            response = received;
            answered = attempt;
            call.answered(received);
            LoadProber.report(attempt, received);
            return OkHttpOutcomes.of(received, mesh.clock().epochMillis());
        } catch (IOException failure) {
            if (chain.call().isCanceled()) {
                return Outcome.Cancelled.INSTANCE;
            }
            return OkHttpOutcomes.of(failure, wire.sent(), expired(attempt));
        } finally {
            if (watchdog != null) {
                watchdog.cancel();
            }
        }
    }

    /**
     * Sends a request, and once in a call sends it again on a connection of its own if the pooled connection it was sent on turns
     * out to have been closed by the peer while it was idle. That tells nothing about the endpoint and is no retry of the route
     * (gRFC A6 calls it transparent); OkHttp itself would do it again and again, and for requests that must not be repeated too.
     */
    private Response proceed(Target target, Request request, Attempt attempt) throws IOException {
        Interceptor.Chain directed = MadeCookies.over(timed(target.direct(chain), attempt), call.request(), request);
        wire.attemptBegins();
        try {
            return RetryAfterZero.restored(directed.proceed(request));
        } catch (IOException failure) {
            if (!wire.connectionWasDead(call, failure) || !mayGoAgain(attempt)) {
                throw failure;
            }
            sentAgain = true;
            wire.attemptBegins();
            return RetryAfterZero.restored(directed.withConnectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                    .proceed(request));
        }
    }

    private boolean mayGoAgain(Attempt attempt) {
        return !sentAgain && call.replayable() && !chain.call().isCanceled() && !expired(attempt);
    }

    /**
     * Sends a request again, with the identity of now: it was on its way on a connection of an identity that has been replaced, while the
     * peer stopped trusting the root of that. The peer has not looked at it (RFC 9110, 15.5.20), so this is no retry of the route either.
     */
    private Response again(Response refused, Request request, Attempt attempt) throws IOException {
        refused.close();
        sentAgain = true;
        Target now = targets.of(attempt, call.url().isHttps());
        wire.leaveConnection(chain, now);
        return proceed(now, request, attempt);
    }

    private Interceptor.Chain timed(Interceptor.Chain directed, Attempt attempt) {
        Interceptor.Chain timed = directed;
        if (attempt.connectTimeoutNanos() < TimeUnit.MILLISECONDS.toNanos(orForever(chain.connectTimeoutMillis()))) {
            timed = timed.withConnectTimeout(millis(attempt.connectTimeoutNanos()), TimeUnit.MILLISECONDS);
        }
        if (attempt.deadlineNanos() == Long.MAX_VALUE) {
            return timed;
        }
        int leftMillis = millis(attempt.deadlineNanos() - mesh.clock().nanos());
        if (leftMillis < orForever(chain.readTimeoutMillis())) {
            timed = timed.withReadTimeout(leftMillis, TimeUnit.MILLISECONDS);
        }
        if (leftMillis < orForever(chain.writeTimeoutMillis())) {
            timed = timed.withWriteTimeout(leftMillis, TimeUnit.MILLISECONDS);
        }
        return timed;
    }

    private Request request(Attempt attempt) {
        Request original = call.request();
        RequestEdits edits = new RequestEdits(original);
        String path = attempt.rewrittenPath();
        if (path != null) {
            HttpUrl url = original.url().newBuilder().encodedPath(path).build();
            edits.builder().url(url);
        }
        String authority = attempt.rewrittenAuthority();
        if (authority != null) {
            edits.set("host", authority);
        }
        attempt.writeRequestHeaders(edits);
        return edits.result();
    }

    /** {@return the answer as the application gets it} */
    Response finish() {
        Response received = response;
        Attempt attempt = answered;
        if (received == null || attempt == null) {
            throw new IllegalStateException("the engine returned a response that was never received");
        }
        if (dispatch.deadlineNanos() != Long.MAX_VALUE) {
            // Envoy's route timeout covers the whole response, so reading the body stops at the same moment.
            long left = Math.max(1, dispatch.deadlineNanos() - mesh.clock().nanos());
            received.body().source().timeout().deadlineNanoTime(System.nanoTime() + left);
        }
        if (!attempt.editsResponse()) {
            return received;
        }
        ResponseEdits edits = new ResponseEdits(received.newBuilder());
        attempt.writeResponseHeaders(edits);
        Response edited = edits.result();
        MadeCookies.keep(chain.getCookieJar(), call.url(), received.headers(), edited.headers());
        return edited;
    }

    /** Closes an answer that is not going to be returned, so that its connection goes back to the pool. */
    void discard() {
        Response old = response;
        if (old != null) {
            response = null;
            old.close();
        }
    }

    private boolean expired(Attempt attempt) {
        return attempt.deadlineNanos() != Long.MAX_VALUE
                && attempt.deadlineNanos() - mesh.clock().nanos() <= 0;
    }

    static IOException nativeCause(Outcome.Failure failure) {
        Throwable cause = failure.cause();
        return cause instanceof IOException io ? io : new IOException(cause.getMessage(), cause);
    }

    private static int orForever(int timeoutMillis) {
        return timeoutMillis == 0 ? Integer.MAX_VALUE : timeoutMillis;
    }

    /** OkHttp reads 0 as "never", so a deadline that has come is one millisecond away. */
    private static int millis(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    }

    private enum Kind {
        RESPONSE,
        FAILURE,
        LOCAL_REPLY,
        REJECTION,
        CANCELLED
    }

    private static Kind kindOf(Outcome outcome) {
        if (outcome instanceof Outcome.Response) {
            return Kind.RESPONSE;
        }
        if (outcome instanceof Outcome.Failure) {
            return Kind.FAILURE;
        }
        if (outcome instanceof Outcome.LocalReply) {
            return Kind.LOCAL_REPLY;
        }
        return outcome instanceof Outcome.Rejection ? Kind.REJECTION : Kind.CANCELLED;
    }
}
