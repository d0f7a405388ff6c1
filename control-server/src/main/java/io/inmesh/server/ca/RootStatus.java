package io.inmesh.server.ca;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A root as operators see it.
 *
 * @param id tells roots apart: the first digits of its SHA-256
 * @param state see {@link RootState}
 * @param since since when it is so
 * @param certificate the root itself
 * @param algorithm kind of its key
 * @param rootKey whether its private key is here
 * @param intermediateEnd when what signs below it ends; empty if nothing can sign below it
 * @param waitingFor what its next step waits for, one text for each process; empty if it could be taken
 */
public record RootStatus(
        String id,
        RootState state,
        Instant since,
        X509Certificate certificate,
        String algorithm,
        boolean rootKey,
        Optional<Instant> intermediateEnd,
        List<String> waitingFor) {}
