package io.inmesh.dispatch;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.limit.ConnectionLimit;
import io.inmesh.limit.ConnectionTurn;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Deadlines;

/**
 * Bounds the connections in use to a cluster, of which each HTTP attempt in flight has one. An attempt that finds none free waits for one
 * until its deadline, or is refused at once if as many wait as may. gRPC calls share connections and pass.
 *
 * <p>A hedge never waits: what is only worth something at once is not sent.
 */
final class ConnectionPermit implements Stage<OutboundAttempt>, Ticket<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> UNLIMITED = Verdict.admit();

    private final Verdict<OutboundAttempt> permit = Verdict.admit(this);

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        ConnectionLimit connections = attempt.target().limits().connections();
        if (!connections.limited() || attempt.call().protocol() != Call.Protocol.HTTP) {
            return UNLIMITED;
        }
        if (connections.tryBegin()) {
            return permit;
        }
        ConnectionTurn turn = attempt.hedge() ? null : connections.await();
        if (turn == null) {
            return Verdict.reject(Rejections.noConnectionFree(attempt));
        }
        attempt.awaits(turn);
        long leftNanos = Deadlines.remaining(attempt.deadlineNanos(), attempt.startedNanos());
        return new Verdict.Admit<>(new Waited(turn), turn.granted() ? 0 : leftNanos, turn);
    }

    @Override
    public void settle(OutboundAttempt attempt, Outcome outcome) {
        attempt.target().limits().connections().end();
    }

    private record Waited(ConnectionTurn turn) implements Ticket<OutboundAttempt> {

        @Override
        public void settle(OutboundAttempt attempt, Outcome outcome) {
            turn.leave();
        }
    }
}
