package io.inmesh.server.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A registration as all servers see it: the process, and the server that says so. In the store it is the workload's JSON with two fields
 * more, so that servers which do not know them can read it, and what they wrote can be read here.
 *
 * @param workload the process
 * @param owner the server it is connected to, or was last; empty if a server without replicas wrote it
 * @param connection counts the connections of that process; of two claims the one with the greater number is the later
 */
record Claim(RegisteredWorkload workload, String owner, long connection) {

    private static final String OWNER = "owner";
    private static final String CONNECTION = "connection";
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** {@return its form in the store} */
    byte[] bytes() {
        ObjectNode tree = JSON.valueToTree(workload);
        tree.put(OWNER, owner);
        tree.put(CONNECTION, connection);
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a registration can be written as JSON", e);
        }
    }

    /**
     * {@return what the store holds}
     *
     * @throws IOException if it cannot be read
     */
    static Claim read(byte[] bytes) throws IOException {
        JsonNode tree = JSON.readTree(bytes);
        try {
            return new Claim(
                    JSON.treeToValue(tree, RegisteredWorkload.class),
                    tree.path(OWNER).asText(),
                    tree.path(CONNECTION).asLong());
        } catch (RuntimeException e) {
            throw new IOException("fields are missing or wrong: " + e.getMessage(), e);
        }
    }
}
