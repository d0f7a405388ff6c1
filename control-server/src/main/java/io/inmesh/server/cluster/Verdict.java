package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.validate.Problem;
import java.util.List;
import java.util.Optional;

/**
 * What has become of an object of the cluster.
 *
 * @param refusal why it is not taken; empty if it is
 * @param warnings what of it has no effect or is likely a mistake, if it is taken
 * @param shown its body with the status that the REST API shows, if it is taken
 */
record Verdict(Optional<Refusal> refusal, List<Problem> warnings, JsonNode shown) {
    Verdict {
        warnings = List.copyOf(warnings);
    }
}
