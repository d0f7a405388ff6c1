package io.inmesh.server.ads;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.ca.WorkloadIdentity;
import io.inmesh.xds.status.ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceImplBase;
import io.inmesh.xds.status.ClientStatusRequest;
import io.inmesh.xds.status.ClientStatusResponse;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what clients have been sent and what they made of it (CSDS). {@code grpcdebug} takes an answer about one client only, and
 * cannot say which it wants; {@code meshctl csds} asks for it.
 *
 * <p>A workload is told of processes with its own identity only; where nobody can prove who they are, on loopback, of all. A request with a
 * node asks for the client of that id, one without asks for all.
 */
public final class ClientStatusService extends ClientStatusDiscoveryServiceImplBase {

    private static final Logger LOG = LoggerFactory.getLogger(ClientStatusService.class);

    private final Function<Predicate<ConnectedProcess>, Told> clients;
    private final Executor telling;
    private final boolean certificateNeeded;
    private final AnswerTurns turns = new AnswerTurns();

    /**
     * Tells of the clients of {@code hub}.
     *
     * @param telling runs what waits for streams to tell what they have sent: not the threads that streams run on, which would wait for
     *     themselves
     * @param certificateNeeded whether callers have to prove who they are
     */
    public ClientStatusService(StreamHub hub, Executor telling, boolean certificateNeeded) {
        this(hub::configs, telling, certificateNeeded);
    }

    /**
     * @param clients has those that are wanted tell what they have been sent
     */
    ClientStatusService(
            Function<Predicate<ConnectedProcess>, Told> clients, Executor telling, boolean certificateNeeded) {
        this.clients = clients;
        this.telling = telling;
        this.certificateNeeded = certificateNeeded;
    }

    @Override
    public void fetchClientStatus(ClientStatusRequest request, StreamObserver<ClientStatusResponse> responses) {
        Optional<WorkloadIdentity> identity = Caller.current().identity();
        if (certificateNeeded && identity.isEmpty()) {
            responses.onError(nobody());
            return;
        }
        if (Wanted.unknown(request)) {
            responses.onError(Wanted.refusal());
            return;
        }
        ServerCallStreamObserver<ClientStatusResponse> observer =
                (ServerCallStreamObserver<ClientStatusResponse>) responses;
        Wanted wanted = Wanted.of(request);
        Turn turn = new Turn(Caller.current().address());
        // Whoever asks may be gone before it is told.
        observer.setOnCancelHandler(turn::over);
        observer.setOnCloseHandler(turn::over);
        Mailbox alone = new Mailbox(telling);
        turn.await(() -> alone.execute(() -> turn.use(observer, () -> {
            observer.onNext(answer(wanted, identity));
            observer.onCompleted();
        })));
    }

    @Override
    public StreamObserver<ClientStatusRequest> streamClientStatus(StreamObserver<ClientStatusResponse> responses) {
        Optional<WorkloadIdentity> identity = Caller.current().identity();
        if (certificateNeeded && identity.isEmpty()) {
            responses.onError(nobody());
            return new Asking(request -> {}, () -> {});
        }
        ServerCallStreamObserver<ClientStatusResponse> observer =
                (ServerCallStreamObserver<ClientStatusResponse>) responses;
        // The next question is taken when the last answer is on its way: who reads nothing is kept one answer, not as
        // many as it asks for.
        Turn turn = new Turn(Caller.current().address());
        AtomicBoolean due = new AtomicBoolean();
        Runnable next = () -> {
            if (observer.isReady() && due.compareAndSet(true, false)) {
                turn.over();
                observer.request(1);
            }
        };
        observer.disableAutoRequest();
        observer.setOnReadyHandler(next);
        observer.setOnCancelHandler(turn::over);
        observer.setOnCloseHandler(turn::over);
        observer.request(1);
        Mailbox tasks = new Mailbox(telling);
        return new Asking(
                request -> {
                    boolean unknown = Wanted.unknown(request);
                    Wanted wanted = Wanted.of(request);
                    turn.await(() -> tasks.execute(() -> turn.use(observer, () -> {
                        if (unknown) {
                            turn.end();
                            observer.onError(Wanted.refusal());
                            return;
                        }
                        observer.onNext(answer(wanted, identity));
                        due.set(true);
                        next.run();
                    })));
                },
                () -> turn.await(() -> tasks.execute(() -> turn.use(observer, observer::onCompleted))));
    }

    /** The turn of one call: waited for, taken, and over once. */
    private final class Turn {
        private final String connection;
        private final AtomicBoolean taken = new AtomicBoolean();
        private final AtomicBoolean failed = new AtomicBoolean();

        /**
         * @param connection address that it comes from, with the port
         */
        Turn(String connection) {
            this.connection = connection;
        }

        void await(Runnable answer) {
            turns.await(connection, this, () -> {
                taken.set(true);
                answer.run();
            });
        }

        /** Goes on with the call; what fails ends it, else it would keep the turn of its connection for ever. */
        void use(ServerCallStreamObserver<ClientStatusResponse> observer, Runnable step) {
            if (observer.isCancelled() || failed.get()) {
                over();
                return;
            }
            try {
                step.run();
            } catch (RuntimeException | StackOverflowError e) {
                LOG.error("it could not be told what clients have been sent", e);
                end();
                observer.onError(Status.INTERNAL
                        .withDescription("it could not be told what clients have been sent; the server's log says why")
                        .asRuntimeException());
            }
        }

        /** The call ends, and nothing that was asked on it before is answered. */
        void end() {
            failed.set(true);
            over();
        }

        void over() {
            if (taken.compareAndSet(true, false)) {
                turns.over(connection);
            } else {
                // What it asked for would be kept until its turn comes.
                turns.leave(connection, this);
            }
        }
    }

    /** What a question asks, without what else its megabytes may hold: it is kept until its turn comes. */
    private record Wanted(String node, boolean contents) {
        static Wanted of(ClientStatusRequest request) {
            return new Wanted(request.getNode().getId(), !request.getExcludeResourceContents());
        }

        /** {@return whether there are fields that are not read here} To pass over a condition, as node_matchers, would tell more than was asked. */
        static boolean unknown(ClientStatusRequest request) {
            return !request.getUnknownFields().asMap().isEmpty();
        }

        static StatusRuntimeException refusal() {
            return Status.INVALID_ARGUMENT
                    .withDescription(
                            "the request has fields that this server does not know, such as node_matchers; choose a"
                                    + " process by node.id, or ask for all without it")
                    .asRuntimeException();
        }
    }

    private static StatusRuntimeException nobody() {
        return Status.UNAUTHENTICATED
                .withDescription("a client certificate of this mesh is needed")
                .asRuntimeException();
    }

    /** Questions and the orderly end of a stream; every other end comes through the cancel handler. */
    private record Asking(Consumer<ClientStatusRequest> questions, Runnable end)
            implements StreamObserver<ClientStatusRequest> {
        @Override
        public void onNext(ClientStatusRequest request) {
            questions.accept(request);
        }

        @Override
        public void onError(Throwable cause) {
            // Whoever asked is gone.
        }

        @Override
        public void onCompleted() {
            end.run();
        }
    }

    private ClientStatusResponse answer(Wanted question, Optional<WorkloadIdentity> caller) {
        ClientStatusResponse.Builder response = ClientStatusResponse.newBuilder();
        String wanted = question.node();
        clients.apply(process -> (wanted.isEmpty() || wanted.equals(process.nodeId()))
                        && caller.map(who -> who.namespace().equals(process.namespace())
                                        && who.serviceAccount().equals(process.serviceAccount()))
                                .orElse(!certificateNeeded))
                .configs()
                .forEach(config -> response.addConfig(ClientStatuses.of(config, question.contents())));
        return response.build();
    }
}
