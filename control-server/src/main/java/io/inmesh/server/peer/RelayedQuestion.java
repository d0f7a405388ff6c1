package io.inmesh.server.peer;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.inmesh.server.peer.rpc.AskAnswer;
import io.inmesh.server.peer.rpc.AskRequest;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Ended;
import io.inmesh.xds.relay.Question;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One question to processes that are connected to another server. Each of them ends once, whatever becomes of that server. */
final class RelayedQuestion implements ClientResponseObserver<AskRequest, AskAnswer> {

    /** No process answers any question for longer. */
    private static final long LONGEST_MINUTES = 6;

    private final List<Askable> processes;
    private final BiConsumer<Askable, Answer> answers;
    private final BitSet ended = new BitSet();
    private @Nullable ClientCallStreamObserver<AskRequest> call;

    private RelayedQuestion(List<Askable> processes, BiConsumer<Askable, Answer> answers) {
        this.processes = List.copyOf(processes);
        this.answers = answers;
    }

    /** Asks; what is returned calls it off. */
    static Runnable ask(Peer peer, List<Askable> processes, Question question, BiConsumer<Askable, Answer> answers) {
        RelayedQuestion asked = new RelayedQuestion(processes, answers);
        AskRequest.Builder request = AskRequest.newBuilder().setQuestion(question);
        processes.forEach(process -> request.addAttendees(process.name()));
        peer.stub().withDeadlineAfter(LONGEST_MINUTES, TimeUnit.MINUTES).ask(request.build(), asked);
        return asked::callOff;
    }

    @Override
    public synchronized void beforeStart(ClientCallStreamObserver<AskRequest> begun) {
        call = begun;
    }

    private void callOff() {
        ClientCallStreamObserver<AskRequest> begun;
        synchronized (this) {
            // Nobody is told any more.
            ended.set(0, processes.size());
            begun = call;
        }
        if (begun != null) {
            begun.cancel("the question has been called off", null);
        }
    }

    @Override
    public void onNext(AskAnswer part) {
        int which = part.getAttendee();
        if (which < processes.size() && open(which, part.getAnswer().hasEnded())) {
            answers.accept(processes.get(which), part.getAnswer());
        }
    }

    private synchronized boolean open(int which, boolean last) {
        boolean open = !ended.get(which);
        if (last) {
            ended.set(which);
        }
        return open;
    }

    @Override
    public void onError(Throwable cause) {
        // Which server that is, not everybody may know who may ask a process.
        endAll("the control server that it is connected to has not answered: "
                + Status.fromThrowable(cause).getCode());
    }

    @Override
    public void onCompleted() {
        endAll("the control server that it is connected to says no more");
    }

    private void endAll(String refusal) {
        for (int which = 0; which < processes.size(); which++) {
            if (open(which, true)) {
                answers.accept(
                        processes.get(which),
                        Answer.newBuilder()
                                .setEnded(Ended.newBuilder().setRefusal(refusal))
                                .build());
            }
        }
    }
}
