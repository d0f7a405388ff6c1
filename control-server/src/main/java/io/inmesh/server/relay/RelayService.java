package io.inmesh.server.relay;

import io.grpc.Status;
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
        return new Attending(Caller.current(), questions);
    }

    private final class Attending implements StreamObserver<Answer> {
        private final Caller caller;
        private final StreamObserver<Question> questions;
        private @Nullable Attendee attendee;

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
            Optional<Attendee> entering = caller.identity()
                    .filter(identity -> part.hasNode())
                    .flatMap(identity -> Attendee.of(part.getNode(), identity, questions));
            if (entering.isEmpty()) {
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
            questions.onCompleted();
        }

        private void leave() {
            Attendee known = attendee;
            if (known != null) {
                relays.left(known);
            }
        }
    }
}
