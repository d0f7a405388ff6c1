package io.inmesh.server.source;

import java.time.Instant;
import java.util.Optional;

/**
 * Where an endpoint is known from.
 *
 * @param source name of the source
 * @param type such as {@code consul}
 * @param since when it was first seen
 * @param vanished whether the source does not name it any more and it is kept for now
 * @param confirmed when its source last answered; empty if it has not since this server started, so that an earlier run's word is used
 */
public record EndpointOrigin(
        String source, String type, Instant since, boolean vanished, Optional<Instant> confirmed) {}
