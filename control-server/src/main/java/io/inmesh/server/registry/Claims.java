package io.inmesh.server.registry;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what servers have written down. What somebody has damaged harms nothing else. */
final class Claims {

    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

    private Claims() {}

    /** {@return those that can be read, by node id} */
    static Map<String, Claim> of(Map<String, byte[]> stored) {
        Map<String, Claim> claims = new TreeMap<>();
        stored.forEach((nodeId, bytes) -> {
            Claim claim = read(nodeId, bytes);
            if (claim != null) {
                claims.put(nodeId, claim);
            }
        });
        return claims;
    }

    /** {@return one; null if it cannot be read, which is logged} */
    static @Nullable Claim read(String nodeId, byte[] bytes) {
        try {
            return Claim.read(bytes);
        } catch (IOException e) {
            LOG.warn("what is remembered of workload {} cannot be read and is left out", nodeId, e);
            return null;
        }
    }
}
