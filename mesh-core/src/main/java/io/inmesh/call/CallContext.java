package io.inmesh.call;

import io.inmesh.time.Deadlines;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * What a request that came in means for the calls made on its behalf: how long its caller waits, whether it is a repetition, and how
 * much it matters.
 *
 * <p>Adapters bind it to every thread on which the application works on the request, and outbound calls started there go by it. Work
 * handed to another thread takes it along only if told so:
 *
 * <pre>{@code
 * executor.execute(CallContext.current().wrap(() -> client.newCall(request).execute()));
 * }</pre>
 *
 * or, for everything an executor runs, {@code io.inmesh.drive.ContextPropagation}. gRPC's own {@code Context} carries it as well.
 *
 * @param deadlineNanos monotonic time, by the mesh's clock, at which the caller gives up; {@link Deadlines#NEVER} if it did not say
 * @param attempt 1 if the request is the first try along the whole chain of callers, more if any of them repeats
 * @param criticality how much it matters that the request is answered
 */
public record CallContext(long deadlineNanos, int attempt, Criticality criticality) {

    /** Nothing came in: no deadline, a first try, of the usual criticality. */
    public static final CallContext NONE = new CallContext(Deadlines.NEVER, 1, Criticality.CRITICAL);

    /** Which try this is, 1 and up; absent for 1. Source: Envoy's router; sent by Envoy where it is told to include it. */
    public static final String ATTEMPT_HEADER = "x-envoy-attempt-count";

    /** How many tries came before; absent for none. Source: gRFC A6. */
    public static final String GRPC_ATTEMPTS_HEADER = "grpc-previous-rpc-attempts";

    private static final ThreadLocal<CallContext> CURRENT = new ThreadLocal<>();

    /** Checks ranges. */
    public CallContext {
        Objects.requireNonNull(criticality, "criticality");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt must be at least 1: " + attempt);
        }
    }

    /** Restores what was bound to this thread before. To be closed on the thread that made it. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /** {@return what is bound to this thread; {@link #NONE} if nothing is} */
    public static CallContext current() {
        CallContext bound = CURRENT.get();
        return bound == null ? NONE : bound;
    }

    /** {@return whether the request is a repetition of one that failed, here or further up the chain} */
    public boolean repeated() {
        return attempt > 1;
    }

    /** Binds this to the thread until the scope is closed. */
    public Scope bind() {
        CallContext before = CURRENT.get();
        set(this);
        return () -> set(before == null ? NONE : before);
    }

    /** {@return a task that runs with this bound} */
    public Runnable wrap(Runnable task) {
        return () -> {
            try (Scope ignored = bind()) {
                task.run();
            }
        };
    }

    /** {@return a task that runs with this bound} */
    public <T> Callable<T> wrap(Callable<T> task) {
        return () -> {
            try (Scope ignored = bind()) {
                return task.call();
            }
        };
    }

    private static void set(CallContext context) {
        if (context.equals(NONE)) {
            // Pooled threads outlive requests and keep nothing of them.
            CURRENT.remove();
        } else {
            CURRENT.set(context);
        }
    }
}
