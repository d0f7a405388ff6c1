package io.inmesh.server.federation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of another trust domain.
 *
 * @param trustDomain its name
 * @param roots how many roots are trusted
 * @param sequence of the bundle; -1 if it has none
 * @param firstEnd when the first of its roots ends; null without roots
 * @param fetched when the bundle in use was got; null if there is none
 * @param problem what went wrong the last time; empty if nothing did
 */
public record BundleStatus(
        String trustDomain,
        int roots,
        long sequence,
        @Nullable Instant firstEnd,
        @Nullable Instant fetched,
        String problem) {}
