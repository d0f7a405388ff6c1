package io.inmesh.server.peer;

import io.inmesh.server.peer.rpc.Context;
import io.inmesh.server.service.Locality;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.Sidecar;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the resources of a process depend on, as control servers tell each other of it. */
final class ContextMessages {

    private ContextMessages() {}

    static Context of(ClientContext context) {
        Context.Builder message = Context.newBuilder()
                .setNamespace(context.namespace())
                .putAllLabels(context.labels())
                .setDnsDomain(context.dnsDomain())
                .setPersonality(context.personality().name())
                .setRegion(context.locality().region())
                .setZone(context.locality().zone())
                .setSubZone(context.locality().subZone());
        context.sidecar().ifPresent(sidecar -> message.setSidecar(of(sidecar)));
        return message.build();
    }

    static ClientContext read(Context message) {
        return new ClientContext(
                message.getNamespace(),
                message.getLabelsMap(),
                message.getDnsDomain(),
                Personality.valueOf(message.getPersonality()),
                new Locality(message.getRegion(), message.getZone(), message.getSubZone()),
                message.hasSidecar() ? Optional.of(read(message.getSidecar())) : Optional.empty());
    }

    private static io.inmesh.server.peer.rpc.Sidecar of(Sidecar sidecar) {
        io.inmesh.server.peer.rpc.Sidecar.Builder message = io.inmesh.server.peer.rpc.Sidecar.newBuilder()
                .setFolder(sidecar.folder())
                .setAddress(sidecar.address())
                .setLocal(sidecar.local());
        sidecar.ports()
                .forEach((port, application) -> message.putPorts(
                        port,
                        io.inmesh.server.peer.rpc.Sidecar.Application.newBuilder()
                                .setPort(application.port())
                                .setHttp2(application.http2())
                                .build()));
        return message.build();
    }

    private static Sidecar read(io.inmesh.server.peer.rpc.Sidecar message) {
        SortedMap<Integer, Sidecar.Application> ports = new TreeMap<>();
        message.getPortsMap()
                .forEach((port, application) ->
                        ports.put(port, new Sidecar.Application(application.getPort(), application.getHttp2())));
        return new Sidecar(message.getFolder(), message.getAddress(), message.getLocal(), ports);
    }
}
