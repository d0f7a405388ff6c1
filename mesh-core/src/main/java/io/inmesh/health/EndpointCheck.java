package io.inmesh.health;

import io.inmesh.check.CheckResult;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.endpoint.CheckState.Verdict;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.time.Randomness;
import io.inmesh.time.Scheduler.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of the checks of one endpoint. Guarded by the lock of its {@link ActiveChecks}.
 *
 * <p>From unchecked one pass leads to passing; {@code unhealthyThreshold} failures in a row lead to failing from anywhere, and
 * {@code healthyThreshold} passes in a row back. Source: Envoy, but for where it begins: there an endpoint takes no calls before its first
 * pass.
 */
final class EndpointCheck {

    private final Endpoint endpoint;
    private CheckTarget target;
    private int passes;
    private int failures;
    private boolean stopped;
    private @Nullable Cancellable next;

    EndpointCheck(Endpoint endpoint, CheckTarget target) {
        this.endpoint = endpoint;
        this.target = target;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    CheckTarget target() {
        return target;
    }

    HealthCheckConfig config() {
        return target.config();
    }

    boolean stopped() {
        return stopped;
    }

    /** Goes by other rules from the next check on; what was shown so far stands. */
    void retarget(CheckTarget newer) {
        target = newer;
    }

    void next(Cancellable timer) {
        next = timer;
    }

    void stop() {
        stopped = true;
        if (next != null) {
            next.cancel();
        }
    }

    /** {@return whether the verdict changed} */
    boolean accept(CheckResult result) {
        Verdict before = endpoint.check().verdict();
        passes = result.passed() ? passes + 1 : 0;
        failures = result.passed() ? 0 : failures + 1;
        Verdict after = before;
        if (result.passed() && (before == Verdict.UNCHECKED || passes >= config().healthyThreshold())) {
            after = Verdict.PASSING;
        } else if (!result.passed() && (result.decisive() || failures >= config().unhealthyThreshold())) {
            after = Verdict.FAILING;
        }
        endpoint.check()
                .set(
                        after,
                        result.passed() && after == Verdict.FAILING
                                ? endpoint.check().why()
                                : result.why());
        return after != before;
    }

    /** {@return nanoseconds to the next check} */
    long delayNanos(Randomness randomness) {
        Duration unused = config().noTrafficInterval();
        Duration interval;
        if (unused != null && !target.used().getAsBoolean()) {
            interval = unused;
        } else {
            interval =
                    endpoint.check().verdict() == Verdict.FAILING ? config().unhealthyInterval() : config().interval();
        }
        long jitter = config().intervalJitter().toNanos();
        return interval.toNanos() + (jitter <= 0 ? 0 : randomness.below(jitter + 1));
    }

    /** {@return whether nobody is to be asked yet, because nobody calls} */
    boolean rests() {
        return config().noTrafficInterval() == null && !target.used().getAsBoolean();
    }
}
