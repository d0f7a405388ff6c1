package io.inmesh.dispatch;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.HeaderSink;
import io.inmesh.call.Outcome;
import io.inmesh.cluster.Cluster;
import io.inmesh.cluster.LocalityLoad;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Experience;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.limit.ConnectionTurn;
import io.inmesh.load.ServerLoad;
import io.inmesh.retry.Classification;
import io.inmesh.retry.Classifier;
import io.inmesh.route.CallKey;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.stage.Passage;
import io.inmesh.tally.CallTally;
import io.inmesh.time.Deadlines;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One try of an outbound call, with what the stages of the attempt ring need beside what adapters see. */
final class OutboundAttempt extends Passage implements Attempt {

    private final Dispatch dispatch;
    private final Destination destination;
    private final Endpoint endpoint;
    private final int number;
    private long startedNanos;
    private final long deadlineNanos;
    private final @Nullable ConnectionSecurity security;
    /** Names, each before its value; null behind the last. */
    private @Nullable String @Nullable [] headers;

    private @Nullable LocalityLoad load;
    private Classification meaning = Classifier.classify(Outcome.Cancelled.INSTANCE);
    private long endedNanos;
    private boolean ended;
    private boolean asksForLoad;
    private boolean answered;
    private boolean counted;
    private @Nullable Company company;

    OutboundAttempt(
            Dispatch dispatch, Route route, Destination destination, Endpoint endpoint, int number, long startedNanos) {
        this.dispatch = dispatch;
        this.destination = destination;
        this.endpoint = endpoint;
        this.number = number;
        this.startedNanos = startedNanos;
        this.deadlineNanos = Deadlines.earlier(
                dispatch.deadlineNanos(),
                Deadlines.after(startedNanos, route.retry().perTryTimeoutNanos()));
        this.endedNanos = startedNanos;
        this.security = security(dispatch, route, destination, endpoint);
    }

    @Override
    public Call call() {
        return dispatch.call();
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public String cluster() {
        return target().name();
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public long hedgeDelayNanos() {
        return company == null ? Deadlines.NEVER : company.hedgeDelayNanos();
    }

    @Override
    public boolean hedge() {
        return slow() != null;
    }

    @Override
    public @Nullable ConnectionSecurity security() {
        return security;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public long connectTimeoutNanos() {
        return Math.min(target().connectTimeoutNanos(), Deadlines.remaining(deadlineNanos, startedNanos));
    }

    @Override
    public @Nullable String rewrittenPath() {
        return route().rewritePath(call());
    }

    @Override
    public @Nullable String rewrittenAuthority() {
        return authority(route(), destination);
    }

    /** {@return how a connection to another endpoint would be secured for this call} */
    @Nullable
    ConnectionSecurity securityOf(Endpoint other) {
        return security(dispatch, route(), destination, other);
    }

    private static @Nullable ConnectionSecurity security(
            Dispatch dispatch, Route route, Destination destination, Endpoint endpoint) {
        String rewritten = authority(route, destination);
        return destination
                .cluster()
                .security(endpoint, rewritten == null ? dispatch.call().host() : rewritten);
    }

    private static @Nullable String authority(Route route, Destination destination) {
        String own = destination.authority();
        return own == null ? route.rewriteAuthority() : own;
    }

    @Override
    public void writeRequestHeaders(HeaderSink sink) {
        route().writeRequestHeaders(sink);
        destination.writeRequestHeaders(sink);
        CallKey key = dispatch.key();
        if (key != null) {
            key.writeRequestHeaders(call(), sink);
        }
        @Nullable String[] added = headers;
        if (added != null) {
            for (int i = 0; i < added.length; i += 2) {
                String name = added[i];
                String value = added[i + 1];
                if (name == null || value == null) {
                    return;
                }
                sink.set(name, value);
            }
        }
    }

    @Override
    public void writeResponseHeaders(HeaderSink sink) {
        // The inner edit first, as a response meets them.
        destination.writeResponseHeaders(sink);
        route().writeResponseHeaders(sink);
        CallKey key = dispatch.key();
        if (key != null) {
            key.writeResponseHeaders(sink);
        }
    }

    @Override
    public boolean editsResponse() {
        return route().editsResponse() || destination.editsResponse() || madeCookie();
    }

    @Override
    public boolean asksForLoad() {
        return asksForLoad;
    }

    @Override
    public void reportLoad(ServerLoad load) {
        Experience experience = endpoint.experience();
        if (experience != null) {
            experience.reported(endpoint, load, dispatch.nowNanos(), false);
        }
    }

    /** Notes that the request asks for the endpoint's load. */
    void askForLoad() {
        asksForLoad = true;
    }

    @Override
    public void setHeader(String name, String value) {
        @Nullable String[] added = headers == null ? new String[2] : headers;
        int at = 0;
        while (at < added.length && added[at] != null) {
            at += 2;
        }
        if (at == added.length) {
            added = Arrays.copyOf(added, at * 2);
        }
        added[at] = name;
        added[at + 1] = value;
        headers = added;
    }

    private boolean madeCookie() {
        CallKey key = dispatch.key();
        return key != null && key.cookie() != null;
    }

    Dispatch dispatch() {
        return dispatch;
    }

    Destination destination() {
        return destination;
    }

    /** {@return the route of its call, which matched before there was an attempt} */
    Route route() {
        return Objects.requireNonNull(dispatch.route());
    }

    /** {@return the cluster itself, where {@link #cluster()} is its name} */
    Cluster target() {
        return destination.cluster();
    }

    /** Remembers its place among those that wait for a connection. */
    void awaits(ConnectionTurn turn) {
        company = new Company(Deadlines.NEVER, null, turn);
    }

    /** {@return its place among those that wait for a connection, null unless it waits} */
    @Nullable
    ConnectionTurn awaited() {
        return company == null ? null : company.turn();
    }

    /** Waits no longer, and counts its duration from now on. */
    void beginsNow() {
        company = null;
        startedNanos = dispatch.nowNanos();
    }

    /** Remembers where this attempt is counted as in flight. */
    void load(LocalityLoad counted) {
        load = counted;
    }

    LocalityLoad load() {
        return Objects.requireNonNull(load);
    }

    /** Says how long it may take before it is hedged. */
    void hedgeAfter(long delayNanos) {
        if (delayNanos != Deadlines.NEVER) {
            company = new Company(delayNanos, null, null);
        }
    }

    /** Makes it one that is sent beside another. */
    OutboundAttempt hedging(OutboundAttempt slow) {
        company = new Company(Deadlines.NEVER, slow, null);
        return this;
    }

    /** {@return the attempt it is sent beside, null if it is no hedge} */
    @Nullable
    OutboundAttempt slow() {
        return company == null ? null : company.slow();
    }

    /** {@return whether more than one thread may have something to say about the call while it is under way} */
    boolean mayHaveCompany() {
        return company != null;
    }

    /** Leaves its outcome for whoever decides. */
    void report(Outcome outcome) {
        Objects.requireNonNull(company).report(outcome);
    }

    /** {@return the outcome left for whoever decides, null if there is none} */
    @Nullable
    Outcome reported() {
        return company == null ? null : company.reported();
    }

    /** {@return whether its outcome waits for somebody to decide about it} */
    boolean waits() {
        return !ended && reported() != null;
    }

    /** Notes that its outcome is that of the call. */
    void answers() {
        answered = true;
    }

    boolean answered() {
        return answered;
    }

    /** Counts it for the graph of services, unless that was done. */
    void count(Outcome outcome) {
        if (!counted) {
            counted = true;
            tally().add(CallTally.Counted.ATTEMPT, outcome, durationNanos());
        }
    }

    /** {@return where it is counted for the graph of services} */
    CallTally tally() {
        return destination
                .traffic(route().name())
                .of(endpoint.group(), security instanceof PeerExpectation, call().protocol() == Call.Protocol.GRPC);
    }

    /** Notes how it ended, for the tickets that are about to be settled. */
    void end(Classification classification, long nowNanos) {
        meaning = classification;
        endedNanos = nowNanos;
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    /** {@return what its outcome means; nothing can be learned from an attempt that a later stage refused} */
    Classification meaning() {
        return meaning;
    }

    long startedNanos() {
        return startedNanos;
    }

    long endedNanos() {
        return endedNanos;
    }

    long durationNanos() {
        return endedNanos - startedNanos;
    }
}
