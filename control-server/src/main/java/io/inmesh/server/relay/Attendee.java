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
import org.jspecify.annotations.Nullable;

/** One process that can be asked something. Safe for use by several threads. */
public final class Attendee {

    /** Questions to one process that are open at once. */
    static final int MOST_OPEN = 16;

    private static final int NODE_PARTS = 4;
    private static final String GONE = "the process has gone";

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

    /** {@return the service that it says it is of} */
    public String service() {
        return service;
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
     * @return calls it off; nothing more is told then
     */
    public Runnable ask(Question.Builder question, Consumer<Answer> answers) {
        long number;
        boolean left;
        synchronized (this) {
            number = ++numbers;
            left = gone;
            if (!left && open.size() < MOST_OPEN) {
                open.put(number, answers);
                questions.onNext(question.setNumber(number).build());
                return () -> cancel(number);
            }
        }
        answers.accept(ended(number, left ? GONE : "the process is asked too much at once; try again"));
        return () -> {};
    }

    /** What the process still says to it is of no interest; one that says nothing must not stay busy with it. */
    private synchronized void cancel(long number) {
        if (open.remove(number) != null && !gone) {
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

    /** Another stream of the process has taken the place of this one, which ends. */
    void replaced() {
        leave(Status.ABORTED.withDescription("another stream of this process has taken its place"));
    }

    /** The process has gone. */
    void left() {
        leave(null);
    }

    /** Tells whoever waits for answers that there will be none. */
    private void leave(@Nullable Status reason) {
        Map<Long, Consumer<Answer>> waiting;
        synchronized (this) {
            if (gone) {
                return;
            }
            gone = true;
            waiting = Map.copyOf(open);
            open.clear();
            if (reason != null) {
                questions.onError(reason.asRuntimeException());
            }
        }
        waiting.forEach((number, answers) -> answers.accept(ended(number, GONE)));
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
