package io.inmesh.health;

import io.inmesh.check.CheckResult;
import io.inmesh.check.Checker;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.endpoint.CheckState.Verdict;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.time.Randomness;
import io.inmesh.time.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when which endpoint is asked whether it is well, and what follows from the answers. Adapters ask.
 *
 * <p>Each endpoint has a timer of its own, begun at a random moment so that many processes that start together do not ask together. No
 * more than {@value #MOST_AT_ONCE} are asked at once; the others wait for their turn. Nobody is asked whom the registry does not call
 * healthy, whom no adapter can ask, or who needs mTLS while this process has no certificate: that says nothing about the endpoint, which
 * then stands as reported.
 *
 * <p>State is guarded by one lock; adapters and listeners are called without it, so they may call back.
 */
public final class ActiveChecks implements AutoCloseable {

    /** Most endpoints that are asked at once. */
    public static final int MOST_AT_ONCE = 16;

    private static final long LATEST_START_NANOS = Duration.ofSeconds(1).toNanos();

    /** Told what checks show, on the thread that learned it. */
    public interface Listener {
        /** An endpoint answered, or did not. */
        void checked(Endpoint endpoint, CheckResult result);

        /** What the checks of an endpoint have shown has changed. */
        void changed(Endpoint endpoint, Verdict verdict, String why);
    }

    private final Scheduler scheduler;
    private final Randomness randomness;
    private final IdentityHolder identity;
    private final Listener listener;
    private final List<Checker> checkers = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Endpoint, EndpointCheck> checks = new IdentityHashMap<>();
    private final Deque<EndpointCheck> waiting = new ArrayDeque<>();
    private int running;
    private boolean closed;

    /**
     * Makes checks of nobody.
     *
     * @param scheduler tells when a check is due
     * @param randomness draws jitter
     * @param identity who this process is
     * @param listener told what checks show
     */
    public ActiveChecks(Scheduler scheduler, Randomness randomness, IdentityHolder identity, Listener listener) {
        this.scheduler = scheduler;
        this.randomness = randomness;
        this.identity = identity;
        this.listener = listener;
    }

    /** Adds somebody who can ask. Closed together with this; at once if this is closed. */
    public void add(Checker checker) {
        lock.lock();
        try {
            if (!closed) {
                checkers.add(checker);
                return;
            }
        } finally {
            lock.unlock();
        }
        checker.close();
    }

    /** {@return whether somebody can ask in this way} */
    public boolean canCheck(HealthCheckConfig config) {
        return checker(config) != null;
    }

    /**
     * Takes over who is to be checked. Endpoints that stay keep their verdict; those that are checked no more stand as reported.
     *
     * @param newest told under the lock, so that the newest of concurrent callers wins
     */
    public void update(Supplier<List<CheckTarget>> newest) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            Map<Endpoint, EndpointCheck> before = new IdentityHashMap<>(checks);
            checks.clear();
            for (CheckTarget target : newest.get()) {
                for (Endpoint endpoint : target.endpoints()) {
                    if (endpoint.config().health() == Health.HEALTHY) {
                        keepOrBegin(endpoint, target, before.remove(endpoint));
                    }
                }
            }
            for (EndpointCheck gone : before.values()) {
                gone.stop();
                gone.endpoint().check().set(Verdict.UNCHECKED, "");
            }
        } finally {
            lock.unlock();
        }
    }

    private void keepOrBegin(Endpoint endpoint, CheckTarget target, @Nullable EndpointCheck known) {
        if (known != null) {
            known.retarget(target);
            checks.put(endpoint, known);
        } else if (!checks.containsKey(endpoint)) {
            EndpointCheck check = new EndpointCheck(endpoint, target);
            checks.put(endpoint, check);
            long latest =
                    Math.min(LATEST_START_NANOS, target.config().interval().toNanos());
            schedule(check, randomness.below(Math.max(1, latest)));
        }
    }

    /** {@return how many endpoints are checked; equals the number of those in the newest config that are to be} */
    public int size() {
        lock.lock();
        try {
            return checks.size();
        } finally {
            lock.unlock();
        }
    }

    /** Asks nobody any more, and closes whoever asked. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            checks.values().forEach(EndpointCheck::stop);
            checks.clear();
            waiting.clear();
        } finally {
            lock.unlock();
        }
        checkers.forEach(Checker::close);
    }

    private void schedule(EndpointCheck check, long delayNanos) {
        check.next(scheduler.schedule(() -> due(check), delayNanos));
    }

    private void due(EndpointCheck check) {
        CheckRun run;
        Checker checker;
        lock.lock();
        try {
            if (check.stopped()) {
                wakeNext();
                return;
            }
            checker = checker(check.config());
            ConnectionSecurity security = check.target().security().apply(check.endpoint());
            boolean unable = security != null && security.obstacle(identity) != null;
            if (checker == null || unable || check.rests()) {
                schedule(check, check.delayNanos(randomness));
                wakeNext();
                return;
            }
            if (running >= MOST_AT_ONCE) {
                waiting.add(check);
                return;
            }
            running++;
            run = new CheckRun(check, result -> ended(check, result));
        } finally {
            lock.unlock();
        }
        run.start(checker, scheduler);
    }

    private void ended(EndpointCheck check, CheckResult result) {
        boolean changed = false;
        lock.lock();
        try {
            running--;
            wakeNext();
            if (check.stopped()) {
                return;
            }
            changed = check.accept(result);
            schedule(check, check.delayNanos(randomness));
        } finally {
            lock.unlock();
        }
        listener.checked(check.endpoint(), result);
        if (changed) {
            listener.changed(check.endpoint(), check.endpoint().check().verdict(), result.why());
        }
    }

    /** Gives the turn to one that waits for it. By the timer, since whoever answers at once would go deeper with every endpoint. */
    private void wakeNext() {
        EndpointCheck turn = waiting.poll();
        if (turn != null) {
            scheduler.schedule(() -> due(turn), 0);
        }
    }

    private @Nullable Checker checker(HealthCheckConfig config) {
        for (Checker checker : checkers) {
            if (checker.handles(config.protocol())) {
                return checker;
            }
        }
        return null;
    }
}
