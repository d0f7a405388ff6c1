package io.inmesh.server.relay;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Ended;
import io.inmesh.xds.relay.Question;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** One process that can be asked something. Safe for use by several threads. */
public final class Attendee {

    /** Questions to one process that are open at once. */
    static final int MOST_OPEN = 16;

    private static final int NODE_PARTS = 4;

    private final WorkloadIdentity identity;
    private final String instance;
    private final String service;
    private final StreamObserver<Question> questions;
    private final Map<Long, Consumer<Answer>> open = new HashMap<>();
    private long numbers;
    private boolean gone;

    private Attendee(WorkloadIdentity identity, String instance, String service, StreamObserver<Question> questions) {
        this.identity = identity;
        this.instance = instance;
        this.service = service;
        this.questions = questions;
    }

    /** {@return a process by what it says about itself, as far as its certificate lets it; empty if it says somebody else's name} */
    static Optional<Attendee> of(Node node, WorkloadIdentity identity, StreamObserver<Question> questions) {
        String[] parts = node.getId().split("~", -1);
        String suffix = "." + identity.namespace();
        if (parts.length != NODE_PARTS || !parts[2].endsWith(suffix)) {
            return Optional.empty();
        }
        String cluster = node.getCluster();
        return Optional.of(new Attendee(
                identity,
                parts[2].substring(0, parts[2].length() - suffix.length()),
                cluster.endsWith(suffix) ? cluster.substring(0, cluster.length() - suffix.length()) : cluster,
                questions));
    }

    /** {@return name of the process, unique in its namespace} */
    public String instance() {
        return instance;
    }

    /** {@return its namespace, proven by its certificate} */
    public String namespace() {
        return identity.namespace();
    }

    /** {@return its service account, proven by its certificate} */
    public String serviceAccount() {
        return identity.serviceAccount();
    }

    /** {@return whether a name is that of this process, of its service or of its service account} */
    public boolean answersTo(String name) {
        return name.equals(instance) || name.equals(service) || name.equals(identity.serviceAccount());
    }

    /**
     * Asks something.
     *
     * @param question without number
     * @param answers is given every part of the answer, on a thread that must not be kept; the last one is {@link Ended}, also if the
     *     process goes away
     * @return calls it off
     */
    public Runnable ask(Question.Builder question, Consumer<Answer> answers) {
        long number;
        synchronized (this) {
            number = ++numbers;
            if (!gone && open.size() < MOST_OPEN) {
                open.put(number, answers);
                questions.onNext(question.setNumber(number).build());
                return () -> cancel(number);
            }
        }
        answers.accept(
                ended(number, gone ? "the process has gone" : "the process is asked too much at once; try again"));
        return () -> {};
    }

    private synchronized void cancel(long number) {
        if (open.containsKey(number) && !gone) {
            questions.onNext(Question.newBuilder()
                    .setNumber(number)
                    .setCancel(io.inmesh.xds.relay.Cancel.getDefaultInstance())
                    .build());
        }
    }

    void received(Answer part) {
        Consumer<Answer> whose;
        synchronized (this) {
            whose = part.hasEnded() ? open.remove(part.getNumber()) : open.get(part.getNumber());
        }
        if (whose != null) {
            whose.accept(part);
        }
    }

    /** Ends the connection's part in this: another stream of the process has taken its place. */
    synchronized void replaced() {
        if (!gone) {
            questions.onError(Status.ABORTED
                    .withDescription("another stream of this process has taken its place")
                    .asRuntimeException());
        }
    }

    /** The process has gone: whoever waits for answers is told so. */
    void left() {
        Map<Long, Consumer<Answer>> waiting;
        synchronized (this) {
            gone = true;
            waiting = Map.copyOf(open);
            open.clear();
        }
        waiting.forEach((number, answers) -> answers.accept(ended(number, "the process has gone")));
    }

    private static Answer ended(long number, String refusal) {
        return Answer.newBuilder()
                .setNumber(number)
                .setEnded(Ended.newBuilder().setRefusal(refusal))
                .build();
    }

    /** {@return {@code namespace/instance}} */
    @Override
    public String toString() {
        return String.join("/", List.of(namespace(), instance));
    }
}
