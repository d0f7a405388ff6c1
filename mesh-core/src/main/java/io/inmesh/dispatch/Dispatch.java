package io.inmesh.dispatch;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.HeaderSink;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.call.Wakeup;
import io.inmesh.cluster.Demand;
import io.inmesh.explain.Explains;
import io.inmesh.retry.Classification;
import io.inmesh.retry.Classifier;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.route.VirtualHost;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Deadlines;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one outbound call, told step by step to whoever drives it.
 *
 * <pre>
 *            start                      settle(attempt, outcome)
 *  NEW ─────────────► deciding ──► SENT ─────────────► deciding ──► SENT · WAITING · ENDED
 *                        │                                ▲
 *                        └──────► WAITING ──resume────────┘
 * </pre>
 *
 * <p><b>What it decides.</b> A call matches its route and passes the call ring once. The route draws a cluster, once for the whole call. Then
 * comes attempt after attempt: the cluster picks an endpoint, preferring those not tried yet; the attempt passes the attempt ring; the driver
 * sends it and settles it here. An outcome that the route's retry policy wants repeated, and may repeat safely, is repeated if retries, the
 * cluster's limit, the service's budget, the server's wish and the deadline all allow; otherwise it is the outcome of the call. The whole-call
 * deadline is fixed at the start, and that of the request the call is made for counts too: no attempt begins after it, no wait reaches beyond it, and a retry that could not start before it is not
 * waited for, so that its caller gets the real answer now.
 *
 * <p><b>Whose turn it is.</b> There is no lock. The state is one integer, and whoever moves it to <i>deciding</i> owns everything else until it
 * publishes the next state: a driver thread that settles and another that cancels can never decide at once, nor can anybody be
 * blocked by a stage, however slow, or by a stage that calls back. Cancelling while another thread decides leaves a mark that the other finds
 * when it tries to publish; it then ends the call as cancelled. The number of the attempt in flight is part of the state, so an outcome
 * that arrives for an attempt no longer in flight loses the same race as one that arrives after the end.
 *
 * <p><b>Two at a time.</b> A driver that hedges asks for a second attempt beside a slow first one. Then two threads may have an outcome to
 * tell at once. Whoever finds another deciding leaves its outcome with its attempt and goes; whoever decides looks for such outcomes after
 * it has let go of the state, and takes it up again if there is one. A call that is not hedged never comes this way.
 *
 * <p><b>What is promised.</b> Every call ends exactly once, with exactly one outcome, and every stage that admitted the call or an attempt
 * is told exactly once how it ended: attempts before the call, inner stages before outer ones. Whoever loses a race gets a {@link Step.Done}
 * and throws away what it holds. If anything in here throws, the call ends as {@link Outcome.Reason#INTERNAL}; nothing was sent, or what
 * was sent has been settled.
 *
 * <p>One per call; methods may be called from any thread.
 */
public sealed class Dispatch extends AttemptedCall permits MirroredDispatch {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);
    private static final AtomicIntegerFieldUpdater<Dispatch> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Dispatch.class, "state");

    private static final int NEW = 0;
    private static final int DECIDING = 1;
    private static final int DECIDING_CANCELLED = 2;
    private static final int WAITING = 3;
    private static final int ENDED = 4;
    /** One attempt in flight; its number is added above it. */
    private static final int SENT = 5;
    /** An attempt in flight, whose number is added above it, and the next one beside it. */
    private static final int BOTH = 6;

    private static final int NUMBER_SHIFT = 3;
    private static final Step.Done CANCELLED = new Step.Done(Outcome.Cancelled.INSTANCE);

    private volatile int state = NEW;

    // These and those of the superclass are owned by whoever is deciding, and published by the write of the state.
    private Step.Done done = CANCELLED;

    Dispatch(OutboundGate gate, Call call, VirtualHost virtualHost, Explains config) {
        super(gate, call, virtualHost, config);
    }

    /** {@return the first step; to be called once} */
    public Step start() {
        if (!STATE.compareAndSet(this, NEW, DECIDING)) {
            return tooLate();
        }
        try {
            startedNanos = gate.clock().nanos();
            if (gate.closed()) {
                return end(Rejections.closed());
            }
            begin();
            return passCallRing(startedNanos);
        } catch (RuntimeException | Error e) {
            return broken(e);
        }
    }

    /** {@return what to do after the wait of the last {@link Step.Wait}} */
    public Step resume() {
        if (!STATE.compareAndSet(this, WAITING, DECIDING)) {
            return tooLate();
        }
        try {
            long now = gate.clock().nanos();
            if (Deadlines.passed(deadlineNanos, now)) {
                return end(Rejections.deadline(this));
            }
            if (attemptPending) {
                return passAttemptRing(now);
            }
            return destination == null ? passCallRing(now) : nextAttempt(now);
        } catch (RuntimeException | Error e) {
            return broken(e);
        }
    }

    /**
     * {@return what to do after an attempt ended}
     *
     * @param ended the attempt of the last step
     * @param outcome how it ended
     */
    public Step settle(Attempt ended, Outcome outcome) {
        OutboundAttempt own = (OutboundAttempt) ended;
        if (own.dispatch() != this) {
            throw new IllegalArgumentException("attempt " + own.number() + " belongs to another call");
        }
        if (!STATE.compareAndSet(this, inFlight(own), DECIDING)) {
            return own.mayHaveCompany() ? settleBeside(own, outcome) : tooLate();
        }
        try {
            return Objects.requireNonNull(decide(own, outcome), "step");
        } catch (RuntimeException | Error e) {
            return broken(e);
        }
    }

    /**
     * {@return an attempt to send beside a slow one; {@link Step.Await} if there is to be none}
     *
     * <p>To be asked once, when an attempt under way has taken its {@link Attempt#hedgeDelayNanos()}. From then on there may be two
     * attempts under way, each of which is settled on its own; the first answer that is good enough ends the call, the other attempt
     * is settled here as cancelled, and its sender must cancel it.
     *
     * @param slow the attempt under way
     */
    public Step hedge(Attempt slow) {
        OutboundAttempt own = (OutboundAttempt) slow;
        if (!own.mayHaveCompany() || !STATE.compareAndSet(this, inFlight(own), DECIDING)) {
            return Step.Await.INSTANCE;
        }
        try {
            OutboundAttempt beside = hedgeOf(own, gate.clock().nanos());
            return letGo(own, beside, beside == null ? Step.Await.INSTANCE : beside);
        } catch (RuntimeException | Error e) {
            return broken(e);
        }
    }

    /** Settles one of two attempts, or one that another thread decides beside: leaves its outcome, and decides if nobody else does. */
    private Step settleBeside(OutboundAttempt own, Outcome outcome) {
        own.report(outcome);
        while (true) {
            int now = state;
            if (now == DECIDING) {
                // Whoever decides looks for reports before it leaves.
                return Step.Await.INSTANCE;
            }
            boolean alone = now == inFlight(own);
            if (!alone && now != both(own.number()) && now != both(own.number() - 1)) {
                return tooLate();
            }
            if (STATE.compareAndSet(this, now, DECIDING)) {
                try {
                    return letGo(
                            alone ? own : Objects.requireNonNull(hedged()),
                            alone ? null : attempt,
                            Step.Await.INSTANCE);
                } catch (RuntimeException | Error e) {
                    return broken(e);
                }
            }
        }
    }

    /**
     * Decides about what was reported of the attempts under way, then lets others decide.
     *
     * @param first one under way
     * @param second another, null if there is none
     * @param otherwise what to do if nothing was reported that changes it
     */
    private Step letGo(OutboundAttempt first, @Nullable OutboundAttempt second, Step otherwise) {
        while (true) {
            OutboundAttempt reported = first.waits() ? first : second != null && second.waits() ? second : null;
            if (reported != null) {
                Step step = decide(reported, Objects.requireNonNull(reported.reported()));
                if (step != null) {
                    return step;
                }
                continue;
            }
            boolean firstOpen = !first.ended();
            OutboundAttempt other = second == null || second.ended() ? null : second;
            int next = other == null ? inFlight(first) : firstOpen ? both(first.number()) : inFlight(other);
            if (!STATE.compareAndSet(this, DECIDING, next)) {
                return end(Outcome.Cancelled.INSTANCE);
            }
            // A report that came meanwhile found this thread deciding, and was left to it.
            boolean missed = (firstOpen && first.reported() != null) || (other != null && other.reported() != null);
            if (!missed || !STATE.compareAndSet(this, next, DECIDING)) {
                return otherwise;
            }
        }
    }

    /** {@return what comes after an attempt; null if another one under way may still bring an answer} */
    private @Nullable Step decide(OutboundAttempt own, Outcome outcome) {
        long now = gate.clock().nanos();
        Classification meaning = Classifier.classify(outcome);
        settleAttempt(own, outcome, meaning, now);
        boolean repeats = own.route().retry().repeats(call, outcome, meaning);
        boolean good = meaning.result() == Classification.Result.SUCCESS;
        if ((repeats || !good) && accompanied()) {
            passOver(own, outcome);
            return null;
        }
        if (repeats) {
            return retry(own, outcome, now);
        }
        own.answers();
        if (good) {
            own.target().retryBudget().deposit(now);
        }
        return end(outcome);
    }

    /**
     * Ends the call as soon as possible, from any thread.
     *
     * @return how the call ended: cancelled, unless it had ended before
     */
    public Step cancel() {
        while (true) {
            int now = state;
            if (now == ENDED) {
                return done;
            }
            if (now == DECIDING_CANCELLED) {
                return CANCELLED;
            }
            if (now == DECIDING) {
                if (STATE.compareAndSet(this, DECIDING, DECIDING_CANCELLED)) {
                    return CANCELLED;
                }
            } else if (STATE.compareAndSet(this, now, DECIDING)) {
                return end(Outcome.Cancelled.INSTANCE);
            }
        }
    }

    /**
     * {@return the copies of this call to send along with an attempt: those its route wants mirrored, drawn once, with the first attempt;
     * none with any other}
     *
     * @param attempt the attempt about to be sent; to be asked for once per attempt, by whoever sends it
     */
    public List<MirroredCall> mirrors(Attempt attempt) {
        return attempt.number() == 1 ? gate.mirroring().draw((OutboundAttempt) attempt) : List.of();
    }

    /**
     * Writes the header changes of the route into an answer that it gave itself: a direct response or a redirect. Refusals and injected
     * faults stand for a service that was not reached, and stay as they are.
     *
     * @param reply the outcome of the call
     */
    public void writeReplyHeaders(Outcome.LocalReply reply, HeaderSink sink) {
        Route matched = route;
        boolean own = reply.reason() == Outcome.Reason.DIRECT_RESPONSE || reply.reason() == Outcome.Reason.REDIRECT;
        if (own && matched != null) {
            matched.writeResponseHeaders(sink);
        }
    }

    /** {@return whether the call has ended} */
    public boolean ended() {
        return state == ENDED;
    }

    /** Finds the route, what the call is made for, and the deadline. */
    void begin() {
        route = virtualHost.match(call);
        context = call.context();
        deadlineNanos = Deadlines.earlier(
                Deadlines.earlier(call.deadlineNanos(), context.deadlineNanos()),
                route == null ? Deadlines.NEVER : Deadlines.after(startedNanos, route.timeoutNanos()));
    }

    /** Told once, when the call has ended and all stages know. */
    void over(Outcome outcome) {}

    private Step passCallRing(long now) {
        Verdict<?> verdict = gate.callRing().admit(this);
        if (verdict != null) {
            return heldBack(verdict, now);
        }
        Route matched = route;
        if (matched == null) {
            return end(Rejections.noRoute(this));
        }
        Outcome.LocalReply reply = matched.localReply(call);
        if (reply != null) {
            return end(reply);
        }
        Destination drawn = matched.pick(gate.randomness());
        if (drawn == null || drawn.cluster().missing()) {
            return end(Rejections.noCluster(this, drawn));
        }
        destination = drawn;
        return nextAttempt(now);
    }

    private Step nextAttempt(long now) {
        Wakeup endpoints = awaitEndpoints();
        if (endpoints != null) {
            return waitFor(Demand.LONGEST_NANOS, endpoints, now);
        }
        if (!choose(now)) {
            return end(Rejections.noEndpoint(
                    this, Objects.requireNonNull(destination).cluster(), tried));
        }
        return passAttemptRing(now);
    }

    private Step passAttemptRing(long now) {
        OutboundAttempt next = Objects.requireNonNull(attempt);
        Verdict<?> verdict = gate.attemptRing().admit(next);
        if (verdict != null) {
            return heldBack(verdict, now);
        }
        attemptPending = false;
        return publish(inFlight(next), next);
    }

    private Step heldBack(Verdict<?> verdict, long now) {
        return verdict instanceof Verdict.Admit<?> admit
                ? waitFor(admit.delayNanos(), admit.wakeup(), now)
                : end(((Verdict.Reject<?>) verdict).outcome());
    }

    private Step waitFor(long delayNanos, @Nullable Wakeup wakeup, long now) {
        long bounded = Math.min(delayNanos, Deadlines.remaining(deadlineNanos, now));
        return bounded > 0 ? publish(WAITING, new Step.Wait(bounded, wakeup)) : end(Rejections.deadline(this));
    }

    private Step retry(OutboundAttempt failed, Outcome outcome, long now) {
        RetryDecision decision = RetryDecision.of(failed, attempts(), outcome, deadlineNanos, now, gate.randomness());
        if (decision.refusal() != null) {
            Observing.retryRefused(observer, failed, decision.refusal());
            failed.answers();
            return end(outcome);
        }
        if (!decision.granted()) {
            failed.answers();
            return end(outcome);
        }
        retryPermit = true;
        passOver(failed, outcome);
        Observing.retrying(observer, failed, decision.delayNanos());
        return decision.delayNanos() == 0 ? nextAttempt(now) : waitFor(decision.delayNanos(), null, now);
    }

    /** Makes a step known, unless somebody has cancelled the call meanwhile. */
    private Step publish(int next, Step step) {
        return STATE.compareAndSet(this, DECIDING, next) ? step : end(Outcome.Cancelled.INSTANCE);
    }

    /** Ends the call. The state is published before the stages are told, so that there is one outcome for all of them. */
    private Step end(Outcome outcome) {
        done = outcome instanceof Outcome.Cancelled ? CANCELLED : new Step.Done(outcome);
        if (!STATE.compareAndSet(this, DECIDING, ENDED)) {
            done = CANCELLED;
            state = ENDED;
        }
        Outcome last = done.outcome();
        settleOpen(attempt, last);
        settleOpen(hedged(), last);
        releaseRetryPermit();
        leaveWaiting();
        gate.callRing().settle(this, last);
        over(last);
        return done;
    }

    private Step broken(Throwable e) {
        LOG.error("Deciding about a call to {} failed; the call is refused", call.host(), e);
        // A failure while the stages were told the end leaves nothing more to do than to report that end.
        return state == ENDED ? done : end(Rejections.internal(e));
    }

    /** For whoever lost a race: its outcome is of no interest any more. */
    private Step tooLate() {
        return state == ENDED ? done : CANCELLED;
    }

    private static int inFlight(OutboundAttempt attempt) {
        return attempt.number() << NUMBER_SHIFT | SENT;
    }

    private static int both(int number) {
        return number << NUMBER_SHIFT | BOTH;
    }
}
