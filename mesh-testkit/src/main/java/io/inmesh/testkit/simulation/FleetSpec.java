package io.inmesh.testkit.simulation;

import io.inmesh.config.InboundConfig;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the replicas of a fleet have in common. Immutable.
 *
 * @param replicas how many, 1 to 65535
 * @param workers requests one replica works on at once
 * @param serviceTime how long a worker is busy with one
 * @param discardExpired whether a worker drops a request whose caller has given up by the time its turn comes
 * @param inbound policy that the real inbound engine enforces when a worker takes a request up, null for none
 */
public record FleetSpec(
        int replicas,
        int workers,
        ServiceTime serviceTime,
        boolean discardExpired,
        @Nullable InboundConfig inbound) {

    /** Checks ranges. */
    public FleetSpec {
        Objects.requireNonNull(serviceTime, "serviceTime");
        if (replicas < 1 || replicas > 65_535) {
            throw new IllegalArgumentException("replicas must be 1 to 65535: " + replicas);
        }
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be positive: " + workers);
        }
    }

    /** {@return replicas of 4 workers and normally distributed service times with a mean of 10 ms} */
    public static FleetSpec of(int replicas) {
        return new FleetSpec(replicas, 4, ServiceTime.normal(Duration.ofMillis(10)), false, null);
    }

    /** {@return the same with other workers} */
    public FleetSpec workers(int workers) {
        return new FleetSpec(replicas, workers, serviceTime, discardExpired, inbound);
    }

    /** {@return the same with other service times} */
    public FleetSpec serviceTime(ServiceTime serviceTime) {
        return new FleetSpec(replicas, workers, serviceTime, discardExpired, inbound);
    }

    /** {@return the same, dropping work that nobody waits for any more} */
    public FleetSpec discardingExpired() {
        return new FleetSpec(replicas, workers, serviceTime, true, inbound);
    }

    /** {@return the same, behind the inbound engine with this policy} */
    public FleetSpec inbound(InboundConfig inbound) {
        return new FleetSpec(replicas, workers, serviceTime, discardExpired, inbound);
    }
}
