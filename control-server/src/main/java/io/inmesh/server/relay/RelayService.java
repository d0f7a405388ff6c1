package io.inmesh.server.relay;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Question;
import io.inmesh.xds.relay.RelayGrpc.RelayImplBase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where processes wait for questions, over gRPC. Who a process is its certificate tells. */
public final class RelayService extends RelayImplBase {

    private final Relays relays;

    /** Lets processes in to {@code relays}. */
    public RelayService(Relays relays) {
        this.relays = relays;
    }

    @Override
    public StreamObserver<Answer> attend(StreamObserver<Question> questions) {
        // Otherwise a question to a process that is just going would throw; that it goes, its side of the stream tells.
        ((ServerCallStreamObserver<Question>) questions).setOnCancelHandler(() -> {});
        return new Attending(Caller.current(), questions);
    }

    private final class Attending implements StreamObserver<Answer> {
        private final Caller caller;
        private final StreamObserver<Question> questions;
        private @Nullable Attendee attendee;
        private boolean refused;

        Attending(Caller caller, StreamObserver<Question> questions) {
            this.caller = caller;
            this.questions = questions;
        }

        @Override
        public void onNext(Answer part) {
            Attendee known = attendee;
            if (known != null) {
                known.received(part);
                return;
            }
            if (refused) {
                return;
            }
            Optional<Attendee> entering = caller.identity()
                    .filter(identity -> part.hasNode())
                    .flatMap(identity -> Attendee.of(part.getNode(), identity, questions));
            if (entering.isEmpty()) {
                refused = true;
                questions.onError(Status.PERMISSION_DENIED
                        .withDescription(
                                "the first message has to name the process, in the namespace of its certificate")
                        .asRuntimeException());
                return;
            }
            attendee = entering.get();
            relays.entered(entering.get());
        }

        @Override
        public void onError(Throwable cause) {
            leave();
        }

        @Override
        public void onCompleted() {
            leave();
            if (!refused) {
                questions.onCompleted();
            }
        }

        private void leave() {
            Attendee known = attendee;
            if (known != null) {
                relays.left(known);
            }
        }
    }
}
