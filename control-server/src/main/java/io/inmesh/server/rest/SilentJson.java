package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.peer.SilentServer;
import java.util.List;

/**
 * How many control servers have not answered, so that an answer lacks what they know: field {@value #COUNT}, 0 if all have. Which they are,
 * field {@value #FIELD}, is told to those only who look at the whole mesh, as is which servers there are.
 */
final class SilentJson {

    static final String COUNT = "silentServerCount";
    static final String FIELD = "silentServers";

    private SilentJson() {}

    /**
     * Writes both fields.
     *
     * @param namespace the one that the answer is about; empty for the whole mesh
     */
    static void write(ObjectNode body, List<SilentServer> silent, String namespace) {
        body.put(COUNT, silent.size());
        ArrayNode list = body.putArray(FIELD);
        if (namespace.isEmpty()) {
            silent.forEach(server -> list.addObject()
                    .put("name", server.name())
                    .put("grpc", server.address())
                    .put("processes", server.processes())
                    .put("reason", server.reason()));
        }
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
        return HttpProblem.unavailable("no control server that has answered knows " + what + ", and "
                + (silent.size() == 1 ? "one has" : silent.size() + " have")
                + " not answered; meshctl status without a namespace says which");
    }
}
