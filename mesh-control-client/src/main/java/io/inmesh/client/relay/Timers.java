package io.inmesh.client.relay;

import io.inmesh.time.Scheduler;
import java.util.concurrent.Executor;

/** The thread that everything happens on, now or later. */
public interface Timers extends Executor {

    /** {@return calls a task off that is to run on the thread after a while} */
    Scheduler.Cancellable schedule(Runnable task, long delayNanos);
}
