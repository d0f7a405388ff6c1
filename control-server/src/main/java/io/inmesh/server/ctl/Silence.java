package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Control servers that have not answered the one that was asked, so that its answer lacks what they know. */
final class Silence {

    /** What to do about them. */
    static final String REMEDY = "servers have to reach each other where processes reach them (docs/operations.md)";

    private Silence() {}

    /**
     * {@return a line for each of them, by the answer of the one that was asked, and one for those that it does not name, as it does to
     * those only who look at the whole mesh; empty if all have answered}
     */
    static List<String> of(JsonNode body) {
        List<String> lines = new ArrayList<>();
        body.path("silentServers")
                .forEach(server ->
                        lines.add("control server " + server.path("name").asText() + " at "
                                + server.path("grpc").asText() + " has not answered ("
                                + server.path("reason").asText() + "): what its "
                                + server.path("processes").asInt() + " processes have to say is missing"));
        int unnamed = body.path("silentServerCount").asInt() - lines.size();
        if (unnamed > 0) {
            lines.add(
                    (unnamed == 1 ? "one control server has" : unnamed + " control servers have")
                            + " not answered: what their processes have to say is missing; meshctl status without -n says which");
        }
        return lines;
    }

    /** Complains of them. */
    static void tell(JsonNode body, MeshCommand command) {
        of(body).forEach(command.err()::println);
    }
}
