package io.inmesh.inbound;

import io.inmesh.authz.Decision;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.identity.SpiffeId;
import io.inmesh.live.LiveRequests;
import io.inmesh.live.SeenRequest;
import io.inmesh.live.SeenRequests;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows requests as they end. */
final class WatchRequest implements Stage<InboundWork>, Ticket<InboundWork> {

    private static final String WITHOUT_IDENTITY = "TLS without identity";
    private static final Verdict<InboundWork> UNWATCHED = Verdict.admit();

    private final Verdict<InboundWork> watched = Verdict.admit(this);

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        return work.parts().live() == LiveRequests.OFF ? UNWATCHED : watched;
    }

    @Override
    public void settle(InboundWork work, Outcome outcome) {
        if (work.parts().live().wants(outcome)) {
            work.parts().live().show(describe(work, outcome), outcome);
        }
    }

    private static SeenRequest describe(InboundWork work, Outcome outcome) {
        InboundCall call = work.call();
        @Nullable Decision decision = work.decision();
        @Nullable InetAddress address = call.peerAddress();
        return new SeenRequest(
                false,
                work.parts().clock().epochMillis(),
                work.elapsedNanos(),
                call.protocol().name().toLowerCase(Locale.ROOT),
                call.method(),
                call.host(),
                call.localPort(),
                SeenRequests.path(call),
                SeenRequests.headers(call),
                SeenRequests.traceId(call, work.observer().traceId()),
                SeenRequests.status(outcome),
                SeenRequests.grpcStatus(call, outcome),
                SeenRequests.result(outcome),
                SeenRequests.detail(outcome),
                "",
                "",
                "",
                "",
                address == null ? "" : address.getHostAddress(),
                List.of(),
                0,
                peer(call),
                decision == null || decision.policy() == null ? "" : decision.policy(),
                "",
                decision == null ? null : decision.reason());
    }

    private static String peer(InboundCall call) {
        SpiffeId peer = call.peer();
        return peer != null ? peer.toString() : call.secure() ? WITHOUT_IDENTITY : "";
    }
}
