package io.inmesh.server.replica;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.ca.TrustReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A control server that runs, as it describes itself to the others.
 *
 * @param id tells it from others, and from itself before a restart; not secret
 * @param name what people call it
 * @param grpc where processes reach it: host and port
 * @param http where its REST interface is: scheme, host and port
 * @param version of its software
 * @param sinceEpochSecond when it was started
 * @param root SHA-256 of the root below which it signs, in hexadecimal
 * @param streams how many processes are connected to it, as of some seconds ago
 * @param trust how these stand to the roots; null from a version that does not tell
 */
public record Replica(
        String id,
        String name,
        String grpc,
        String http,
        String version,
        long sinceEpochSecond,
        String root,
        int streams,
        @Nullable TrustReport trust) {

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    byte[] bytes() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("texts and numbers can always be written as JSON", e);
        }
    }

    static Replica read(byte[] bytes) {
        try {
            return JSON.readValue(bytes, Replica.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the store holds a control server in a form that cannot be read", e);
        }
    }
}
