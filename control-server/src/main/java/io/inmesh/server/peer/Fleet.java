package io.inmesh.server.peer;

import io.grpc.stub.StreamObserver;
import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.ads.ProcessConfig;
import io.inmesh.server.ads.StreamHub;
import io.inmesh.server.ads.Told;
import io.inmesh.server.peer.rpc.AttendeeName;
import io.inmesh.server.peer.rpc.AttendeesRequest;
import io.inmesh.server.peer.rpc.PeersGrpc.PeersStub;
import io.inmesh.server.peer.rpc.Process;
import io.inmesh.server.peer.rpc.ProcessesRequest;
import io.inmesh.server.relay.Attendee;
import io.inmesh.server.relay.Relays;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Question;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The processes of the whole mesh, whichever control server they are connected to. The others are asked each time, and those that do not
 * answer within {@link Peers#PATIENCE} are named.
 */
public final class Fleet {

    /** Whoever looks twice finds everyone in the same place. */
    private static final Comparator<ConnectedProcess> BY_NAME = Comparator.comparing(ConnectedProcess::namespace)
            .thenComparing(ConnectedProcess::instance)
            .thenComparing(ConnectedProcess::nodeId);

    private final StreamHub hub;
    private final Relays relays;
    private final Peers peers;

    /** Knows those that are connected to this server, and asks {@code peers} for the others. */
    public Fleet(StreamHub hub, Relays relays, Peers peers) {
        this.hub = hub;
        this.relays = relays;
        this.peers = peers;
    }

    /** {@return by id, the servers that cannot be reached at present, and why} */
    public Map<String, String> unreachable() {
        return peers.problems();
    }

    /**
     * {@return all clients that are connected and have said who they are, by namespace and name; one that has gone over to another server, as
     * it is there}
     */
    public Heard<ConnectedProcess> processes() {
        Heard<ConnectedProcess> elsewhere = peers.ask(
                (PeersStub stub, StreamObserver<Process> answers) ->
                        stub.processes(ProcessesRequest.getDefaultInstance(), answers),
                (peer, process) -> ProcessMessages.read(process));
        Heard<ConnectedProcess> all = and(hub.processes(), elsewhere);
        List<ConnectedProcess> newest = new ArrayList<>(Newest.of(all.all(), process -> process));
        newest.sort(BY_NAME);
        return new Heard<>(newest, all.silent());
    }

    /** {@return what all clients have been sent, by name and version and without its content} */
    public ToldByAll configs() {
        return told(ProcessesRequest.newBuilder().setConfig(true).build());
    }

    /** {@return what the clients with an xDS node id have been sent, usually one} */
    public ToldByAll configs(String node) {
        return told(ProcessesRequest.newBuilder()
                .setNode(node)
                .setConfig(true)
                .setContents(true)
                .build());
    }

    private ToldByAll told(ProcessesRequest request) {
        Heard<Telling> elsewhere = peers.ask(
                (PeersStub stub, StreamObserver<Process> answers) -> stub.processes(request, answers),
                (peer, process) -> Telling.read(process));
        Told here = hub.configs(process -> ProcessMessages.wanted(request, process));
        List<Telling> all = new ArrayList<>();
        here.configs().forEach(config -> all.add(Telling.of(config)));
        here.silent().forEach(process -> all.add(new Telling(process, Optional.empty())));
        all.addAll(elsewhere.all());
        List<ProcessConfig> configs = new ArrayList<>();
        List<ConnectedProcess> busy = new ArrayList<>();
        for (Telling one : Newest.of(all, Telling::process)) {
            one.config().ifPresentOrElse(configs::add, () -> busy.add(one.process()));
        }
        return new ToldByAll(new Told(configs, busy), elsewhere.silent());
    }

    /** {@return all processes that can be asked something} */
    public Heard<Askable> askable() {
        Heard<Askable> elsewhere = peers.ask(
                (PeersStub stub, StreamObserver<AttendeeName> answers) ->
                        stub.attendees(AttendeesRequest.getDefaultInstance(), answers),
                Askable::at);
        return and(relays.all().stream().map(Askable::here).toList(), elsewhere);
    }

    private static <T> Heard<T> and(List<T> here, Heard<T> elsewhere) {
        return new Heard<>(
                Stream.concat(here.stream(), elsewhere.all().stream()).toList(), elsewhere.silent());
    }

    /**
     * Asks processes something.
     *
     * @param question without number
     * @param answers is given every part of what each answers, on threads that must not be kept; the last one of each is its end, also if
     *     the process or its server goes away
     * @return calls it off; what is on its way may still be told
     */
    public Runnable ask(List<Askable> processes, Question.Builder question, BiConsumer<Askable, Answer> answers) {
        List<Runnable> cancels = new ArrayList<>();
        Map<Peer, List<Askable>> elsewhere = new LinkedHashMap<>();
        for (Askable process : processes) {
            Attendee attendee = process.attendee();
            Peer peer = process.peer();
            if (attendee != null) {
                cancels.add(attendee.ask(question.clone(), part -> answers.accept(process, part)));
            } else if (peer != null) {
                elsewhere.computeIfAbsent(peer, unseen -> new ArrayList<>()).add(process);
            }
        }
        elsewhere.forEach((peer, there) -> cancels.add(RelayedQuestion.ask(peer, there, question.build(), answers)));
        return () -> cancels.forEach(Runnable::run);
    }
}
