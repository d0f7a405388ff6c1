package io.inmesh.cluster;

import io.inmesh.balance.BalanceState;
import io.inmesh.balance.EndpointPicker;
import io.inmesh.balance.Tried;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClientTlsConfig.Mode;
import io.inmesh.config.ClusterConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Rotation;
import io.inmesh.health.OutlierDetection;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.OutsideServer;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.retry.RetryBudget;
import io.inmesh.tally.ClusterTraffic;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One group of endpoints, compiled, with its live state. Everything but the live state is immutable; the same object is in every
 * snapshot for as long as its config stays equal.
 */
public final class Cluster {

    private final ClusterConfig config;
    private final ClusterState state;
    private final boolean missing;
    private final List<Endpoint> endpoints;
    private final EndpointPicker picker;
    private final @Nullable ConnectionSecurity security;
    // Where no server name is set, the one of the last host called, since hardly any cluster has more than one.
    private volatile @Nullable OutsideServer outside;
    private final long connectTimeoutNanos;

    /**
     * Compiles a cluster.
     *
     * @param config what to compile
     * @param endpoints the endpoints of the config
     * @param rotation tells when one of them is ejected or returns
     * @param state live state
     * @param randomness what draws endpoints
     * @throws IllegalArgumentException if an identity is not a SPIFFE id
     */
    public Cluster(
            ClusterConfig config,
            List<Endpoint> endpoints,
            Rotation rotation,
            ClusterState state,
            Randomness randomness) {
        this(config, endpoints, rotation, state, randomness, false);
    }

    private Cluster(
            ClusterConfig config,
            List<Endpoint> endpoints,
            Rotation rotation,
            ClusterState state,
            Randomness randomness,
            boolean missing) {
        this.config = config;
        this.state = state;
        this.missing = missing;
        this.endpoints = List.copyOf(endpoints);
        this.picker = new EndpointPicker(endpoints, rotation, config, state.balance(), randomness);
        this.security = security(config);
        this.connectTimeoutNanos = config.connectTimeout().toNanos();
    }

    /**
     * {@return what a route leads to that names a cluster which does not exist: no endpoints, and no state to share}
     *
     * @param name name of the cluster that is missing
     * @param clock clock of its unused limits
     */
    public static Cluster missing(String name, Clock clock) {
        ClusterConfig config = ClusterConfig.of(name);
        ClusterLoad load = new ClusterLoad();
        ClusterState state = new ClusterState(
                new RetryBudget(config.retryBudget(), clock),
                new ClusterLimits(config.circuitBreaker(), clock),
                new OutlierDetection(name, config.outlierDetection(), clock, Randomness.SYSTEM),
                load,
                new ClusterTraffic(),
                new ClientPolicy(config.clientPolicy(), clock),
                new BalanceState(clock, load::inProgress),
                new Demands().of(name));
        return new Cluster(config, List.of(), new Rotation(), state, Randomness.SYSTEM, true);
    }

    private static @Nullable ConnectionSecurity security(ClusterConfig config) {
        ClientTlsConfig tls = config.tls();
        if (tls.mode() == Mode.DISABLE) {
            return null;
        }
        if (tls.mode() == Mode.ORIGINATE) {
            return OutsideServer.of(
                    Objects.requireNonNull(tls.origination()), tls.sni() == null ? config.service() : tls.sni());
        }
        return new PeerExpectation(
                tls.identities().stream().map(SpiffeId::parse).collect(Collectors.toUnmodifiableSet()),
                tls.sni() == null ? config.service() : tls.sni());
    }

    /** {@return its name} */
    public String name() {
        return config.name();
    }

    /** {@return the service it belongs to} */
    public String service() {
        return config.service();
    }

    /** {@return what it was compiled from} */
    public ClusterConfig config() {
        return config;
    }

    /** {@return whether a route names it and the config has no such cluster} */
    public boolean missing() {
        return missing;
    }

    /** {@return its endpoints, each once, in the order of the config} */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /**
     * {@return an endpoint to send to; null only if there are none at all}
     *
     * @param tried endpoints to avoid while others are left; null for none
     */
    public @Nullable Endpoint pick(@Nullable Tried tried) {
        return picker.pick(tried);
    }

    /** {@return whether it chooses by a key of the call} */
    public boolean hashes() {
        return config.loadBalancer().hashes();
    }

    /**
     * {@return an endpoint for a call with a key; null as in {@link #pick(Tried)}}
     *
     * @param tried endpoints to avoid while others are left; null for none
     * @param hash the hash of the key
     */
    public @Nullable Endpoint pick(@Nullable Tried tried, long hash) {
        return picker.pick(tried, hash);
    }

    /** {@return the endpoint a hash belongs to, whether or not it may be picked; null if there is none or it does not hash} */
    public @Nullable Endpoint owner(long hash) {
        return picker.owner(hash);
    }

    /** {@return how connections to an endpoint are secured that are not made for a call; null for plaintext} */
    public @Nullable ConnectionSecurity security(Endpoint endpoint) {
        boolean plaintext =
                config.tls().mode() == Mode.AUTO && !endpoint.config().tls();
        return plaintext ? null : security;
    }

    /**
     * {@return how connections to an endpoint are secured for a call; null for plaintext}
     *
     * @param authority host as sent, perhaps with a port; the server name where TLS is originated and none is set
     */
    public @Nullable ConnectionSecurity security(Endpoint endpoint, String authority) {
        if (config.tls().mode() != Mode.ORIGINATE || config.tls().sni() != null) {
            return security(endpoint);
        }
        OutsideServer last = outside;
        OutsideServer now = (last == null ? (OutsideServer) Objects.requireNonNull(security) : last).forHost(authority);
        if (now != last) {
            outside = now;
        }
        return now;
    }

    /** {@return longest time to connect} */
    public long connectTimeoutNanos() {
        return connectTimeoutNanos;
    }

    /** {@return the retries its service may make} */
    public RetryBudget retryBudget() {
        return state.retryBudget();
    }

    /** {@return calls in flight and breaker} */
    public ClusterLimits limits() {
        return state.limits();
    }

    /** {@return who is out of rotation} */
    public OutlierDetection outlierDetection() {
        return state.outlierDetection();
    }

    /** {@return how its callers treat it while it is slow or has too much to do} */
    public ClientPolicy clientPolicy() {
        return state.clientPolicy();
    }

    /** {@return who needs its endpoints; null if they are known} */
    public @Nullable Demand demand() {
        return config.deferred() ? state.demand() : null;
    }

    /** Says that it is about to be called, so that endpoints that are not known are asked for. */
    public void ask() {
        if (config.deferred()) {
            state.demand().ask();
        }
    }

    /** Notes that it is in use from now on, in the place of what it was before. */
    public void inUse() {
        state.demand().compiled(this);
    }

    /** {@return counters of attempts} */
    public ClusterLoad load() {
        return state.load();
    }

    /** {@return counters of calls by route and by who answered} */
    public ClusterTraffic traffic() {
        return state.traffic();
    }

    /**
     * {@return what it has to choose from}
     *
     * @param tried endpoints tried in this call; null for none
     */
    public PickReport explainPick(@Nullable Tried tried) {
        return new PickReport(picker.candidates(tried), picker.localities());
    }

    /** {@return whether too few of its endpoints are healthy, so that calls go to others as well or are refused} */
    public boolean panic() {
        return picker.panic();
    }

    /** {@return its name} */
    @Override
    public String toString() {
        return name();
    }
}
