package io.inmesh.drive;

import io.inmesh.call.CallContext;
import java.util.concurrent.Executor;

/** Takes the {@link CallContext} of a request along to other threads. */
public final class ContextPropagation {

    private ContextPropagation() {}

    /** {@return an executor that runs every task with what was bound to the thread that handed it in} */
    public static Executor through(Executor executor) {
        return task -> executor.execute(CallContext.current().wrap(task));
    }
}
