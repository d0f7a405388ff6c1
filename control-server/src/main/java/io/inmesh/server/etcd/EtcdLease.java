package io.inmesh.server.etcd;

import io.inmesh.server.etcd.rpc.LeaseGrantRequest;
import io.inmesh.server.etcd.rpc.LeaseGrantResponse;
import io.inmesh.server.etcd.rpc.LeaseGrpc;
import io.inmesh.server.etcd.rpc.LeaseKeepAliveRequest;
import io.inmesh.server.etcd.rpc.LeaseRevokeRequest;
import io.inmesh.server.store.Engine.Lease;
import io.inmesh.server.store.Engine.LeaseLostException;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Timer;
import io.inmesh.server.time.Timer.Cancellable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lease in etcd. Its holder counts the time from before a request leaves, and etcd from after it has arrived, so that the holder knows
 * first: it never believes to hold what somebody else may have.
 */
final class EtcdLease implements Lease {

    private final Calls calls;
    private final Timer timer;
    private final Runnable lost;
    private final long id;
    private final long timeToLiveNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean over;
    private long deadline;
    private @Nullable Cancellable alarm;

    private EtcdLease(Calls calls, Timer timer, Runnable lost, LeaseGrantResponse granted, long asked) {
        this.calls = calls;
        this.timer = timer;
        this.lost = lost;
        this.id = granted.getID();
        this.timeToLiveNanos = TimeUnit.SECONDS.toNanos(granted.getTTL());
        begin(asked);
    }

    static EtcdLease grant(Calls calls, Timer timer, Duration timeToLive, Runnable lost) {
        long asked = timer.nanoTime();
        long seconds = Math.max(
                1, timeToLive.plusNanos(TimeUnit.SECONDS.toNanos(1) - 1).toSeconds());
        // One that is granted but not heard of runs out by itself.
        LeaseGrantResponse granted = calls.ask(
                LeaseGrpc.getLeaseGrantMethod(),
                LeaseGrantRequest.newBuilder().setTTL(seconds).build());
        return new EtcdLease(calls, timer, lost, granted, asked);
    }

    /** {@return etcd's name for it} */
    long id() {
        return id;
    }

    /** {@return whether it has run out, or been revoked} */
    boolean over() {
        lock.lock();
        try {
            return over || timer.nanoTime() - deadline >= 0;
        } finally {
            lock.unlock();
        }
    }

    private void begin(long since) {
        lock.lock();
        try {
            if (over) {
                return;
            }
            deadline = since + timeToLiveNanos;
            if (alarm != null) {
                alarm.cancel();
            }
            alarm = timer.schedule(Duration.ofNanos(Math.max(0, deadline - timer.nanoTime())), this::endIfDue);
        } finally {
            lock.unlock();
        }
    }

    private void endIfDue() {
        if (over() && end()) {
            lost.run();
        }
    }

    /** {@return whether it had not ended before} */
    private boolean end() {
        lock.lock();
        try {
            boolean first = !over;
            over = true;
            if (alarm != null) {
                alarm.cancel();
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean keepAlive() {
        endIfDue();
        long asked = timer.nanoTime();
        if (over()) {
            return false;
        }
        long left = calls.ask(
                        LeaseGrpc.getLeaseKeepAliveMethod(),
                        LeaseKeepAliveRequest.newBuilder().setID(id).build())
                .getTTL();
        if (left <= 0) {
            if (end()) {
                lost.run();
            }
            return false;
        }
        begin(asked);
        return !over();
    }

    @Override
    public void revoke() {
        if (!end()) {
            return;
        }
        try {
            calls.ask(
                    LeaseGrpc.getLeaseRevokeMethod(),
                    LeaseRevokeRequest.newBuilder().setID(id).build());
        } catch (LeaseLostException e) {
            // It has run out meanwhile, or has been revoked by an attempt whose answer was lost.
        } catch (StoreUnavailableException e) {
            throw StoreUnavailableException.outcomeUnknown(
                    "whether a lease has been ended is not known; it runs out by itself: " + e.getMessage(), e);
        }
    }
}
