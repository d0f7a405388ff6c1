package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.call.HeaderSink;
import io.inmesh.call.Outcome;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.fault.Fault;
import io.inmesh.retry.RetryPolicy;
import io.inmesh.time.Randomness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One rule of a virtual host and the clusters it leads to. Immutable. */
public final class Route {

    private final RouteRule rule;
    private final Destination[] destinations;
    /** Where each destination's stretch of the line of weights ends. */
    private final long[] ends;

    private final List<MirrorTarget> mirrors;

    Route(RouteRule rule, List<Destination> destinations, List<MirrorTarget> mirrors) {
        this.rule = rule;
        this.mirrors = List.copyOf(mirrors);
        this.destinations = destinations.toArray(new Destination[0]);
        this.ends = new long[this.destinations.length];
        long end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += this.destinations[i].weight();
            ends[i] = end;
        }
    }

    RouteRule rule() {
        return rule;
    }

    boolean matches(Call call) {
        return rule.test().test(call);
    }

    /** {@return the first thing about a call that this route does not want, in words; null if it matches} */
    public @Nullable String mismatch(Call call) {
        return rule.test().mismatch(call);
    }

    /** {@return what it was compiled from} */
    public RouteConfig config() {
        return rule.config();
    }

    /** {@return its name} */
    public String name() {
        return rule.config().name();
    }

    /** {@return longest time of a whole call; {@link Long#MAX_VALUE} if there is no limit} */
    public long timeoutNanos() {
        return rule.timeoutNanos();
    }

    /** {@return what is repeated} */
    public RetryPolicy retry() {
        return rule.retry();
    }

    /** {@return injected faults, null for none} */
    public @Nullable Fault fault() {
        return rule.fault();
    }

    /** {@return the answer of a route that calls nobody, null for the others} */
    public Outcome.@Nullable LocalReply localReply(Call call) {
        return rule.localReply(call);
    }

    /** {@return where it leads; empty if it calls nobody} */
    public List<Destination> destinations() {
        return List.of(destinations);
    }

    /** {@return the first of its destinations, which stands for all before one is drawn; null if it calls nobody} */
    public @Nullable Destination first() {
        return destinations.length == 0 ? null : destinations[0];
    }

    /** {@return who gets copies of its calls} */
    public List<MirrorTarget> mirrors() {
        return mirrors;
    }

    /** Says that it is called, so that whatever clusters it may lead to are asked for their endpoints, if these are not known. */
    public void ask() {
        for (Destination destination : destinations) {
            destination.cluster().ask();
        }
        mirrors.forEach(mirror -> mirror.cluster().ask());
    }

    /**
     * {@return the route of a copy: edited and rewritten like the call itself, without faults, retries or copies of its own}
     *
     * @param chosen where the call itself goes
     * @param mirror where the copy goes
     */
    public Route copyTo(Destination chosen, Cluster mirror) {
        return new Route(rule.ofCopies(), List.of(chosen.at(mirror)), List.of());
    }

    /** {@return a destination, drawn by weight; never one of weight zero; null only if it calls nobody} */
    public @Nullable Destination pick(Randomness random) {
        if (destinations.length <= 1) {
            return destinations.length == 0 ? null : destinations[0];
        }
        long drawn = random.below(ends[ends.length - 1]);
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (drawn < ends[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return destinations[low];
    }

    /** {@return the path to send instead, null to keep it} */
    public @Nullable String rewritePath(Call call) {
        Rewrite rewrite = rule.rewrite();
        return rewrite == null ? null : rewrite.path(call.path());
    }

    /** {@return the authority to send instead, null to keep it} */
    public @Nullable String rewriteAuthority() {
        Rewrite rewrite = rule.rewrite();
        return rewrite == null ? null : rewrite.authority();
    }

    /**
     * {@return what of a call decides where it goes in a cluster that hashes}
     *
     * @param randomness draws what the call does not have
     */
    public CallKey key(Call call, Randomness randomness) {
        return rule.hashKeys().of(call, randomness);
    }

    /** Writes its edits of a request. */
    public void writeRequestHeaders(HeaderSink sink) {
        rule.requestHeaders().write(sink);
    }

    /** Writes its edits of a response. */
    public void writeResponseHeaders(HeaderSink sink) {
        rule.responseHeaders().write(sink);
    }

    /** {@return whether it edits responses} */
    public boolean editsResponse() {
        return !rule.responseHeaders().isEmpty();
    }
}
