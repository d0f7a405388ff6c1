package io.inmesh.check;

import io.inmesh.config.HealthCheckConfig.Protocol;
import io.inmesh.time.Scheduler.Cancellable;
import java.util.function.Consumer;

/** Asks endpoints whether they are well, over connections like those of calls. Adapters implement it. Thread-safe. */
public interface Checker extends AutoCloseable {

    /** {@return whether it can ask in this way} */
    boolean handles(Protocol protocol);

    /**
     * Asks. Must not block the caller.
     *
     * @param task whom and what to ask
     * @param done told the answer; only the first one counts, and none is needed after a cancellation
     * @return ends the asking
     */
    Cancellable start(CheckTask task, Consumer<CheckResult> done);

    /** Releases threads and connections. */
    @Override
    void close();
}
