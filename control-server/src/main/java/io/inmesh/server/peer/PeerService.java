package io.inmesh.server.peer;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.server.ads.StreamHub;
import io.inmesh.server.ads.Told;
import io.inmesh.server.lrs.Reports;
import io.inmesh.server.peer.rpc.AskAnswer;
import io.inmesh.server.peer.rpc.AskRequest;
import io.inmesh.server.peer.rpc.AttendeeName;
import io.inmesh.server.peer.rpc.AttendeesRequest;
import io.inmesh.server.peer.rpc.Batch;
import io.inmesh.server.peer.rpc.Hearing;
import io.inmesh.server.peer.rpc.HearingRequest;
import io.inmesh.server.peer.rpc.PeersGrpc.PeersImplBase;
import io.inmesh.server.peer.rpc.Process;
import io.inmesh.server.peer.rpc.ProcessesRequest;
import io.inmesh.server.peer.rpc.Taken;
import io.inmesh.server.relay.Relays;
import io.inmesh.server.time.Timer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** Where other control servers call this one, over gRPC. Nobody else is let in. */
public final class PeerService implements BindableService {

    /** How long processes have to tell what they have been sent; the rest of {@link Peers#PATIENCE} is for the way to who asks. */
    static final Duration TELLING_LIMIT = Duration.ofMillis(1500);

    private final Senders senders;
    private final StreamHub hub;
    private final Relays relays;
    private final BooleanSupplier hears;
    private final Executor patient;
    private final Counter taken;

    /**
     * Answers from what this server has.
     *
     * @param reports where goes what processes of other servers report
     * @param hub who is connected to this server
     * @param relays who can be asked something
     * @param hears whether this server hears of what happens in the store
     * @param patient waits for processes to tell what they have been sent
     * @param timer waits for servers that have gone
     * @param meters counts
     */
    public PeerService(
            Reports reports,
            StreamHub hub,
            Relays relays,
            BooleanSupplier hears,
            Executor patient,
            Timer timer,
            MeterRegistry meters) {
        this.hub = hub;
        this.relays = relays;
        this.hears = hears;
        this.patient = patient;
        this.senders = new Senders(reports, timer);
        this.taken = Counter.builder("inmesh.peer.reports.taken")
                .description("Reports of processes that are connected to other control servers")
                .register(meters);
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerInterceptors.intercept(new Calls(), new PeerGate());
    }

    private final class Calls extends PeersImplBase {

        @Override
        public StreamObserver<Batch> passOn(StreamObserver<Taken> answers) {
            Passing passing = new Passing(answers);
            ServerCallStreamObserver<Taken> call = (ServerCallStreamObserver<Taken>) answers;
            // What is said to a server that has gone would throw otherwise.
            call.setOnCancelHandler(passing::end);
            // A stream that this side ends, as the gate does with a caller that has been denied, tells its batches
            // nothing.
            call.setOnCloseHandler(passing::end);
            return passing;
        }

        @Override
        public void processes(ProcessesRequest request, StreamObserver<Process> answers) {
            ServerCallStreamObserver<Process> call = (ServerCallStreamObserver<Process>) answers;
            // What is said to a server that waits no longer would throw otherwise.
            call.setOnCancelHandler(() -> {});
            if (request.getConfig()) {
                patient.execute(() -> {
                    if (!call.isCancelled()) {
                        configs(request, call);
                    }
                });
                return;
            }
            hub.processes().stream()
                    .filter(process -> ProcessMessages.wanted(request, process))
                    .forEach(process -> call.onNext(ProcessMessages.of(process, request.getContents())));
            call.onCompleted();
        }

        private void configs(ProcessesRequest request, StreamObserver<Process> answers) {
            Told told = hub.configs(process -> ProcessMessages.wanted(request, process), TELLING_LIMIT);
            told.configs().forEach(config -> answers.onNext(ProcessMessages.of(config, request.getContents())));
            told.silent().forEach(process -> answers.onNext(ProcessMessages.of(process, request.getContents())));
            answers.onCompleted();
        }

        @Override
        public void attendees(AttendeesRequest request, StreamObserver<AttendeeName> answers) {
            ((ServerCallStreamObserver<AttendeeName>) answers).setOnCancelHandler(() -> {});
            relays.all().forEach(attendee -> answers.onNext(Askable.nameOf(attendee)));
            answers.onCompleted();
        }

        @Override
        public void ask(AskRequest request, StreamObserver<AskAnswer> answers) {
            AskCall.begin(request, relays, (ServerCallStreamObserver<AskAnswer>) answers);
        }

        @Override
        public void hears(HearingRequest request, StreamObserver<Hearing> answers) {
            ((ServerCallStreamObserver<Hearing>) answers).setOnCancelHandler(() -> {});
            answers.onNext(Hearing.newBuilder().setHears(hears.getAsBoolean()).build());
            answers.onCompleted();
        }
    }

    private final class Passing implements StreamObserver<Batch> {
        private final StreamObserver<Taken> answers;
        private String sender = "";
        private boolean ended;

        Passing(StreamObserver<Taken> answers) {
            this.answers = answers;
        }

        @Override
        public void onNext(Batch batch) {
            if (ended) {
                return;
            }
            if (sender.isEmpty() && !batch.getSender().isEmpty()) {
                sender = batch.getSender();
                senders.connected(sender);
            }
            if (sender.isEmpty() || !sender.equals(batch.getSender())) {
                end();
                answers.onError(Status.INVALID_ARGUMENT
                        .withDescription("every batch of a stream has to name the same sender")
                        .asRuntimeException());
                return;
            }
            if (senders.take(batch)) {
                taken.increment(batch.getReportsCount());
            }
            answers.onNext(Taken.newBuilder().setNumber(batch.getNumber()).build());
        }

        @Override
        public void onError(Throwable cause) {
            end();
        }

        @Override
        public void onCompleted() {
            end();
            answers.onCompleted();
        }

        void end() {
            if (!ended) {
                ended = true;
                if (!sender.isEmpty()) {
                    senders.disconnected(sender);
                }
            }
        }
    }
}
