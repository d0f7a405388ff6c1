package io.inmesh.endpoint;

import io.inmesh.config.EndpointConfig;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One address of one cluster, with the state that must outlive configs: requests in flight and ejection.
 *
 * <p>The registry returns the same object for the same cluster and address, whatever else about it changes, so adapters may
 * key connections by identity. An endpoint that left the config needs no bookkeeping: attempts in flight hold it, then it is
 * garbage.
 */
public final class Endpoint {

    private static final AtomicIntegerFieldUpdater<Endpoint> IN_FLIGHT =
            AtomicIntegerFieldUpdater.newUpdater(Endpoint.class, "inFlight");

    private final String cluster;
    private final String host;
    private final int port;
    private final EjectionState ejection;
    private final CheckState check;
    private volatile EndpointConfig config;
    private volatile EndpointGroup group;
    private volatile int inFlight;
    private volatile boolean fresh;
    private volatile long freshSinceNanos;
    private volatile @Nullable Experience experience;

    /**
     * Makes an endpoint without load that is not ejected and that no balancer watches.
     *
     * @param cluster name of the cluster it belongs to
     * @param config where it is
     */
    public Endpoint(String cluster, EndpointConfig config) {
        this(cluster, config, new Rotation());
    }

    /**
     * Makes an endpoint without load that is not ejected.
     *
     * @param cluster name of the cluster it belongs to
     * @param config where it is
     * @param rotation told when it is ejected and when it returns
     */
    public Endpoint(String cluster, EndpointConfig config, Rotation rotation) {
        this.cluster = cluster;
        this.host = config.host();
        this.port = config.port();
        this.config = config;
        this.group = new EndpointGroup(EndpointGroup.nameOf(config.workload()));
        this.ejection = new EjectionState(rotation);
        this.check = new CheckState(rotation);
    }

    /** {@return name of the cluster it belongs to} */
    public String cluster() {
        return cluster;
    }

    /** {@return IP address or host name} */
    public String host() {
        return host;
    }

    /** {@return where new connections go: an IP address, or a host name that nobody has resolved yet} */
    public String address() {
        String resolved = config.address();
        return resolved.isEmpty() ? host : resolved;
    }

    /** {@return TCP port} */
    public int port() {
        return port;
    }

    /** {@return what the newest config says about it} */
    public EndpointConfig config() {
        return config;
    }

    /** Takes over what a newer config says about the same address. */
    public void update(EndpointConfig newer) {
        config = newer;
    }

    /** {@return the endpoints of its cluster that are like it} */
    public EndpointGroup group() {
        return group;
    }

    /** Makes it one of a group. */
    void joins(EndpointGroup other) {
        group = other;
    }

    /** {@return attempts sent and not yet ended} */
    public int inFlight() {
        return inFlight;
    }

    /** Counts one more attempt in flight. */
    public void begin() {
        IN_FLIGHT.incrementAndGet(this);
    }

    /** Counts one attempt less in flight. */
    public void end() {
        IN_FLIGHT.decrementAndGet(this);
    }

    /**
     * Notes that it appeared, or became healthy again, while others already served: from now on it warms up.
     *
     * @param nowNanos monotonic time
     */
    public void appeared(long nowNanos) {
        freshSinceNanos = nowNanos;
        fresh = true;
    }

    /** {@return time since {@link #appeared}; {@link Long#MAX_VALUE} if it was there from the beginning} */
    public long ageNanos(long nowNanos) {
        return fresh ? nowNanos - freshSinceNanos : Long.MAX_VALUE;
    }

    /** {@return whether and for how long it is out of rotation because of what calls to it experienced} */
    public EjectionState ejection() {
        return ejection;
    }

    /** {@return what attempts to it experienced; null where no balancer goes by it} */
    public @Nullable Experience experience() {
        return experience;
    }

    /**
     * {@return what attempts to it experience from now on, or have since this was called first}
     *
     * @param initialLatencyNanos response time to reckon with until it has answered
     * @param decayNanos time after which an old response time counts 1/e
     */
    public Experience learn(double initialLatencyNanos, double decayNanos, long nowNanos) {
        Experience known = experience;
        if (known == null) {
            known = new Experience(initialLatencyNanos, decayNanos, nowNanos);
            experience = known;
        }
        known.decay(decayNanos);
        return known;
    }

    /** Forgets what attempts experienced, since no balancer goes by it any more. */
    public void unlearn() {
        experience = null;
    }

    /** {@return whether it passes its active checks} */
    public CheckState check() {
        return check;
    }

    /**
     * {@return whether nothing this process found out speaks against it: it is not ejected and does not fail its checks}
     *
     * <p>What the registry says is another matter, and stands in the config.
     */
    public boolean inRotation() {
        return !ejection.ejected() && check.verdict() != CheckState.Verdict.FAILING;
    }

    /** {@return {@code host:port}} */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
