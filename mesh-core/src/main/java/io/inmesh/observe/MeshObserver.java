package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.endpoint.CheckState;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.limit.BreakerState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees what the mesh does and cannot change it. Every method has an empty default.
 *
 * <pre>
 * callStarted ── CallObserver
 *    ├─ attemptStarted ── attemptEnded          once per try
 *    │     └─ retrying | retryRefused           when a try failed and another would be allowed
 *    └─ callEnded                               exactly once
 * inboundStarted ── InboundObserver
 *    ├─ checked                                 what an external authorizer said, if one was asked
 *    ├─ authorized · audited · shadowDecided    what policies said, where there are any
 *    ├─ refused                                 the mesh said no; the last event
 *    └─ ended                                   the application is done, for real
 * rateLimitFull                              a table of buckets has no room for one more value
 * tokensEvicted                              verified tokens were forgotten, there are more than are kept
 * ejected · returned                            an endpoint leaves or re-enters rotation
 * mirrorEnded | mirrorSkipped                 a copy of a call for another cluster, apart from the call
 * probed                                        an endpoint was asked for its load
 * breakerChanged                                the breaker of a cluster opens, tries or closes
 * checked · checkChanged                        an endpoint was asked whether it is well; what that shows changes
 * configApplied · configRejected
 * resourcesReceived                             from the control server
 * identityChanged
 * </pre>
 *
 * <p>Events of one call come one at a time, possibly on different threads. Methods must be quick and must not block. Observers that keep
 * nothing per call return the same object for every call of a route, so observing allocates nothing.
 */
public interface MeshObserver {

    /** Sees nothing. */
    MeshObserver NONE = new MeshObserver() {};

    /** {@return whether adapters are to count the bytes and messages of streams, which they do for nobody else} */
    default boolean wantsSizes() {
        return false;
    }

    /**
     * A call to a host of the mesh begins, on the thread of the application.
     *
     * @param call what was asked for
     * @param virtualHost name of the virtual host, from config: a bounded set
     * @param route name of the route, from config: a bounded set; null if none matched
     * @return told about this call
     */
    default CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
        return CallObserver.NONE;
    }

    /**
     * A request came in, before anything was decided about it.
     *
     * @return told about this request
     */
    default InboundObserver inboundStarted(InboundCall call) {
        return InboundObserver.NONE;
    }

    /**
     * A rate limit with a bucket per value knows as many values as it may; a request took its token from the bucket that all further
     * ones share.
     *
     * @param limit name of the limit, from config: a bounded set
     */
    default void rateLimitFull(String limit) {}

    /**
     * More valid tokens of an issuer are in use than are kept, so that some have to be verified again.
     *
     * @param issuer the issuer, from config: a bounded set
     * @param tokens how many were forgotten
     */
    default void tokensEvicted(String issuer, int tokens) {}

    /** An endpoint was taken out of rotation by a rule for {@code durationNanos}; {@code why} is one short sentence with the figures. */
    default void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {}

    /** An endpoint is back in rotation. */
    default void returned(Endpoint endpoint) {}

    /** Why a copy of a call that a route wants mirrored was not sent. */
    enum MirrorSkip {
        /** Too many copies are in flight to the cluster. */
        OVERFLOW,
        /** The cluster does not exist. */
        NO_CLUSTER,
        /** The body is larger than what is copied. */
        BODY_TOO_LARGE,
        /** The body can be read only once, or its length is known to its end only. */
        BODY_NOT_REPLAYABLE,
        /** The call is a stream. */
        STREAMING,
        /** The call ended before all of it was known. */
        CALL_ENDED
    }

    /**
     * A copy of a call ended. Copies are no calls: no other event tells of them.
     *
     * @param cluster name of the cluster that got it
     * @param durationNanos time since it started
     */
    default void mirrorEnded(String cluster, Call copy, Outcome outcome, long durationNanos) {}

    /** A copy was not sent. */
    default void mirrorSkipped(String cluster, MirrorSkip why) {}

    /** An endpoint was asked for its load, beside all calls; {@code answered} says whether it told. */
    default void probed(Endpoint endpoint, boolean answered) {}
    /** An endpoint was asked whether it is well, and passed or did not. */
    default void checked(Endpoint endpoint, boolean passed) {}

    /** What the checks of an endpoint have shown has changed; {@code why} is what was wrong, empty if nothing is. */
    default void checkChanged(Endpoint endpoint, CheckState.Verdict verdict, String why) {}

    /** The failure-rate breaker of a cluster does something else with calls from now on. */
    default void breakerChanged(String cluster, BreakerState from, BreakerState to) {}

    /** A config is in use; {@code durationNanos} is what compiling and publishing took. */
    default void configApplied(String version, long durationNanos) {}

    /** A config was refused and the one before stays; each problem names resource, field and remedy. */
    default void configRejected(String version, List<String> problems) {}

    /**
     * A control server sent resources of one type, which were taken or refused as a whole message.
     *
     * @param type name of the type without its package: {@code Cluster}, {@code Listener}; a bounded set
     */
    default void resourcesReceived(String type, boolean accepted) {}

    /** This process has another certificate, or trusts other roots. */
    default void identityChanged(IdentityEpoch epoch) {}
}
