package io.inmesh.server.peer;

import io.grpc.stub.ServerCallStreamObserver;
import io.inmesh.server.peer.rpc.AskAnswer;
import io.inmesh.server.peer.rpc.AskRequest;
import io.inmesh.server.peer.rpc.AttendeeName;
import io.inmesh.server.relay.Attendee;
import io.inmesh.server.relay.Relays;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Ended;
import java.util.ArrayList;
import java.util.List;

/**
 * A question of another server to processes that are connected to this one. Requests that were seen and that the other does not read as fast as
 * they come are left out and counted, as they are where nothing is relayed between servers.
 */
final class AskCall {

    private final ServerCallStreamObserver<AskAnswer> answers;
    private final List<Runnable> cancels = new ArrayList<>();
    private final long[] skipped;
    private int open;
    private boolean over;

    private AskCall(ServerCallStreamObserver<AskAnswer> answers, int attendees) {
        this.answers = answers;
        this.skipped = new long[attendees];
        this.open = attendees;
    }

    /** Asks those that are there. */
    static void begin(AskRequest request, Relays relays, ServerCallStreamObserver<AskAnswer> answers) {
        AskCall call = new AskCall(answers, request.getAttendeesCount());
        answers.setOnCancelHandler(call::callOff);
        if (request.getAttendeesCount() == 0) {
            answers.onCompleted();
        }
        for (int i = 0; i < request.getAttendeesCount(); i++) {
            call.ask(i, request.getAttendees(i), request, relays);
        }
    }

    private void ask(int which, AttendeeName name, AskRequest request, Relays relays) {
        Attendee attendee = relays.all().stream()
                .filter(candidate -> Askable.nameOf(candidate).equals(name))
                .findFirst()
                .orElse(null);
        if (attendee == null) {
            answered(
                    which,
                    Answer.newBuilder()
                            .setEnded(Ended.newBuilder().setRefusal("the process has gone"))
                            .build());
            return;
        }
        Runnable cancel = attendee.ask(request.getQuestion().toBuilder().clearNumber(), part -> answered(which, part));
        synchronized (this) {
            if (!over) {
                cancels.add(cancel);
                return;
            }
        }
        cancel.run();
    }

    private synchronized void answered(int which, Answer part) {
        if (over) {
            return;
        }
        if (part.hasSeen() && !answers.isReady()) {
            skipped[which]++;
            return;
        }
        answers.onNext(AskAnswer.newBuilder()
                .setAttendee(which)
                .setAnswer(part.hasEnded() ? withSkipped(part, skipped[which]) : part)
                .build());
        if (part.hasEnded() && --open == 0) {
            over = true;
            answers.onCompleted();
        }
    }

    private static Answer withSkipped(Answer end, long more) {
        Ended ended = end.getEnded();
        return end.toBuilder()
                .setEnded(ended.toBuilder().setSkipped(ended.getSkipped() + more))
                .build();
    }

    private void callOff() {
        List<Runnable> all;
        synchronized (this) {
            over = true;
            all = List.copyOf(cancels);
        }
        all.forEach(Runnable::run);
    }
}
