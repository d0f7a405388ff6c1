package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.peer.SilentServer;
import java.util.List;
import java.util.stream.Collectors;

/** Which control servers have not answered, so that an answer lacks what they know: field {@value #FIELD}, empty if all have. */
final class SilentJson {

    static final String FIELD = "silentServers";

    private SilentJson() {}

    static void write(ObjectNode body, List<SilentServer> silent) {
        ArrayNode list = body.putArray(FIELD);
        silent.forEach(server -> list.addObject()
                .put("name", server.name())
                .put("grpc", server.address())
                .put("processes", server.processes())
                .put("reason", server.reason()));
    }

    /**
     * {@return the problem that something has not been found: that it is not there, or that nobody can know}
     *
     * @param what what was looked for
     */
    static HttpProblem notFound(String what, List<SilentServer> silent) {
        if (silent.isEmpty()) {
            return HttpProblem.notFound(what);
        }
        return HttpProblem.unavailable("no control server that has answered knows " + what + ", and there are others: "
                + silent.stream()
                        .map(server -> server.name() + " at " + server.address() + " (" + server.reason() + ")")
                        .collect(Collectors.joining(", ")));
    }
}
