package io.inmesh.dispatch;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.HeaderSink;
import io.inmesh.call.Outcome;
import io.inmesh.cluster.Cluster;
import io.inmesh.cluster.LocalityLoad;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Experience;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.load.ServerLoad;
import io.inmesh.retry.Classification;
import io.inmesh.retry.Classifier;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.stage.Passage;
import io.inmesh.time.Deadlines;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One try of an outbound call, with what the stages of the attempt ring need beside what adapters see. */
final class OutboundAttempt extends Passage implements Attempt {

    private final Dispatch dispatch;
    private final Route route;
    private final Destination destination;
    private final Endpoint endpoint;
    private final int number;
    private final long startedNanos;
    private final long deadlineNanos;
    private final @Nullable PeerExpectation security;
    private @Nullable List<String> headers;
    private @Nullable LocalityLoad load;
    private Classification meaning = Classifier.classify(Outcome.Cancelled.INSTANCE);
    private long endedNanos;
    private boolean ended;
    private boolean asksForLoad;

    OutboundAttempt(
            Dispatch dispatch, Route route, Destination destination, Endpoint endpoint, int number, long startedNanos) {
        this.dispatch = dispatch;
        this.route = route;
        this.destination = destination;
        this.endpoint = endpoint;
        this.number = number;
        this.startedNanos = startedNanos;
        this.deadlineNanos = Deadlines.earlier(
                dispatch.deadlineNanos(),
                Deadlines.after(startedNanos, route.retry().perTryTimeoutNanos()));
        this.endedNanos = startedNanos;
        this.security = destination.cluster().security(endpoint);
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
    public @Nullable PeerExpectation security() {
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
        return route.rewritePath(call());
    }

    @Override
    public @Nullable String rewrittenAuthority() {
        String own = destination.authority();
        return own == null ? route.rewriteAuthority() : own;
    }

    @Override
    public void writeRequestHeaders(HeaderSink sink) {
        route.writeRequestHeaders(sink);
        destination.writeRequestHeaders(sink);
        if (headers != null) {
            for (int i = 0; i < headers.size(); i += 2) {
                sink.set(headers.get(i), headers.get(i + 1));
            }
        }
    }

    @Override
    public void writeResponseHeaders(HeaderSink sink) {
        // The inner edit first, as a response meets them.
        destination.writeResponseHeaders(sink);
        route.writeResponseHeaders(sink);
    }

    @Override
    public boolean editsResponse() {
        return route.editsResponse() || destination.editsResponse();
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
        if (headers == null) {
            headers = new ArrayList<>(4);
        }
        headers.add(name);
        headers.add(value);
    }

    Dispatch dispatch() {
        return dispatch;
    }

    Destination destination() {
        return destination;
    }

    Route route() {
        return route;
    }

    /** {@return the cluster itself, where {@link #cluster()} is its name} */
    Cluster target() {
        return destination.cluster();
    }

    /** Remembers where this attempt is counted as in flight. */
    void load(LocalityLoad counted) {
        load = counted;
    }

    LocalityLoad load() {
        return Objects.requireNonNull(load);
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
