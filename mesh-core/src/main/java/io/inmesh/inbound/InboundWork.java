package io.inmesh.inbound;

import io.inmesh.authz.ClientAddress;
import io.inmesh.authz.Decision;
import io.inmesh.authz.RequestFacts;
import io.inmesh.call.CallContext;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.call.RequestEdits;
import io.inmesh.limit.ConcurrencyLimit;
import io.inmesh.load.LoadHeaders;
import io.inmesh.load.ServerLoad;
import io.inmesh.observe.InboundObserver;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;
import io.inmesh.token.TokenResult;
import io.inmesh.token.VerifiedToken;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One inbound request on its way through the ring, and afterwards its admission: one object for both, so that a request that is admitted
 * costs little more than this allocation.
 */
final class InboundWork implements Admission {

    private static final Logger LOG = LoggerFactory.getLogger(InboundWork.class);
    private static final AtomicIntegerFieldUpdater<InboundWork> SETTLED =
            AtomicIntegerFieldUpdater.newUpdater(InboundWork.class, "settled");

    private static final int NOT_MEASURED = -1;

    private final InboundCall call;
    private final InboundPolicy policy;
    private final InboundParts parts;
    private final long startNanos;

    private InboundObserver observer = InboundObserver.NONE;
    private String path;
    private long deadlineNanos;
    private CallContext context = CallContext.NONE;
    private @Nullable Outcome rejection;
    private @Nullable RequestFacts facts;
    private @Nullable VerifiedToken token;
    private @Nullable ClientAddress client;
    private @Nullable Decision decision;
    private RequestEdits edits = RequestEdits.NONE;
    private List<Map.Entry<String, String>> answerHeaders = List.of();
    private @Nullable ConcurrencyLimit concurrency;
    // Tickets of the stages passed, at the index of their stage; made by the first stage that has one.
    private @Nullable Ticket<InboundWork> @Nullable [] tickets;
    // Set where somebody outside is asked, and not taken away: listeners may come after the answer.
    private @Nullable PendingCheck check;
    // Whether the ring stands still.
    private boolean waiting;
    // Whether others are to wait: until the ring is through, so that nobody sees a request as admitted on its way
    // there.
    private volatile boolean pending;
    private int next;
    private boolean asksForLoad;
    private int arrivedAt = NOT_MEASURED;
    /** When it ended; 0 before. */
    private long endedNanos;

    private volatile int settled;

    InboundWork(InboundCall call, InboundPolicy policy, InboundParts parts) {
        this.call = call;
        this.policy = policy;
        this.parts = parts;
        this.startNanos = parts.clock().nanos();
        this.path = call.path();
        this.deadlineNanos = call.deadlineNanos();
    }

    /** Passes the stages in order until one refuses, or somebody outside is to be asked. */
    void run(List<Stage<InboundWork>> stages) {
        while (next < stages.size()) {
            int index = next++;
            Outcome refusal = pass(stages.get(index), index, stages.size());
            if (refusal != null) {
                refuse(refusal);
                return;
            }
            if (waiting) {
                return;
            }
        }
        context = HandedOn.of(call, policy, deadlineNanos);
    }

    private void refuse(Outcome refusal) {
        rejection = refusal;
        finish(refusal);
    }

    /** Stops before the next stage until a check has been answered. */
    void await(PendingCheck check) {
        this.check = check;
        this.waiting = true;
        this.pending = true;
    }

    /** {@return the check to begin with, null if there is none} */
    @Nullable
    PendingCheck check() {
        return check;
    }

    /** Goes on after the answer, with what it means: a refusal, or null for the rest of the stages. */
    void resume(@Nullable Outcome refusal) {
        waiting = false;
        try {
            if (refusal != null) {
                refuse(refusal);
            } else {
                run(InboundStages.RING);
            }
        } catch (RuntimeException e) {
            // Nobody else is there to refuse it; who waits for it is told in any case.
            LOG.error("A request could not go on after its check; it is refused", e);
            refuse(new Outcome.Rejection(Reason.INTERNAL, 500, 13, "the request could not go on: " + e));
        }
        pending = false;
    }

    @Override
    public boolean pending() {
        return pending;
    }

    @Override
    public void whenDecided(Runnable listener) {
        PendingCheck.whenDecided(check, listener);
    }

    private @Nullable Outcome pass(Stage<InboundWork> stage, int index, int count) {
        Verdict<InboundWork> verdict;
        try {
            verdict = stage.admit(this);
        } catch (RuntimeException e) {
            // A check that cannot be made has not been passed.
            String name = stage.getClass().getSimpleName();
            LOG.error("Inbound stage {} failed; the request is refused", name, e);
            return new Outcome.Rejection(Reason.INTERNAL, 500, 13, "stage " + name + " failed: " + e);
        }
        if (verdict instanceof Verdict.Reject<InboundWork> reject) {
            return reject.outcome();
        }
        Ticket<InboundWork> ticket = ((Verdict.Admit<InboundWork>) verdict).ticket();
        if (ticket != null) {
            keep(ticket, index, count);
        }
        return null;
    }

    @SuppressWarnings("unchecked")
    private void keep(Ticket<InboundWork> ticket, int index, int count) {
        if (tickets == null) {
            tickets = (Ticket<InboundWork>[]) new Ticket<?>[count];
        }
        tickets[index] = ticket;
    }

    @Override
    public void settle(Outcome outcome) {
        boolean abandoned = check != null && check.abandon();
        if (abandoned || (!pending && rejection == null)) {
            finish(outcome);
        }
    }

    private void finish(Outcome outcome) {
        if (tickets == null || !SETTLED.compareAndSet(this, 0, 1)) {
            return;
        }
        endedNanos = parts.clock().nanos();
        for (int i = tickets.length - 1; i >= 0; i--) {
            Ticket<InboundWork> ticket = tickets[i];
            try {
                if (ticket != null) {
                    ticket.settle(this, outcome);
                }
            } catch (RuntimeException e) {
                LOG.error("An inbound stage failed to settle; the others are settled all the same", e);
            }
        }
    }

    @Override
    public boolean admitted() {
        return !pending && rejection == null;
    }

    @Override
    public Outcome rejection() {
        if (rejection == null) {
            throw new IllegalStateException("the request was admitted");
        }
        return rejection;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public String canonicalPath() {
        return path;
    }

    @Override
    public CallContext context() {
        return context;
    }

    @Override
    public InboundObserver.Scope enter() {
        InboundObserver.Scope observed = ObserveInbound.enter(observer);
        if (context == CallContext.NONE) {
            return observed;
        }
        CallContext.Scope bound = context.bind();
        return () -> {
            bound.close();
            observed.close();
        };
    }

    void beginLoad() {
        // Now, since the header is not one that applications see.
        asksForLoad = call.header(LoadHeaders.ASK) != null;
        arrivedAt = parts.load().begin();
    }

    void endLoad(boolean succeeded) {
        parts.load().end(arrivedAt, endedNanos - startNanos, succeeded, endedNanos);
        arrivedAt = NOT_MEASURED;
    }

    @Override
    public @Nullable ServerLoad loadReport() {
        if (!asksForLoad || rejection != null) {
            return null;
        }
        return parts.load().now(parts.clock().nanos(), arrivedAt == NOT_MEASURED ? 0 : 1);
    }

    InboundCall call() {
        return call;
    }

    InboundPolicy policy() {
        return policy;
    }

    /** {@return what all requests share} */
    InboundParts parts() {
        return parts;
    }

    /** {@return what authorization policies decided; null if none were asked} */
    @Nullable
    Decision decision() {
        return decision;
    }

    /** Keeps what authorization policies decided. */
    void decision(Decision made) {
        this.decision = made;
    }

    InboundObserver observer() {
        return observer;
    }

    void observer(InboundObserver observer) {
        this.observer = observer;
    }

    /** Keeps what the tokens of the request come to. */
    void token(TokenResult result) {
        this.token = result.token();
        edit(result.edits());
    }

    /** Has policies from here on and the application see the request otherwise. */
    void edit(RequestEdits more) {
        this.facts = null;
        this.edits = edits.then(more);
    }

    @Override
    public @Nullable VerifiedToken token() {
        return token;
    }

    @Override
    public RequestEdits edits() {
        return edits;
    }

    void answerHeaders(List<Map.Entry<String, String>> headers) {
        this.answerHeaders = headers;
    }

    @Override
    public List<Map.Entry<String, String>> answerHeaders() {
        return answerHeaders;
    }

    /** Keeps whom the request is made for. */
    void client(ClientAddress client) {
        this.client = client;
    }

    /** {@return whom the request is made for; null where nobody is believed about it, or nothing asks} */
    @Nullable
    ClientAddress client() {
        return client;
    }

    void path(String canonical) {
        this.path = canonical;
    }

    void deadlineNanos(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
    }

    /** {@return what conditions are tested on; to be asked once the path is canonical} */
    RequestFacts facts() {
        if (facts == null) {
            facts = new RequestFacts(call, path, token, edits, client);
        }
        return facts;
    }

    /** Keeps the limit that counts this request, which may be another one when it ends. */
    void concurrency(ConcurrencyLimit limit) {
        this.concurrency = limit;
    }

    ConcurrencyLimit concurrency() {
        return Objects.requireNonNull(concurrency);
    }

    /** {@return how long the request waited for a thread before the ring, 0 if that is not known} */
    long queuedNanos() {
        long arrivedNanos = call.arrivedNanos();
        return arrivedNanos == InboundCall.ARRIVAL_UNKNOWN ? 0 : Math.max(0, startNanos - arrivedNanos);
    }

    long startNanos() {
        return startNanos;
    }

    /** {@return time since it came, until it ended if it has} */
    long elapsedNanos() {
        return (endedNanos == 0 ? parts.clock().nanos() : endedNanos) - startNanos;
    }
}
