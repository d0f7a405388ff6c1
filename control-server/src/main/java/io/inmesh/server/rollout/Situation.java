package io.inmesh.server.rollout;

import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a rollout finds when it looks.
 *
 * @param now wall-clock time
 * @param began since when it is looked at by this server, which has heard of no request before
 * @param weights weights that the route has; null if there is no such route
 * @param problem why there is none; empty if there is one
 * @param writer who wrote the route last, for a sentence
 * @param analysis judges the canary; asked only when an analysis is due
 */
record Situation(
        Instant now,
        Instant began,
        @Nullable Weights weights,
        String problem,
        String writer,
        Supplier<Finding> analysis) {}
