package io.inmesh;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Lets threads wait until a mesh can do its work. */
final class Readiness {

    private final BooleanSupplier ready;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;

    Readiness(BooleanSupplier ready) {
        this.ready = ready;
    }

    /** Nobody needs to wait any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Something happened that may have made the mesh ready. */
    void check() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether the mesh became ready in time; an interrupt ends the wait and stays set} */
    boolean await(Duration timeout) {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!ready.getAsBoolean()) {
                if (closed || left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
