package io.inmesh.dispatch;

import io.inmesh.balance.Tried;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import io.inmesh.live.LiveRequests;
import io.inmesh.live.SeenRequest;
import io.inmesh.live.SeenRequests;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Shows calls as they end. */
final class WatchCall implements Stage<OutboundCall>, Ticket<OutboundCall> {

    private static final int MOST_IDENTITIES = 3;
    private static final String OUTSIDE_THE_MESH = "TLS outside the mesh";

    private final LiveRequests live;
    private final Clock clock;
    private final Verdict<OutboundCall> admit = Verdict.admit(this);

    WatchCall(LiveRequests live, Clock clock) {
        this.live = live;
        this.clock = clock;
    }

    @Override
    public Verdict<OutboundCall> admit(OutboundCall call) {
        return admit;
    }

    @Override
    public void settle(OutboundCall call, Outcome outcome) {
        if (live.wants(outcome)) {
            live.show(describe(call, outcome), outcome);
        }
    }

    private SeenRequest describe(OutboundCall work, Outcome outcome) {
        Call call = work.call();
        @Nullable Route route = work.route();
        @Nullable OutboundAttempt last = work.lastAttempt();
        return new SeenRequest(
                true,
                clock.epochMillis(),
                work.elapsedNanos(),
                call.protocol().name().toLowerCase(Locale.ROOT),
                call.method(),
                call.host(),
                call.port(),
                SeenRequests.path(call),
                SeenRequests.headers(call),
                SeenRequests.traceId(call, Observing.traceId(work.observer())),
                SeenRequests.status(outcome),
                SeenRequests.grpcStatus(call, outcome),
                SeenRequests.result(outcome),
                SeenRequests.detail(outcome),
                work.virtualHost().name(),
                route == null ? "" : route.name(),
                route == null ? "" : route.config().origin(),
                cluster(work, last),
                last == null ? "" : address(last.endpoint()),
                triedBefore(work.tried, last),
                work.attempts(),
                last == null || work.attemptPending || notConnected(outcome) ? SeenRequests.NOBODY : peer(last),
                "",
                work.version(),
                live.wantsExplanation(outcome) ? ShownExplanation.of(work.explain()) : null);
    }

    private static String cluster(OutboundCall work, @Nullable OutboundAttempt last) {
        if (last != null) {
            return last.cluster();
        }
        Destination drawn = work instanceof AttemptedCall attempted ? attempted.destination : null;
        return drawn == null ? "" : drawn.cluster().name();
    }

    private static List<String> triedBefore(@Nullable Tried tried, @Nullable OutboundAttempt last) {
        return tried == null
                ? List.of()
                : tried.endpoints().stream()
                        .filter(endpoint -> last == null || endpoint != last.endpoint())
                        .map(WatchCall::address)
                        .toList();
    }

    private static String address(Endpoint endpoint) {
        return endpoint.host() + ":" + endpoint.port();
    }

    private static boolean notConnected(Outcome outcome) {
        return outcome instanceof Outcome.Failure failure && failure.kind() == Outcome.Failure.Kind.CONNECT;
    }

    private static String peer(OutboundAttempt attempt) {
        ConnectionSecurity security = attempt.security();
        if (security == null) {
            return "";
        }
        return security instanceof PeerExpectation expected
                ? expected.identities().stream()
                        .map(SpiffeId::toString)
                        .sorted()
                        .limit(MOST_IDENTITIES)
                        .collect(Collectors.joining(" or "))
                : OUTSIDE_THE_MESH;
    }
}
